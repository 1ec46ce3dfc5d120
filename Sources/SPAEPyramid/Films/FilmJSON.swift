import SPAESystem

/// A film as JSON lines: a header, then an object for each frame, with the content of the text.
///
///     {"film":1,"from":62.5,"grid":16,"model":{...},"rate":"25","source":{...}}
///     {"frame":1,"layers":[[["cat"]],...],"steady":12}
///     {"changes":[["5:3,7","stone"]],"frame":2}
///     {"end":2}
package enum FilmJSON {
  /// The first line.
  package struct Header: Codable, Hashable, Sendable {
    package var film: Int
    package var model: PyramidDocument.ModelName
    package var source: PyramidDocument.Source
    package var grid: GridSize
    /// As text: 25, 29.97 or 30000/1001.
    package var rate: String
    /// The seconds of the clip at which the film begins, if not at its own beginning.
    package var from: Double?

    package init(_ header: FilmHeader) {
      film = FilmText.version
      (model, source, grid) = (header.model, header.source, header.grid)
      rate = header.rate.description
      from = header.from.isBeginning ? nil : header.from.seconds
    }
  }

  /// A line after the first: a frame, or the end.
  package struct Line: Codable, Hashable, Sendable {
    /// The number of a frame, from 1.
    package var frame: Int?
    /// Of a key frame: layer after layer, row after row.
    package var layers: [[[String]]]?
    /// Of a key frame: the levels of its filter, if it has one.
    package var steady: Int?
    /// Of another one: `["5:3,7", "stone"]` for each cell.
    package var changes: [[String]]?
    /// The number of the last frame.
    package var end: Int?

    package init(_ frame: FilmFrame, number: Int, vocabulary: Vocabulary) {
      self.frame = number
      switch frame.content {
      case .key(let pyramid, let steady):
        self.steady = steady > 0 ? steady : nil
        layers = (1...pyramid.shape.depth).map {
          pyramid.rows(ofLayer: $0, vocabulary: vocabulary)
        }
      case .changes(let changes):
        self.changes = changes.map { [$0.cell.text, vocabulary[$0.word]] }
      }
    }

    package init(end: Int) { self.end = end }
  }
}

extension FilmJSON.Header {
  /// What the first line must have.
  static let remedy =
    "; the first line is such as {\"film\":1,\"model\":{\"name\":...,\"hash\":...,\"vocabulary\":...},"
    + "\"source\":{\"name\":\"cat.mp4\",\"width\":640,\"height\":360},\"grid\":\"24x16\",\"rate\":\"25\"}"

  /// The header, with every name and number checked; `line` is named in errors.
  package func header(line: Int) throws(FilmTextError) -> FilmHeader {
    func bad(_ field: String, _ expected: String, _ got: String) -> FilmTextError {
      let problem = FilmTextError.Problem.field(field, expected: expected, got: got[...].excerpt)
      return FilmTextError(line: line, column: 1, problem: problem)
    }
    guard film == FilmText.version else {
      throw bad("film", "\(FilmText.version), the version that this program reads", "\(film)")
    }
    guard let rate = FrameRate(rate) else {
      throw bad("rate", "frames a second, such as \"25\" or \"30000/1001\"", "\"\(self.rate)\"")
    }
    guard let shape = PyramidShape(grid: grid) else {
      throw bad("grid", "8, 16, 32 or 64, or such as \"24x16\"", grid.text)
    }
    for (name, text) in [
      ("name", model.name), ("hash", model.hash), ("vocabulary", model.vocabulary),
    ] where !PyramidJSON.isField(text) {
      throw bad("model.\(name)", "a text without spaces or #", "\"\(text)\"")
    }
    for (name, pixels) in [("width", source.width), ("height", source.height)] where pixels < 1 {
      throw bad("source.\(name)", "pixels, from 1 on", "\(pixels)")
    }
    if let from, FilmTime(seconds: from).seconds == 0, from != 0 {
      throw bad("from", "seconds of the clip, from 0 on", "\(from)")
    }
    return FilmHeader(
      model: model, source: source, shape: shape, rate: rate, from: FilmTime(seconds: from ?? 0))
  }
}

extension FilmJSON.Line {
  /// The frame, with every cell and word checked; nil of the end. `line` is named in errors.
  func content(
    _ shape: PyramidShape, _ vocabulary: Vocabulary, line: Int
  ) throws(FilmTextError) -> FilmFrame.Content? {
    func bad(_ problem: FilmTextError.Problem) -> FilmTextError {
      FilmTextError(line: line, column: 1, problem: problem)
    }
    guard steady == nil || layers != nil else {
      throw bad(.notJSON("\"steady\" is for a key frame, with \"layers\""))
    }
    if let layers, changes == nil, end == nil {
      guard steady.map(FilmText.steady.contains) ?? true else {
        throw bad(.steady("steady \(steady ?? 0)"))
      }
      do {
        let words = try PyramidJSON.words(layers, of: shape, vocabulary: vocabulary)
        return Pyramid(shape: shape, words: words).map { .key($0, steady: steady ?? 0) }
      } catch {
        throw bad(.pyramid(error.problem))
      }
    }
    guard let changes, layers == nil, end == nil else {
      guard end != nil, layers == nil, changes == nil, frame == nil else {
        throw bad(.notJSON("a line has \"frame\" with \"layers\" or \"changes\", or \"end\""))
      }
      return nil
    }
    var (found, changed) = ([FilmFrame.Change](), Set<CellAddress>())
    for pair in changes {
      let change = try change(pair, shape, vocabulary, bad)
      guard changed.insert(change.cell).inserted else { throw bad(.twice(change.cell.text)) }
      found.append(change)
    }
    return .changes(found)
  }

  private func change(
    _ pair: [String], _ shape: PyramidShape, _ vocabulary: Vocabulary,
    _ bad: (FilmTextError.Problem) -> FilmTextError
  ) throws(FilmTextError) -> FilmFrame.Change {
    guard pair.count == 2, let cell = CellAddress(text: pair[0][...]) else {
      throw bad(.change(pair.joined(separator: " ")[...].excerpt))
    }
    if let problem = FilmTextError.CellProblem(cell, shape) { throw bad(.cell(cell.text, problem)) }
    guard let word = vocabulary.number(of: pair[1]) else {
      throw bad(
        .unknownWord(
          pair[1][...].excerpt, near: vocabulary.nearestInSpelling(to: String(pair[1].prefix(64)))))
    }
    return FilmFrame.Change(cell: cell, word: word)
  }
}
