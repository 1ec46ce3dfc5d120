import SPAEExplorer
package import SPAEPixels
import SPAEPyramid
import Synchronization

/// The pictures that the explorer has at hand.
package struct Pictures {
  package var original: PixelImage?
  package var decoded: PixelImage?
  /// The state of the history that is compared.
  package var compared: PixelImage?
  /// The picture of the inset, and how deep it was decoded.
  package var inset: (depth: Int, picture: PixelImage)?
  /// The decoded picture without the word under the cursor.
  package var without: PixelImage?
  /// Another number for each change of a picture.
  fileprivate(set) var version = 0

  package init(original: PixelImage?) { self.original = original }
}

/// The pictures, shared between threads.
package final class PictureStore: Sendable {
  private let stored: Mutex<Pictures>

  package init(_ pictures: Pictures) { stored = Mutex(pictures) }

  package var pictures: Pictures { stored.withLock { $0 } }

  package func change(_ body: (inout Pictures) -> Void) {
    stored.withLock { pictures in
      body(&pictures)
      pictures.version += 1
    }
  }
}

/// Puts together what the picture's box shows, in pixels.
struct PictureComposer {
  let pictures: Pictures
  let view: PictureView
  /// The height of a pixel over its width: characters stand for pixels that are no squares.
  var pixelAspect = 1.0

  /// The picture in a size, with the cells of the cursor framed; nil where there is none yet.
  ///
  /// Enlarging is left to the caller, who may know a part of the result.
  func image(
    width: Int, height: Int, enlarge: (PixelImage) -> PixelImage
  ) -> PixelImage? {
    guard width > 0, height > 0 else { return nil }
    guard view.content == .sideBySide, let original = pictures.original,
      let decoded = pictures.decoded
    else { return shown.map { withInset(framed(enlarge($0))) } }
    let size = decoded.size(within: ((width - 2) / 2, height), pixelAspect)
    guard size.width > 0, size.height > 0 else { return nil }
    var canvas = PixelImage(width: width, height: height, colour: Self.behind)
    let top = (height - size.height) / 2
    canvas.put(
      original.resampled(width: size.width, height: size.height), row: top, column: 0)
    canvas.put(
      framed(decoded.resampled(width: size.width, height: size.height)), row: top,
      column: width - size.width)
    return canvas
  }

  private static let behind = Colour(red: 24, green: 24, blue: 24)

  private var shown: PixelImage? {
    switch view.content {
    case .original: pictures.original ?? pictures.decoded
    case .difference: difference(pictures.decoded, pictures.original) ?? pictures.decoded
    case .blink: view.blinkPhase ? pictures.original ?? pictures.decoded : pictures.decoded
    case .comparison: view.blinkPhase ? pictures.compared ?? pictures.decoded : pictures.decoded
    case .heat: heat ?? pictures.decoded
    case .decoded, .sideBySide: pictures.decoded
    }
  }

  /// Four times the absolute difference.
  private func difference(_ a: PixelImage?, _ b: PixelImage?) -> PixelImage? {
    guard let a, let b, a.width == b.width, a.height == b.height else { return nil }
    let pixels = zip(a.pixels, b.pixels).map { UInt8(min(255, 4 * abs(Int($0) - Int($1)))) }
    return PixelImage(width: a.width, height: a.height, pixels: pixels)
  }

  /// The picture in grey, and in fire what changes when the word is not there.
  private var heat: PixelImage? {
    guard let decoded = pictures.decoded, let without = pictures.without,
      decoded.pixels.count == without.pixels.count
    else { return nil }
    var heat = decoded
    for pixel in stride(from: 0, to: heat.pixels.count, by: 3) {
      let sums = (0..<3).map { channel in
        abs(Int(decoded.pixels[pixel + channel]) - Int(without.pixels[pixel + channel]))
      }
      let fire = min(255, 3 * (sums[0] + sums[1] + sums[2]))
      let red = 2 * Int(decoded.pixels[pixel]) + 5 * Int(decoded.pixels[pixel + 1])
      let grey = (red + Int(decoded.pixels[pixel + 2])) / 16
      heat.pixels[pixel] = UInt8(min(255, grey + fire))
      heat.pixels[pixel + 1] = UInt8(min(255, grey + max(0, fire - 96)))
      heat.pixels[pixel + 2] = UInt8(grey)
    }
    return heat
  }

  // MARK: Frames

  /// The picture with a dashed frame around the cells of the cursor.
  private func framed(_ image: PixelImage) -> PixelImage {
    guard let first = view.framed.first, let last = view.framed.last else { return image }
    let size = view.request.pyramid.shape.size(ofLayer: last.layer)
    let rows = PictureCrop.edges(
      of: min(first.row, last.row)..<max(first.row, last.row) + 1, count: size.rows,
      shown: image.height, view.crop?.rows)
    let columns = PictureCrop.edges(
      of: min(first.column, last.column)..<max(first.column, last.column) + 1,
      count: size.columns, shown: image.width, view.crop?.columns)
    var framed = image
    framed.frame(
      top: rows.lowerBound, left: columns.lowerBound, bottom: rows.upperBound - 1,
      right: columns.upperBound - 1)
    return framed
  }
}

extension PixelImage {
  /// The largest size of its shape within a box of pixels of some aspect.
  fileprivate func size(
    within box: (width: Int, height: Int), _ pixelAspect: Double
  ) -> (width: Int, height: Int) {
    let shape = Double(height) / (Double(width) * pixelAspect)
    let tall = Int((Double(box.width) * shape).rounded())
    if tall <= box.height { return (box.width, tall) }
    return (Int((Double(box.height) / shape).rounded()), box.height)
  }

  /// Copies another picture onto this one, which must be large enough.
  package mutating func put(_ other: PixelImage, row: Int, column: Int) {
    for y in 0..<other.height {
      let start = 3 * y * other.width
      let target = 3 * ((row + y) * width + column)
      pixels.replaceSubrange(
        target..<target + 3 * other.width, with: other.pixels[start..<start + 3 * other.width])
    }
  }

  /// Draws a frame in dashes of black and white, thicker on a large picture.
  fileprivate mutating func frame(top: Int, left: Int, bottom: Int, right: Int) {
    let thickness = max(1, min(width, height) / 250)
    let dash = 3 * thickness
    for depth in 0..<thickness where top + depth <= bottom - depth && left + depth <= right - depth
    {
      for column in left + depth...right - depth {
        dot(row: top + depth, column: column, isLight: column / dash % 2 == 0)
        dot(row: bottom - depth, column: column, isLight: column / dash % 2 == 0)
      }
      for row in top + depth...bottom - depth {
        dot(row: row, column: left + depth, isLight: row / dash % 2 == 0)
        dot(row: row, column: right - depth, isLight: row / dash % 2 == 0)
      }
    }
  }

  /// A frame may reach beyond the part of the picture that is shown.
  private mutating func dot(row: Int, column: Int, isLight: Bool) {
    guard (0..<height).contains(row), (0..<width).contains(column) else { return }
    for channel in 0..<3 { self[row, column, channel] = isLight ? 255 : 0 }
  }
}
