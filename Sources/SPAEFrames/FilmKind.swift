import SPAEPixels

/// What kind of film a file is: its first bytes say so, and for foreign ones its name may.
package enum FilmKind: Hashable, Sendable {
  case y4m
  /// Perhaps with one frame alone: a picture.
  case gif, webP, png
  /// One that ffmpeg reads.
  case foreign(String)

  /// How many bytes of a file are looked at.
  package static let prefix = 512

  /// nil for what is no film, as far as can be seen.
  package init?(prefix bytes: some Collection<UInt8>, name: String) {
    let bytes = Array(bytes)
    if let kind = Self.ours(bytes) ?? Self.container(bytes).map({ .foreign($0) }) {
      self = kind
    } else if let format = Self.format(ofName: name) {
      self = .foreign(format)
    } else {
      return nil
    }
  }

  /// Looks at what a reader brings; nil for what is no film, a picture of one frame among them.
  package init?(_ reader: ByteReader, name: String) throws(FrameError) {
    let prefix = try reader.peek(Self.prefix)
    guard !PictureFormat.isStill(prefix), let kind = FilmKind(prefix: prefix, name: name) else {
      return nil
    }
    // How many frames it has may show at its end, of a PNG behind long metadata.
    let length = kind == .png ? Self.longestMetadata : ImageFile.greatestBytes
    if kind.isPicture, PictureFormat.isStill(try reader.peek(length)) { return nil }
    self = kind
  }

  /// In bytes.
  private static let longestMetadata = 1 << 20

  /// Whether it is a picture as well, of which the first frame is taken unless a film is wished for.
  package var isPicture: Bool { [.gif, .webP, .png].contains(self) }

  /// Whether it is read by another program, which takes nothing but files.
  package var needsFile: Bool { ![.y4m, .gif, .webP].contains(self) }

  private static func ours(_ bytes: [UInt8]) -> FilmKind? {
    if bytes.has("YUV4MPEG2 ") { return .y4m }
    if bytes.has("GIF8") { return .gif }
    if bytes.has("RIFF"), bytes.has("WEBP", at: 8) { return .webP }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return .png }
    return nil
  }

  /// The containers that are plain to see.
  private static func container(_ bytes: [UInt8]) -> String? {
    if bytes.has("ftyp", at: 4) { return isPicture(brands: bytes) ? nil : "MP4" }
    if bytes.has("moov", at: 4) || bytes.has("mdat", at: 4) || bytes.has("wide", at: 4) {
      return "QuickTime"
    }
    if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "Matroska" }
    if bytes.has("RIFF"), bytes.has("AVI ", at: 8) { return "AVI" }
    if bytes.has("FLV\u{1}") { return "Flash" }
    if bytes.has("OggS") { return "Ogg" }
    if bytes.starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) { return "WMV" }
    if bytes.starts(with: [0, 0, 1, 0xBA]) || bytes.starts(with: [0, 0, 1, 0xB3]) {
      return "MPEG"
    }
    let isStream = [0, 188, 376].allSatisfy { bytes.count > $0 && bytes[$0] == 0x47 }
    return isStream ? "MPEG" : nil
  }

  /// Whether an MP4's brands are those of HEIC or AVIF pictures, or of Canon's raw ones.
  private static func isPicture(brands bytes: [UInt8]) -> Bool {
    ["heic", "heix", "heim", "heis", "mif1", "avif", "crx "].contains { bytes.has($0, at: 8) }
  }

  /// The endings of films' names, without the dot, and their formats.
  private static let formats = [
    "mp4": "MP4", "m4v": "MP4", "mov": "QuickTime", "mkv": "Matroska", "webm": "WebM",
    "avi": "AVI", "wmv": "WMV", "flv": "Flash", "ogv": "Ogg", "mpg": "MPEG", "mpeg": "MPEG",
    "ts": "MPEG", "mts": "MPEG", "m2ts": "MPEG", "vob": "MPEG", "3gp": "3GP", "mxf": "MXF",
    "apng": "APNG", "y4m": "y4m",
  ]

  private static func format(ofName name: String) -> String? {
    let name = name.lowercased()
    return formats.first { name.hasSuffix("." + $0.key) }?.value
  }
}

extension [UInt8] {
  /// Whether the characters of a text are at a place.
  fileprivate func has(_ text: String, at start: Int = 0) -> Bool {
    dropFirst(start).starts(with: text.utf8)
  }
}
