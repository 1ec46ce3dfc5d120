/// Why a picture cannot be read or written; the file's name is the caller's to add.
public enum ImageError: Error, Hashable, Sendable {
  case unreadable(String)
  case empty
  case notAPicture(looksLike: String?)
  case corrupt(format: String, reason: String)
  /// A format that is not read at all, and a command that converts it, of one of Debian's packages.
  case unsupported(format: String, command: String, package: String)
  /// A file of a format that is read, of a kind that is not.
  case unsupportedKind(format: String, reason: String)
  case libraryMissing(format: String, package: String)
  case tooLarge(width: Int, height: Int)
  case tooManyBytes(limit: Int)
  case unwritable(String)
}

extension ImageError: CustomStringConvertible {
  /// What is wrong, and what helps; the file is for the caller to name.
  public var description: String {
    switch self {
    case .unreadable(let reason): reason
    case .empty: "the file is empty; expected a picture (\(PictureFormat.namesRead))"
    case .notAPicture(let looksLike):
      "not a picture that can be read\(looksLike.map { " (it looks like \($0))" } ?? "");"
        + " \(PictureFormat.namesRead) are"
    case .unsupported(let format, let command, let package):
      "\(format) files are not read; make a PNG of it: \(command) (package \(package))"
    case .unsupportedKind(let format, let reason):
      "the \(format) picture is of a kind that is not read (\(reason)); save it as PNG with the"
        + " program that made it"
    case .libraryMissing(let format, let package):
      "to read \(format) the library of the package \(package) is needed; install it with"
        + " apt-get install \(package)"
    case .corrupt(let format, let reason): "the \(format) picture is damaged: \(reason)"
    case .tooLarge(let width, let height):
      "the picture has \(width) x \(height) pixels; at most \(ImageFile.greatestPixels) pixels"
        + " are read, so make it smaller first"
    case .tooManyBytes(let limit):
      "the file has more than \(limit) bytes; at most so many are read, so make it smaller first"
    case .unwritable(let reason): "the picture cannot be written: \(reason)"
    }
  }
}
