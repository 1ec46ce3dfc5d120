import SPAESystem

/// What is wrong with the text of a pyramid, and where.
public struct PyramidTextError: Error, Hashable, Sendable {
  /// What is wrong, with what was expected and what was found.
  public enum Problem: Hashable, Sendable {
    case empty
    case notPyramid
    case film
    case version(String)
    case header(expected: String, got: String)
    case grid(String)
    case size(String)
    case rate(String)
    case from(String)
    case layer(expected: Int, got: String)
    case words(layer: Int, row: Int, expected: Int, got: Int)
    case rows(layer: Int, expected: Int, got: Int)
    case unknownWord(String, near: [String])
    case surplus(String)
    case tooLong(limit: Int)
    /// A problem that is there because the text ends before its end.
    indirect case cut(Problem)
  }

  /// Counted from 1; 0 where the whole file is meant.
  public let line: Int
  /// Counted from 1, in characters; 0 if the whole file is meant.
  public let column: Int
  /// What is wrong.
  public let problem: Problem

  /// A problem at a place in the text.
  public init(line: Int, column: Int, problem: Problem) {
    self.line = line
    self.column = column
    self.problem = problem
  }
}

extension PyramidTextError: CustomStringConvertible {
  /// The problem, and what helps.
  public var description: String {
    line == 0 ? problem.description : "line \(line), column \(column): \(problem)"
  }
}

extension PyramidTextError.Problem: CustomStringConvertible {
  /// The problem, and what helps.
  public var description: String {
    switch self {
    case .empty: "there is no pyramid in it; spae encode makes one from a picture"
    case .notPyramid: "not a pyramid of words: the first line must be 'spae 1'"
    case .film: "a film, not one picture: its first line is 'spae film 1'"
    case .version(let got): "version '\(got)' is not known; this program reads versions 1 and 2"
    case .header(let expected, let got): "expected '\(expected)', \(Self.found(got))"
    case .grid(let got):
      "'\(got)' is not a grid; expected 8, 16, 32 or 64 cells a side, or such as 24x16, columns and"
        + " rows, of which the more are at most four times the fewer"
    case .size(let got): "'\(got)' is not a size; expected width x height, such as 256x256"
    case .rate(let got):
      "'\(got)' is not a frame rate; expected frames a second, such as 25, 29.97 or 30000/1001"
    case .from(let got):
      "'\(got)' is no time of the clip; expected 'from SECONDS', such as from 62.5"
    case .layer(let expected, let got): "expected 'layer \(expected)', \(Self.found(got))"
    case .words(let layer, let row, let expected, let got):
      "layer \(layer), row \(row): expected \(expected.counted("word")), got \(got)"
    case .rows(let layer, let expected, let got):
      "layer \(layer): expected \(expected.counted("row")), got \(got)"
    case .unknownWord(let word, let near):
      "'\(word)' is not in the vocabulary"
        + (near.isEmpty ? "" : "; near it are \(near.joined(separator: ", "))")
    case .surplus(let got): "expected nothing after the last layer, got '\(got)'"
    case .cut(let problem): "\(problem); the file ends there: it was cut short"
    case .tooLong(let limit): "the file has more than \(limit) bytes"
    }
  }

  /// No line is empty that is looked at: where there is nothing, the file ends.
  private static func found(_ got: String) -> String {
    got.isEmpty ? "but the file ends there: it was cut short" : "got '\(got)'"
  }
}
