import SPAEExplorer
import SPAEPixels
import SPAEScreen

extension PictureComposer {
  /// The picture with the small one in its corner, within a line of black and one of white.
  func withInset(_ image: PixelImage) -> PixelImage {
    guard let inset = view.inset, let (depth, picture) = pictures.inset, depth == inset.depth
    else { return image }
    let (top, left) = (
      inset.box.row * image.height / view.box.rows,
      inset.box.column * image.width / view.box.columns
    )
    let (height, width) = (
      inset.box.rows * image.height / view.box.rows,
      inset.box.columns * image.width / view.box.columns
    )
    let line = max(1, min(image.width, image.height) / 250)
    guard width > 4 * line, height > 4 * line else { return image }
    var composed = image
    composed.put(
      PixelImage(width: width, height: height, colour: Self.edge), row: top, column: left)
    composed.put(
      PixelImage(
        width: width - 2 * line, height: height - 2 * line, colour: Self.border),
      row: top + line, column: left + line)
    composed.put(
      picture.resampled(width: width - 4 * line, height: height - 4 * line),
      row: top + 2 * line, column: left + 2 * line)
    return composed
  }

  private static let edge = Colour(red: 0, green: 0, blue: 0)
  private static let border = Colour(red: 255, green: 255, blue: 255)
}
