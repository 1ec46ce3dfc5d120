/// A format in which pictures are written.
public enum ImageEncoding: String, CaseIterable, Hashable, Sendable {
  case png = "PNG"
  case jpeg = "JPEG"
  case webP = "WebP"

  /// The endings of file names that ask for the format, without the dot.
  public var endings: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg"]
    case .webP: ["webp"]
    }
  }

  /// Every ending as people write it: ".png, .jpg, .jpeg, .webp".
  public static var endings: String {
    allCases.flatMap(\.endings).map { "." + $0 }.joined(separator: ", ")
  }

  /// The format that the ending of a file's name asks for; nil for any other ending, or none.
  public init?(path: String) {
    let name = path.lowercased()
    let found = Self.allCases.first { $0.endings.contains { name.hasSuffix("." + $0) } }
    guard let found else { return nil }
    self = found
  }
}

extension PixelImage {
  /// The picture as the bytes of a file; PNG and WebP keep every pixel.
  public func bytes(as encoding: ImageEncoding) throws(ImageError) -> [UInt8] {
    switch encoding {
    case .png: try pngBytes()
    case .jpeg: try jpegBytes()
    case .webP: try webPBytes()
    }
  }
}
