import SPAESystem

/// The text of a film: a few header lines, then frame after frame.
///
///     spae film 1
///     model small 7f3c...
///     vocabulary 09ab...
///     source "cat.mp4" 640x360
///     grid 28x16
///     rate 25
///
///     frame 1 key
///     steady 12
///     layer 1
///     cat
///     ...
///
///     frame 2
///     5:3,7 stone
///     6:12,1 window
///
///     frame 3
///
///     end
///
/// A key frame has all of its words, written as in a picture's text, and perhaps before them how
/// steady still pixels are up to the next key frame. Another frame has the cells
/// that change and their new words; rows and columns are counted from 1, as in edits. A frame is
/// whole once the next one begins or `end` stands after it. More frames may follow `end`, so
/// that a film is continued by writing behind it.
package enum FilmText {
  package static let version = 1

  /// The lines of the header that mean something.
  static let headerLines = 6

  /// The longest line that is read, in bytes; the longest row of words needs a tenth of it.
  package static let longestLine = 1 << 16

  /// The levels that a filter may have.
  static let steady = 1...255

  static let firstLine = "spae film \(version)"

  /// The header, with an empty line after it.
  package static func text(of header: FilmHeader) -> String {
    let lines =
      [firstLine]
      + PyramidText.headerLines(
        model: header.model, source: header.source, grid: header.grid)
      + ["rate \(header.rate)" + (header.from.isBeginning ? "" : " from \(header.from)")]
    return PyramidText.text(of: lines, comments: header.comments) + "\n\n"
  }

  /// A frame with its number, and an empty line after it.
  package static func text(
    of frame: FilmFrame, number: Int, vocabulary: Vocabulary
  ) -> String {
    let lines =
      switch frame.content {
      case .key(let pyramid, let steady):
        ["frame \(number) key"] + (steady > 0 ? ["steady \(steady)"] : [])
          + PyramidText.layerLines(of: pyramid, vocabulary: vocabulary)
      case .changes(let changes):
        ["frame \(number)"] + changes.map { "\($0.cell.text) \(vocabulary[$0.word])" }
      }
    return PyramidText.text(of: lines, comments: frame.comments) + "\n\n"
  }

  /// The line that ends a film.
  package static let end = "end"

  /// Whether a text says in its first line that it is a film's.
  package static func begins(_ text: some StringProtocol) -> Bool {
    var start = SignificantLines()
    for (index, line) in text.prefix(4096).textLines.enumerated() where start.lines.isEmpty {
      start.add(line.hasPrefix("\u{FEFF}") ? String(line.dropFirst()) : line, number: index + 1)
    }
    return start.lines.first?.text.fields.prefix(2) == ["spae", "film"]
  }
}

extension CellAddress {
  /// As files write it, `layer:row,column`, all counted from 1.
  package var text: String { "\(layer):\(row + 1),\(column + 1)" }

  /// Reads `text` back; layer, row and column are numbers from 1 of up to nine digits.
  init?(text: Substring) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard parts.count == 2, numbers.count == 3, !parts[0].contains(","),
      numbers.allSatisfy({ (1...9).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isDigit) })
    else { return nil }
    let values = numbers.map { Int($0) ?? 0 }
    self.init(layer: values[0], row: values[1] - 1, column: values[2] - 1)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
