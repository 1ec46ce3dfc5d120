import Glibc
import SPAESystem

/// A picture as it came from a file, and what had to be done to it.
public struct ImageFile: Hashable, Sendable {
  /// The picture, upright and without transparency.
  public let image: PixelImage

  /// The name of its format.
  public let format: String

  /// What a careful person would like to know, each a clause without a full stop: transparency laid
  /// on white, a frame of an animation. `Fit.notice` adds what becoming a square costs.
  public let notes: [String]

  /// The most pixels that are read: it bounds the memory of a hostile header.
  public static let greatestPixels = 40_000_000

  /// The longest file that is read, in bytes.
  public static let greatestBytes = 128 << 20

  /// Reads a picture; the format is told by the content, never by the name.
  public init(contents bytes: [UInt8]) throws(ImageError) {
    if bytes.isEmpty { throw .empty }
    guard let format = PictureFormat.all.first(where: { $0.matches(bytes) }) else {
      throw .notAPicture(looksLike: PictureFormat.guess(bytes))
    }
    self = try format.read(bytes)
  }

  /// Reads a file, or standard input when the path is "-".
  public init(path: String) throws(ImageError) {
    try self.init(contents: Self.bytes(path: path))
  }

  /// Turns a decoded picture as its metadata says, and lays it on white.
  init(
    _ picture: DecodedPicture, format: String, metadata: PictureMetadata = PictureMetadata(),
    notes: [String]
  ) {
    let orientation = metadata.orientation
    image = orientation.applied(to: picture.image)
    self.format = format
    self.notes =
      (picture.isTransparent ? ["transparency was laid on white"] : []) + notes + orientation.notes
  }

  /// What is noted of an animation.
  package static let firstFrameNote = "only the first frame of its animation is used"

  /// Everything in a file, or on standard input when the path is "-".
  public static func bytes(path: String) throws(ImageError) -> [UInt8] {
    guard path != "-" else { return try bytes(descriptor: STDIN_FILENO) }
    let descriptor = FileSystem.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .unreadable(SystemError.lastReason) }
    defer { close(descriptor) }
    return try bytes(descriptor: descriptor)
  }

  /// Everything that an open file still holds.
  package static func bytes(descriptor: Int32) throws(ImageError) -> [UInt8] {
    do { return try FileSystem.bytes(descriptor: descriptor, limit: greatestBytes) } catch {
      throw error.code == EFBIG ? .tooManyBytes(limit: greatestBytes) : .unreadable("\(error)")
    }
  }

  static func check(width: Int, height: Int, format: String) throws(ImageError) {
    guard width > 0, height > 0 else {
      throw .corrupt(format: format, reason: "it has \(width) x \(height) pixels")
    }
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, area <= greatestPixels else { throw .tooLarge(width: width, height: height) }
  }
}
