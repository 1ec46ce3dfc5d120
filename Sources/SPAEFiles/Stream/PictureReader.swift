import Foundation
import Glibc
import SPAEPixels
package import SPAESystem

/// Pictures from a descriptor: for each a line of JSON, which its bytes may follow.
///
/// `{"file": "a.jpg"}`, `{"key": "a", "base64": "..."}`, or `{"key": "a", "length": 4096}` and
/// then so many bytes. A file's key is its path where none is given, and its name is its key;
/// empty lines mean nothing.
package struct PictureReader: Sendable {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  private var start = 0
  /// How many bytes were taken before `start`.
  private var taken = 0
  private var isAtEnd = false

  /// The longest line: the longest picture in base64, and its name.
  private static let greatestLine = ImageFile.greatestBytes / 3 * 4 + (1 << 16)

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next picture; nil at the end of the input. An error says at which byte the input broke.
  package mutating func next() throws(Failure) -> StreamedPicture? {
    while true {
      let place = taken
      guard let line = try line() else { return nil }
      if line.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { continue }
      let fields = try Fields(line, at: place)
      return StreamedPicture(
        key: fields.key, name: fields.name, contents: try contents(fields, at: place))
    }
  }

  private mutating func contents(
    _ fields: Fields, at place: Int
  ) throws(Failure) -> StreamedPicture.Contents {
    switch fields.where {
    case .file(let path): return .file(path)
    case .base64(let text): return .base64(text)
    case .follows(let length):
      let isKept = length <= ImageFile.greatestBytes
      let bytes = try bytes(length, isKept: isKept, of: fields.key, at: place)
      return isKept ? .bytes(bytes) : .tooLong
    }
  }

  /// Everything up to the next line's end, without it; nil at the end of the input.
  private mutating func line() throws(Failure) -> [UInt8]? {
    let place = taken
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { advance(to: end + 1) }
        return Array(buffer[start..<end])
      }
      if buffer.count - start > Self.greatestLine {
        throw Self.broken(at: place, "a line has more than \(Self.greatestLine) bytes")
      }
      let length = buffer.count - start
      guard try fill() else { break }
      searched = start + length
    }
    guard start < buffer.count else { return nil }
    defer { advance(to: buffer.count) }
    return Array(buffer[start...])
  }

  /// The bytes that follow a line, or none of them where they are passed over.
  private mutating func bytes(
    _ length: Int, isKept: Bool, of key: String, at place: Int
  ) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var missing = length
    while missing > 0 {
      if start == buffer.count, try !fill() {
        throw Self.broken(
          at: taken,
          "the input ends after \(length - missing) of the \(length) bytes of '\(key)', whose line"
            + " is at byte \(place)")
      }
      let end = start + min(missing, buffer.count - start)
      if isKept { bytes += buffer[start..<end] }
      missing -= end - start
      advance(to: end)
    }
    return bytes
  }

  private mutating func advance(to end: Int) {
    taken += end - start
    start = end
  }

  /// Reads more behind what is there; false at the end of the input.
  private mutating func fill() throws(Failure) -> Bool {
    buffer.removeSubrange(..<start)
    start = 0
    while !isAtEnd {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let reason = SystemError.lastReason
        throw Self.broken(at: taken + buffer.count, reason)
      }
      buffer += chunk[..<count]
      isAtEnd = count == 0
      return count > 0
    }
    return false
  }

  fileprivate static func broken(at place: Int, _ reason: String) -> Failure {
    Failure("standard input, byte \(place): \(reason)")
  }
}

/// What a line of the stream says.
private struct Fields {
  enum Where {
    case file(String)
    case base64(String)
    case follows(Int)
  }

  let key: String
  let name: String
  let `where`: Where

  private struct Line: Decodable {
    var key: String?
    var name: String?
    var file: String?
    var base64: String?
    var length: Int?
  }

  init(_ bytes: [UInt8], at place: Int) throws(Failure) {
    let line: Line
    do { line = try JSONDecoder().decode(Line.self, from: Data(JSONText.readable(bytes))) } catch {
      throw PictureReader.broken(at: place, Self.explained(error, bytes))
    }
    switch (line.file, line.base64, line.length) {
    case (let path?, nil, nil): (key, `where`) = (line.key ?? path, .file(path))
    case (nil, let text?, nil): (key, `where`) = (try Self.named(line, at: place), .base64(text))
    case (nil, nil, let length?):
      guard length >= 0 else {
        throw PictureReader.broken(at: place, "'length' is \(length); expected 0 or more")
      }
      (key, `where`) = (try Self.named(line, at: place), .follows(length))
    default:
      throw PictureReader.broken(
        at: place, "expected one of 'file', 'base64' and 'length' in \(Self.shown(bytes))")
    }
    name = line.name ?? key
  }

  private static func named(_ line: Line, at place: Int) throws(Failure) -> String {
    guard let key = line.key else {
      throw PictureReader.broken(at: place, "a picture that is not a file needs a 'key'")
    }
    return key
  }

  private static func explained(_ error: any Error, _ bytes: [UInt8]) -> String {
    if case DecodingError.typeMismatch(_, let context)? = error as? DecodingError,
      let field = context.codingPath.last
    {
      let kind = field.stringValue == "length" ? "a whole number" : "a text"
      return "'\(field.stringValue)' must be \(kind) in \(shown(bytes))"
    }
    return "expected a line of JSON like {\"file\": \"a.jpg\"}, got \(shown(bytes))"
  }

  /// The beginning of a line, as a message can show it.
  private static func shown(_ bytes: [UInt8]) -> String {
    let text = FileName.text(bytes.prefix(60))
    return "'\(text.printable)\(bytes.count > 60 ? "..." : "")'"
  }
}
