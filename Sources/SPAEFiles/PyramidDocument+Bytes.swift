import Foundation
package import SPAEPyramid
package import SPAESystem

/// The forms in which a pyramid is written.
package enum DocumentFormat: String, CaseIterable {
  case text, json
}

extension PyramidDocument {
  /// What a file is that holds these bytes, where the document shall be written: a person's
  /// comments stay in the same words, and edited words are never replaced unasked. Unedited are
  /// those that the source itself gives: `byOtherOptions` makes them.
  package func finding(
    in bytes: [UInt8], as format: DocumentFormat, vocabulary: Vocabulary,
    byOtherOptions: (PyramidShape) -> [Pyramid] = { _ in [] }
  ) -> OutputFile.Finding {
    guard let found = Self.read(bytes, as: format, vocabulary) else {
      return .foreign("it is no pyramid of words")
    }
    guard found.source == source else {
      return .foreign("it holds the words of another picture, \(found.source.name)")
    }
    if found.pyramid == pyramid, found.model == model { return .same }
    guard found.pyramid == pyramid || byOtherOptions(found.pyramid.shape).contains(found.pyramid)
    else {
      return .foreign(
        "its words are others: they were edited, or made by another model or --semantic-weight")
    }
    return found.comments.isEmpty ? .unedited : .foreign("somebody wrote comments into it")
  }

  private static func read(
    _ bytes: [UInt8], as format: DocumentFormat, _ vocabulary: Vocabulary
  ) -> PyramidDocument? {
    switch format {
    case .text:
      try? PyramidText.document(
        from: String(decoding: bytes, as: UTF8.self), vocabulary: vocabulary)
    case .json:
      try? JSONDecoder().decode(PyramidJSON.self, from: Data(bytes))
        .document(vocabulary: vocabulary)
    }
  }

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
