import SPAESystem

/// The `.spae` text format: a few header lines, then each layer as a grid of words.
///
///     spae 1
///     model small 7f3c...
///     vocabulary 09ab...
///     source "cat.png" 256x256
///     grid 16
///
///     layer 1
///     cat
///
///     layer 2
///     fur   whisker
///     sofa  striped
///
/// The grid of a picture that is no square stands as columns x rows, `grid 24x16`, and the text is
/// of version 2.
///
/// A `#` after white space begins a person's comment, which is kept: a line of its own or the end of
/// another. Blank lines are free.
public enum PyramidText {
  /// The versions that are read.
  package static let versions = 1...2

  /// The version that is written: 1 for squares, as ever, so that earlier programs read them, and 2
  /// for other shapes.
  package static func version(of shape: PyramidShape) -> Int { shape.grid.isSquare ? 1 : 2 }

  /// Writes a document as text.
  public static func text(of document: PyramidDocument, vocabulary: Vocabulary) -> String {
    let shape = document.pyramid.shape
    let lines =
      ["spae \(version(of: shape))"]
      + headerLines(model: document.model, source: document.source, grid: shape.grid)
      + layerLines(of: document.pyramid, vocabulary: vocabulary)
    return text(of: lines, comments: document.comments) + "\n"
  }

  /// Lines with a person's comments between and behind them; each layer has an empty line before it.
  static func text(of lines: [String], comments: [PyramidDocument.Comment]) -> String {
    var (comments, text) = (comments[...], [String]())
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("layer ") { text.append("") }
      while let comment = comments.first, comment.line <= index, !comment.isAtEnd {
        text.append(comment.text)
        comments.removeFirst()
      }
      text.append(line)
      if let comment = comments.first, comment.line == index, comment.isAtEnd {
        text[text.count - 1] += "  " + comment.text
        comments.removeFirst()
      }
    }
    return (text + comments.map(\.text)).joined(separator: "\n")
  }

  /// How many lines of a text mean something.
  static func significantLineCount(_ shape: PyramidShape) -> Int {
    5 + layerLineCount(shape)
  }

  static func layerLineCount(_ shape: PyramidShape) -> Int {
    shape.depth + shape.layers.reduce(0) { $0 + $1.rows }
  }

  /// What the header of every text says after its first line.
  static func headerLines(
    model: PyramidDocument.ModelName, source: PyramidDocument.Source, grid: GridSize
  ) -> [String] {
    [
      "model \(model.name) \(model.hash)",
      "vocabulary \(model.vocabulary)",
      "source \(quoted(source.name)) \(source.width)x\(source.height)",
      "grid \(grid.text)",
    ]
  }

  static func layerLines(of pyramid: Pyramid, vocabulary: Vocabulary) -> [String] {
    (1...pyramid.shape.depth).flatMap {
      ["layer \($0)"] + pyramid.rows(ofLayer: $0, vocabulary: vocabulary).aligned
    }
  }

  /// A name within quotes; escaped is what could break a line, or move a terminal's cursor.
  private static func quoted(_ name: String) -> String {
    var text = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where scalar.isEscaped:
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

extension Pyramid {
  /// The words of a layer, row by row.
  public func rows(ofLayer layer: Int, vocabulary: Vocabulary) -> [[String]] {
    let size = shape.size(ofLayer: layer)
    return (0..<size.rows).map { row in
      (0..<size.columns).map { vocabulary[self[CellAddress(layer: layer, row: row, column: $0)]] }
    }
  }
}

extension [[String]] {
  /// Each row as a line, with columns that stand below each other.
  public var aligned: [String] {
    let columns = map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      self.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return map { row in
      row.enumerated().map { column, word in
        column == row.count - 1
          ? word : word + String(repeating: " ", count: widths[column] - word.count)
      }.joined(separator: "  ")
    }
  }
}
