import Glibc

/// A picture as it came from a file, and what had to be done to it.
public struct ImageFile: Hashable, Sendable {
  public let image: PixelImage

  /// PNG, JPEG or WebP.
  public let format: String

  /// What a careful person would like to know: alpha laid on white, the first of several frames.
  public let notes: [String]

  /// The most pixels that are read: it bounds the memory of a hostile header.
  public static let greatestPixels = 40_000_000

  /// The longest file that is read, in bytes.
  public static let greatestBytes = 128 << 20

  /// Reads a picture; the format is told by the content, never by the name.
  public init(contents bytes: [UInt8]) throws(ImageError) {
    if bytes.isEmpty { throw .empty }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = try Self.png(bytes)
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = try Self.jpeg(bytes)
    } else if bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)),
      bytes[8..<12].elementsEqual("WEBP".utf8)
    {
      self = try Self.webP(bytes)
    } else {
      throw .notAPicture(looksLike: Self.guess(bytes))
    }
  }

  /// Reads a file, or standard input when the path is "-".
  public init(path: String) throws(ImageError) {
    try self.init(contents: Self.bytes(path: path))
  }

  init(image: PixelImage, format: String, notes: [String]) {
    self.image = image
    self.format = format
    self.notes = notes
  }

  /// Everything in a file, or on standard input when the path is "-".
  public static func bytes(path: String) throws(ImageError) -> [UInt8] {
    guard path != "-" else { return try bytes(descriptor: STDIN_FILENO) }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(systemError()) }
    defer { close(descriptor) }
    return try bytes(descriptor: descriptor)
  }

  /// Everything that an open file still holds.
  package static func bytes(descriptor: Int32) throws(ImageError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .unreadable(systemError()) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      if bytes.count > greatestBytes { throw .tooManyBytes(limit: greatestBytes) }
    }
  }

  static func check(width: Int, height: Int) throws(ImageError) {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, area <= greatestPixels else {
      throw .tooLarge(width: width, height: height)
    }
  }

  /// The words that a person would use for what the bytes are, where that is plain to see.
  private static func guess(_ bytes: [UInt8]) -> String? {
    let known: [(String, String)] = [
      ("GIF8", "a GIF"), ("%PDF", "a PDF"), ("BM", "a BMP"), ("II*\0", "a TIFF"),
      ("MM\0*", "a TIFF"), ("PK", "a zip archive"), ("<svg", "an SVG"), ("<?xml", "XML"),
      ("spae ", "a pyramid of words; use spae decode"), ("{", "JSON"),
    ]
    if let (_, name) = known.first(where: { bytes.starts(with: $0.0.utf8) }) { return name }
    if bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) { return "HEIF, AVIF or a film" }
    return bytes.prefix(512).allSatisfy { $0 >= 32 || (9...13).contains($0) } ? "text" : nil
  }
}

/// The system's words for the last failed call.
private func systemError() -> String {
  errno == EISDIR ? "it is a directory" : unsafe String(cString: strerror(errno)).lowercased()
}
