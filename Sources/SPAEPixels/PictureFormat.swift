/// A kind of picture files: its name, how it is recognised, and how it is read.
///
/// A new format is a row of `all`, and a file with its reader.
package struct PictureFormat: Sendable {
  typealias Reader = @Sendable ([UInt8]) throws(ImageError) -> ImageFile

  package let name: String

  /// How names of its files end, without the dot, in lower case.
  package let suffixes: [String]

  /// Whether its files are read; those of others are recognised, so that an error can name them.
  package let isRead: Bool

  /// Whether a file that begins so may be an animation.
  let mayMove: @Sendable ([UInt8]) -> Bool

  /// Whether a file's content looks like it.
  let matches: @Sendable ([UInt8]) -> Bool

  let read: Reader

  /// Every format, in the order in which a file's content is looked at.
  static let all: [PictureFormat] = [png, jpeg, webP, gif, avif, heic] + foreign

  /// The formats that are read.
  package static let readable = all.filter(\.isRead)

  /// How names of readable pictures end, without the dot, in lower case.
  package static let suffixes = readable.flatMap(\.suffixes)

  /// The same of every format that is recognised.
  package static let recognisedSuffixes = all.flatMap(\.suffixes)

  /// Whether content is that of a picture that is read, moving or not.
  package static func isRead(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    return readable.contains { $0.matches(bytes) }
  }

  /// Whether content is that of a picture with one frame, as far as its beginning says.
  package static func isStill(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    return readable.contains { $0.matches(bytes) && !$0.mayMove(bytes) }
  }

  /// The names of the readable formats: "PNG, JPEG and WebP".
  package static let namesRead: String = {
    let names = readable.map(\.name)
    return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }()
}

extension PictureFormat {
  init(
    _ name: String, suffixes: [String],
    mayMove: @escaping @Sendable ([UInt8]) -> Bool = { _ in false },
    matches: @escaping @Sendable ([UInt8]) -> Bool, read: @escaping Reader
  ) {
    self.name = name
    self.suffixes = suffixes
    self.mayMove = mayMove
    self.matches = matches
    self.read = read
    isRead = true
  }

  init(
    _ name: String, suffixes: [String],
    mayMove: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }, signature: [UInt8],
    read: @escaping Reader
  ) {
    self.init(
      name, suffixes: suffixes, mayMove: mayMove, matches: { $0.starts(with: signature) },
      read: read)
  }

  /// A format that is not read, and the command that makes a PNG of a file `x`, of a package of Debian.
  init(
    _ name: String, _ suffixes: String..., command: String? = nil,
    of package: String = "imagemagick",
    matches: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    self.name = name
    self.suffixes = suffixes
    self.matches = matches
    (isRead, mayMove) = (false, { _ in false })
    let command = command ?? "convert x.\(suffixes[0]) x.png"
    read = { _ throws(ImageError) in
      throw .unsupported(format: name, command: command, package: package)
    }
  }
}
