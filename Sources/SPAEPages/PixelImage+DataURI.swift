import Foundation
import SPAEPixels
import SPAEPyramid

extension PixelImage {
  /// The picture within a page: as a WebP that keeps every pixel, or as a JPEG of some quality.
  func dataURI(quality: Int? = nil) throws(ImageError) -> String {
    let bytes = if let quality { try jpegBytes(quality: quality) } else { try webPBytes() }
    let type = quality == nil ? "webp" : "jpeg"
    return "data:image/\(type);base64,\(Data(bytes).base64EncodedString())"
  }

  /// The largest whole multiple of a size that the picture has pixels for, up to `limit` a side.
  func resampled(toMultipleOf size: GridSize, limit: Int) -> PixelImage {
    let own = min(width / size.columns, height / size.rows)
    let factor = max(1, min(own, limit / max(size.rows, size.columns)))
    return resampled(width: factor * size.columns, height: factor * size.rows)
  }
}
