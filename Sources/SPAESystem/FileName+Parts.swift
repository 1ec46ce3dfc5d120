// Parts of a path. A slash is found among the bytes: as a Character, one with a combining mark behind
// it is no slash.

extension FileName {
  /// What stands behind the last slash: `b.png` of `a/b.png`, and `b` of `a/b/`.
  package static func last(of path: String) -> String {
    let path = withoutSlashes(path)
    guard let slash = path.utf8.lastIndex(of: slash) else { return String(path) }
    return path.utf8.count == 1 ? "/" : String(path[path.utf8.index(after: slash)...])
  }

  /// The last part as a text that is kept: bytes that are not UTF-8 are written as `\xe9`.
  package static func label(of path: String) -> String {
    last(of: path).unicodeScalars.reduce(into: "") { label, scalar in
      if byte(of: scalar) == nil {
        label.unicodeScalars.append(scalar)
      } else {
        label += String(scalar).printable
      }
    }
  }

  /// What an input is called: `stdin` for `-`, which means standard input, else as `label`.
  package static func inputLabel(of path: String) -> String {
    path == "-" ? "stdin" : label(of: path)
  }

  /// The folder that a path is in: `a` of `a/b.png`, `.` of `b.png`, `/` of `/b.png`.
  package static func folder(of path: String) -> String {
    let path = withoutSlashes(path)
    guard let slash = path.utf8.lastIndex(of: slash) else { return "." }
    return slash == path.startIndex ? "/" : String(withoutSlashes(String(path[..<slash])))
  }

  /// The ending behind the last dot in small letters: `png` of `a/B.PNG`; empty where there is none.
  package static func ending(of path: String) -> String {
    let name = last(of: path)
    return dot(in: name).map { String(name[name.utf8.index(after: $0)...]).lowercased() } ?? ""
  }

  /// The path without its ending: `a/b` of `a/b.png`.
  package static func withoutEnding(_ path: String) -> String {
    let path = String(withoutSlashes(path))
    let name = last(of: path)
    guard let dot = dot(in: name) else { return path }
    let ending = name.utf8.distance(from: dot, to: name.endIndex)
    return String(path.utf8.dropLast(ending)) ?? path
  }

  /// The last part without its ending: `b` of `a/b.png`.
  package static func stem(of path: String) -> String { withoutEnding(last(of: path)) }

  /// The path as a part of a URI: each byte that has a meaning there, or none, is written as `%e9`.
  package static func percentEncoded(_ path: String) -> String {
    bytes(path).reduce(into: "") { text, byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      if scalar.isASCII, isPlain || "/-._~".unicodeScalars.contains(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
  }

  /// What stands between the slashes.
  static func parts(of path: String) -> [String] {
    Array(path.utf8).split(separator: slash).map { String(decoding: $0, as: UTF8.self) }
  }

  private static let slash = UInt8(ascii: "/")

  /// Where the ending begins; the dot of a hidden file begins none.
  private static func dot(in name: String) -> String.Index? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex,
      name.utf8.index(after: dot) < name.endIndex,
      !name.utf8.allSatisfy({ $0 == UInt8(ascii: ".") })
    else { return nil }
    return dot
  }

  private static func withoutSlashes(_ path: String) -> Substring {
    var end = path.endIndex
    while end > path.startIndex {
      let before = path.utf8.index(before: end)
      guard path.utf8[before] == slash, before > path.startIndex else { break }
      end = before
    }
    return path[..<end]
  }
}
