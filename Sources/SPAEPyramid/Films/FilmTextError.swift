/// What is wrong with the text of a film, and where.
package struct FilmTextError: Error, Hashable, Sendable {
  package enum Problem: Hashable, Sendable {
    case notFilm
    case version(String)
    /// A line that a picture's text has as well, or a layer of a key frame.
    case pyramid(PyramidTextError.Problem)
    case frame(expected: Int, got: String)
    case noKeyFrame(String)
    case noFrame
    case steady(String)
    /// A line of the filter that is not the second one of a key frame.
    case misplacedSteady(String)
    case change(String)
    case cell(String, CellProblem)
    case twice(String)
    case unknownWord(String, near: [String])
    case lineTooLong(limit: Int)
    case notJSON(String)
    /// A value in the header of JSON lines.
    case field(String, expected: String, got: String)
  }

  /// Which part of a cell's position its pyramid lacks.
  package enum CellProblem: Hashable, Sendable {
    case layer(depth: Int)
    case row(layer: Int, rows: Int)
    case column(layer: Int, columns: Int)
  }

  /// Counted from 1; 0 where the whole file is meant.
  package let line: Int
  package let column: Int
  package let problem: Problem

  package init(line: Int, column: Int, problem: Problem) {
    (self.line, self.column, self.problem) = (line, column, problem)
  }

  init(_ error: PyramidTextError) {
    self.init(line: error.line, column: error.column, problem: .pyramid(error.problem))
  }
}

extension FilmTextError: CustomStringConvertible {
  package var description: String {
    line == 0 ? problem.description : "line \(line), column \(column): \(problem)"
  }
}

extension FilmTextError.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFilm: "not a film of words: the first line must be 'spae film 1'"
    case .version(let got): "film version '\(got)' is not known; this program reads version 1"
    case .pyramid(let problem): problem.description
    case .frame(let expected, let got):
      "expected 'frame \(expected)', 'frame \(expected) key' or 'end', got '\(got)'"
    case .noKeyFrame(let got):
      "expected a key frame, such as 'frame 1 key', got '\(got)'; a film begins with all words"
    case .noFrame: "it has no whole frame"
    case .steady(let got): "expected 'steady LEVELS', from 1 to 255, got '\(got)'"
    case .misplacedSteady(let got):
      "'\(got)' is not expected here: it stands once in a key frame, before 'layer 1'"
    case .change(let got):
      "expected 'LAYER:ROW,COLUMN WORD', such as '5:3,7 stone', or the next frame, got '\(got)'"
    case .cell(let got, let problem): "there is no \(got): \(problem)"
    case .twice(let cell): "\(cell) changes twice in this frame"
    case .unknownWord(let word, let near):
      "'\(word)' is not in the vocabulary"
        + (near.isEmpty ? "" : "; near it are \(near.joined(separator: ", "))")
    case .lineTooLong(let limit): "the line has more than \(limit) bytes"
    case .field(let field, let expected, let got):
      "\"\(field)\" in the film's header must be \(expected); got \(got)"
    case .notJSON(let problem): "not the JSON of a film: \(problem)"
    }
  }
}

extension FilmTextError.CellProblem {
  /// What a cell lacks in a shape; nil where it is in it.
  init?(_ cell: CellAddress, _ shape: PyramidShape) {
    guard (1...shape.depth).contains(cell.layer) else {
      self = .layer(depth: shape.depth)
      return
    }
    let size = shape.size(ofLayer: cell.layer)
    if !(0..<size.rows).contains(cell.row) {
      self = .row(layer: cell.layer, rows: size.rows)
    } else if !(0..<size.columns).contains(cell.column) {
      self = .column(layer: cell.layer, columns: size.columns)
    } else {
      return nil
    }
  }
}

extension FilmTextError.CellProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .layer(let depth): "the layers are 1 to \(depth)"
    case .row(let layer, let rows): "the rows of layer \(layer) are 1 to \(rows)"
    case .column(let layer, let columns): "the columns of layer \(layer) are 1 to \(columns)"
    }
  }
}
