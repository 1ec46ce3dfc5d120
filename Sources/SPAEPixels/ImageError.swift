/// Why a picture cannot be read or written; the file's name is the caller's to add.
public enum ImageError: Error, Hashable, Sendable {
  case unreadable(String)
  case empty
  case notAPicture(looksLike: String?)
  case corrupt(format: String, reason: String)
  case tooLarge(width: Int, height: Int)
  case tooManyBytes(limit: Int)
  case unwritable(String)
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let reason): reason
    case .empty: "the file is empty; expected a PNG, JPEG or WebP picture"
    case .notAPicture(let looksLike):
      "not a picture that can be read\(looksLike.map { " (it looks like \($0))" } ?? "");"
        + " PNG, JPEG and WebP are"
    case .corrupt(let format, let reason): "the \(format) picture is damaged: \(reason)"
    case .tooLarge(let width, let height):
      "the picture has \(width) x \(height) pixels; at most \(ImageFile.greatestPixels) pixels"
        + " are read, so make it smaller first"
    case .tooManyBytes(let limit): "the file has more than \(limit) bytes"
    case .unwritable(let reason): "the picture cannot be written: \(reason)"
    }
  }
}
