package import SPAEPixels

/// Draws pictures as sixels.
package enum SixelEncoder {
  /// What is to be good: the time or the picture.
  package enum Quality: Hashable, Sendable {
    /// 216 fixed colours and ordered dithering: for a picture that changes while someone types.
    case fast
    /// Up to 256 colours chosen for the picture, and error diffusion: for a picture that stays.
    case fine(colours: Int)
  }

  /// The escape sequence that draws the picture at the cursor, a pixel for a pixel.
  ///
  /// Where a terminal has fewer registers than the fixed palette, ask for `fine` with their number.
  package static func bytes(of image: PixelImage, quality: Quality = .fast) -> [UInt8] {
    bytes(of: indexed(image, quality))
  }

  static func indexed(
    _ image: PixelImage, _ quality: Quality, plain: Colour? = nil
  ) -> IndexedPicture {
    let picture =
      switch quality {
      case .fast: OrderedDither.indexed(image)
      case .fine(let colours):
        ErrorDiffusion.indexed(image, colours: min(plain == nil ? 256 : 255, max(2, colours)))
      }
    return plain.map { picture.keeping($0, of: image) } ?? picture
  }

  static func bytes(of picture: IndexedPicture) -> [UInt8] {
    var output = Array("\u{1B}P0;1q\"1;1;\(picture.width);\(picture.height)".utf8)
    for (index, colour) in picture.palette.enumerated() {
      output += "#\(index);2;\(colour.red);\(colour.green);\(colour.blue)".utf8
    }
    SixelBands(picture).append(to: &output)
    return output + Array("\u{1B}\\".utf8)
  }
}
