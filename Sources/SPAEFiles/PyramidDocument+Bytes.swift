import Foundation
package import SPAEPyramid
import SPAESystem

/// The forms in which a pyramid is written.
package enum DocumentFormat: String, CaseIterable {
  case text, json
}

extension PyramidDocument {
  /// The document as a file holds it.
  package func bytes(as format: DocumentFormat, vocabulary: Vocabulary) throws -> [UInt8] {
    switch format {
    case .text: Array(PyramidText.text(of: self, vocabulary: vocabulary).utf8)
    case .json: try encodedJSON(PyramidJSON(self, vocabulary: vocabulary))
    }
  }
}

/// A value as JSON, with its keys in order and a line's end.
package func encodedJSON(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return JSONText.escaped(try encoder.encode(value)) + [UInt8(ascii: "\n")]
}

/// Prints a value as JSON.
package func putJSON(_ value: some Encodable) throws {
  StandardOutput.write(try encodedJSON(value))
}
