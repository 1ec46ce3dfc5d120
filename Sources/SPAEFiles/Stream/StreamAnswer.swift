package import SPAEPyramid
import SPAESystem

/// The answers of a stream as lines of JSON.
package struct StreamAnswer: Sendable {
  private let model: [UInt8]
  private let words: [[UInt8]]

  package init(model: String, vocabulary: Vocabulary) {
    self.model = Self.quoted(Array(model.utf8))
    words = vocabulary.words.map { Self.quoted(Array($0.utf8)) }
  }

  /// `{"key", "width", "height", "model", "layers"}`, a layer's words row after row; with the "grid"
  /// before the layers where it is no square.
  package func line(key: String, width: Int, height: Int, pyramid: Pyramid) -> [UInt8] {
    var line = beginning(key: key, width: width, height: height)
    let grid = pyramid.shape.grid
    if !grid.isSquare { line += Array(",\"grid\":\"\(grid.text)\"".utf8) }
    line += Array(",\"layers\":".utf8)
    var first = 0
    for layer in 1...pyramid.shape.depth {
      let count = pyramid.shape.wordCount(toDepth: layer) - first
      line += Array(layer == 1 ? "[[".utf8 : ",[".utf8)
      for (index, word) in pyramid.words[first..<first + count].enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        line += words[Int(word)]
      }
      line.append(UInt8(ascii: "]"))
      first += count
    }
    return line + Array("]}\n".utf8)
  }

  /// `{"key", "width", "height", "model"`, which the words follow.
  func beginning(key: String, width: Int, height: Int) -> [UInt8] {
    Array("{\"key\":".utf8) + Self.quoted(Array(key.utf8))
      + Array(",\"width\":\(width),\"height\":\(height),\"model\":".utf8) + model
  }

  /// `{"key", "model", "error"}`: why this picture has no words.
  package func line(key: String, error: String) -> [UInt8] {
    let parts = [
      Array("{\"key\":".utf8), Self.quoted(Array(key.utf8)), Array(",\"model\":".utf8), model,
      Array(",\"error\":".utf8), Self.quoted(Array(error.utf8)), Array("}\n".utf8),
    ]
    return Array(parts.joined())
  }

  /// A text in UTF-8 as JSON writes it.
  static func quoted(_ text: [UInt8]) -> [UInt8] {
    var quoted = [UInt8(ascii: "\"")]
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
      case ..<0x20:
        let digits = String(byte, radix: 16)
        quoted += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      default: quoted.append(byte)
      }
    }
    return JSONText.escaped(quoted + [UInt8(ascii: "\"")])
  }
}
