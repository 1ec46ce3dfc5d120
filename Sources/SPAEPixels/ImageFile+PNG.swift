import CPicture

extension PictureFormat {
  static let png = PictureFormat(
    "PNG", suffixes: ["png", "apng"], mayMove: { !PNGChunks.areStill($0) },
    signature: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
    read: ImageFile.png)
}

extension ImageFile {
  /// Reads a PNG of any depth and colour type, turned as its metadata says; alpha is laid on white,
  /// and of an animation the first frame is taken.
  static func png(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    let chunks = PNGChunks(bytes)
    if chunks.isApples {
      throw .unsupportedKind(
        format: "PNG", reason: "it is in Apple's own form, which has a CgBI chunk")
    }
    let picture = try unsafe DecodedPicture(bytes, format: "PNG") {
      unsafe spae_png_read($0, $1, $2, $3)
    }
    return ImageFile(picture, format: "PNG", metadata: chunks.metadata, notes: chunks.notes)
  }
}

/// The chunks of a PNG that do not concern its pixels.
private struct PNGChunks {
  /// A text, of which the compressed ones are inflated when they are asked for.
  private struct Text {
    let content: ArraySlice<UInt8>
    let isCompressed: Bool
  }

  /// Apple's tools write files that only Apple's libraries read.
  private(set) var isApples = false

  private var exif: ArraySlice<UInt8>?
  private var texts: [String: Text] = [:]
  private var frames = 0
  private var startsAnimation = false
  private var hasPixels = false

  /// Whether a file's beginning shows one frame alone: no `acTL` of more comes before its pixels.
  static func areStill(_ bytes: [UInt8]) -> Bool {
    var at = 8
    while at + 8 <= bytes.count {
      switch String(decoding: bytes[at + 4..<at + 8], as: UTF8.self) {
      case "acTL": return at + 12 <= bytes.count && bytes[at + 8..<at + 12] == [0, 0, 0, 1]
      case "IDAT": return true
      default: at += 12 + bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      }
    }
    return false
  }

  init(_ bytes: [UInt8]) {
    var at = 8
    while at + 12 <= bytes.count {
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - at - 12 else { return }
      let name = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      if name == "IEND" { return }
      take(name, bytes[at + 8..<at + 8 + length])
      at += 12 + length
    }
  }

  private mutating func take(_ name: String, _ content: ArraySlice<UInt8>) {
    switch name {
    case "CgBI": isApples = true
    case "eXIf": exif = content
    case "acTL": frames = content.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    case "fcTL": startsAnimation = startsAnimation || !hasPixels
    case "IDAT": hasPixels = true
    case "tEXt": take(content, compressed: false)
    case "zTXt": take(content, fieldsBefore: 1, compressed: true)
    case "iTXt":
      let isCompressed = content.drop { $0 != 0 }.dropFirst().first == 1
      take(content, fieldsBefore: 2, textsBefore: 2, compressed: isCompressed)
    default: break
    }
  }

  /// Keeps a text that is read; before it are its name, some bytes, and some texts that end in zero.
  private mutating func take(
    _ content: ArraySlice<UInt8>, fieldsBefore: Int = 0, textsBefore: Int = 0, compressed: Bool
  ) {
    let name = String(decoding: content.prefix { $0 != 0 }, as: UTF8.self)
    guard [Self.xmp, Self.profile].contains(name) else { return }
    var rest = content.drop { $0 != 0 }.dropFirst(1 + fieldsBefore)
    for _ in 0..<textsBefore { rest = rest.drop { $0 != 0 }.dropFirst() }
    texts[name] = Text(content: rest, isCompressed: compressed)
  }

  private static let xmp = "XML:com.adobe.xmp"

  /// Where ImageMagick keeps what a JPEG had.
  private static let profile = "Raw profile type exif"

  var metadata: PictureMetadata {
    PictureMetadata(
      exif: exif ?? text(Self.profile).flatMap { PictureMetadata.rawProfile($0) },
      xmp: text(Self.xmp))
  }

  private func text(_ name: String) -> ArraySlice<UInt8>? {
    guard let text = texts[name] else { return nil }
    return text.isCompressed ? Self.inflated(text.content) : text.content
  }

  /// What compressed data holds; nothing where it is damaged, or longer than any picture's metadata.
  private static func inflated(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for room in [1 << 18, 1 << 24] {
      var target = [UInt8](repeating: 0, count: room)
      let count = unsafe content.withUnsafeBufferPointer { content in
        unsafe spae_inflate(content.baseAddress, content.count, &target, room)
      }
      if count >= 0 { return target[..<count] }
    }
    return nil
  }

  var notes: [String] {
    if frames > 0, !startsAnimation {
      return ["only its default picture is used, which is not part of its animation"]
    }
    return frames > 1 ? [ImageFile.firstFrameNote] : []
  }
}
