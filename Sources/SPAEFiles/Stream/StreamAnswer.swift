package import SPAEPyramid
import SPAESystem

/// The answers of a stream as lines of JSON.
package struct StreamAnswer: Sendable {
  private let model: [UInt8]
  private let words: [[UInt8]]

  package init(model: String, vocabulary: Vocabulary) {
    self.model = Self.quoted(model)
    words = vocabulary.words.map(Self.quoted)
  }

  /// `{"key", "width", "height", "model", "layers"}`, a layer's words row after row; with the "grid"
  /// before the layers where it is no square.
  package func line(key: String, width: Int, height: Int, pyramid: Pyramid) -> [UInt8] {
    var line = Array("{\"key\":".utf8) + Self.quoted(key)
    line += Array(",\"width\":\(width),\"height\":\(height),\"model\":".utf8) + model
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

  /// `{"key", "model", "error"}`: why this picture has no words.
  package func line(key: String, error: String) -> [UInt8] {
    let parts = [
      Array("{\"key\":".utf8), Self.quoted(key), Array(",\"model\":".utf8), model,
      Array(",\"error\":".utf8), Self.quoted(error), Array("}\n".utf8),
    ]
    return Array(parts.joined())
  }

  /// A text as JSON writes it.
  private static func quoted(_ text: String) -> [UInt8] {
    var quoted = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
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
