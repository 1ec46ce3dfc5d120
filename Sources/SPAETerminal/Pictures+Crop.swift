import SPAEExplorer
import SPAEPixels

extension Pictures {
  /// The part of each that is shown; all of it without a crop.
  func cropped(to crop: PictureCrop?) -> Pictures {
    guard let crop else { return self }
    func part(_ picture: PixelImage?) -> PixelImage? {
      guard let picture, picture.width == crop.columns.whole, picture.height == crop.rows.whole
      else { return picture }
      return picture.cropped(
        left: crop.columns.start, top: crop.rows.start, width: crop.columns.length,
        height: crop.rows.length)
    }
    var pictures = self
    pictures.original = part(original)
    pictures.decoded = part(decoded)
    pictures.compared = part(compared)
    pictures.without = part(without)
    return pictures
  }
}
