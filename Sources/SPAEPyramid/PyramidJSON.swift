import SPAESystem

/// A pyramid's document in the form that JSON holds: the same content as the text format.
package struct PyramidJSON: Codable, Hashable, Sendable {
  package var format: Int
  package var model: PyramidDocument.ModelName
  package var source: PyramidDocument.Source
  package var grid: GridSize
  /// Layer after layer, row after row.
  package var layers: [[[String]]]
  package var comments: [PyramidDocument.Comment]

  package init(_ document: PyramidDocument, vocabulary: Vocabulary) {
    format = PyramidText.version(of: document.pyramid.shape)
    model = document.model
    source = document.source
    grid = document.pyramid.shape.grid
    layers = (1...document.pyramid.shape.depth).map {
      document.pyramid.rows(ofLayer: $0, vocabulary: vocabulary)
    }
    comments = document.comments
  }

  /// The document, with every count and word checked.
  package func document(vocabulary: Vocabulary) throws(PyramidTextError) -> PyramidDocument {
    guard PyramidText.versions.contains(format) else { throw Self.bad(.version("\(format)")) }
    try Self.check(model, source)
    guard let shape = PyramidShape(grid: grid) else { throw Self.bad(.grid(grid.text)) }
    let words = try Self.words(layers, of: shape, vocabulary: vocabulary)
    guard let pyramid = Pyramid(shape: shape, words: words) else { throw Self.bad(.empty) }
    return PyramidDocument(
      model: model, source: source, pyramid: pyramid, comments: try checkedComments(shape))
  }

  private static func bad(_ problem: PyramidTextError.Problem) -> PyramidTextError {
    PyramidTextError(line: 0, column: 0, problem: problem)
  }

  /// Refuses names and sizes that a text cannot hold.
  static func check(
    _ model: PyramidDocument.ModelName, _ source: PyramidDocument.Source
  ) throws(PyramidTextError) {
    guard source.width > 0, source.height > 0 else {
      throw bad(.size("\(source.width)x\(source.height)"))
    }
    for name in [model.name, model.hash, model.vocabulary]
    where !isField(name) {
      throw bad(.header(expected: "a name without spaces or #", got: String(name.prefix(40))))
    }
  }

  /// The numbers of the words of all layers, in order.
  static func words(
    _ layers: [[[String]]], of shape: PyramidShape, vocabulary: Vocabulary
  ) throws(PyramidTextError) -> [Int32] {
    guard layers.count == shape.depth else {
      throw bad(.layer(expected: min(layers.count, shape.depth) + 1, got: "\(layers.count) layers"))
    }
    var words: [Int32] = []
    for (index, rows) in layers.enumerated() {
      let size = shape.layers[index]
      guard rows.count == size.rows else {
        throw bad(.rows(layer: index + 1, expected: size.rows, got: rows.count))
      }
      for (row, line) in rows.enumerated() {
        guard line.count == size.columns else {
          throw bad(
            .words(layer: index + 1, row: row + 1, expected: size.columns, got: line.count))
        }
        for word in line { words.append(try number(of: word, vocabulary)) }
      }
    }
    return words
  }

  private static func number(
    of word: String, _ vocabulary: Vocabulary
  ) throws(PyramidTextError) -> Int32 {
    if let number = vocabulary.number(of: word) { return number }
    throw bad(
      .unknownWord(
        String(word.prefix(40)), near: vocabulary.nearestInSpelling(to: String(word.prefix(64)))))
  }

  /// Whether a name stays one field of a text's line.
  static func isField(_ name: String) -> Bool {
    !name.isEmpty && name.unicodeScalars.first != "#"
      && !name.unicodeScalars.contains(where: \.properties.isWhitespace)
  }

  /// The comments in their order; each must be one line that begins with #, and a line that means
  /// something ends in one at most.
  private func checkedComments(
    _ shape: PyramidShape
  ) throws(PyramidTextError) -> [PyramidDocument.Comment] {
    var ended: Set<Int> = []
    for comment in comments {
      let text = comment.text.unicodeScalars
      let isLine = comment.text.utf8.last != UInt8(ascii: "\r") && comment.text.textLines.count == 1
      let start = comment.isAtEnd ? text.first : text.first { !$0.properties.isWhitespace }
      let lines = 0..<PyramidText.significantLineCount(shape)
      let isPlaced =
        !comment.isAtEnd || lines.contains(comment.line) && ended.insert(comment.line).inserted
      guard isLine, start == "#", isPlaced else {
        throw PyramidTextError(
          line: 0, column: 0,
          problem: .header(expected: "# comment", got: String(comment.text.prefix(40))))
      }
    }
    return comments.sorted { ($0.line, $0.isAtEnd ? 1 : 0) < ($1.line, $1.isAtEnd ? 1 : 0) }
  }
}
