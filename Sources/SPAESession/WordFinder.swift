import SPAEEngine
import SPAEExplorer
import SPAEPixels
import SPAEPyramid
import Synchronization

/// Finds words for the picker: those near in meaning, and those that do something to the picture.
final class WordFinder: Sendable {
  private static let effects = 40

  private let inUse: ModelInUse
  /// Keeps the words of the last question decoded.
  private let session = Mutex<(model: Model, session: DecodeSession)?>(nil)

  private let pictures: CandidatePictures

  init(inUse: ModelInUse, pictures: CandidatePictures) {
    self.inUse = inUse
    self.pictures = pictures
  }

  private var model: Model { inUse.model }

  func neighbours(of word: Int32, count: Int) -> [Int32] {
    model.codebook.neighbours(of: word, count: count).map(\.word)
  }

  func candidates(for query: WordPicker.Query) throws -> [WordPicker.Candidate] {
    let word = query.pyramid[query.cell]
    switch query.method {
    // The one is found in the explorer, the other in the library.
    case .spelling, .library: return []
    case .meaning:
      let start = model.vocabulary.begun(query.text) ?? word
      let isTyped = typed(query.text) == start
      let own = start == word && !isTyped ? [] : [start]
      let near = neighbours(of: start, count: WordPicker.limit - own.count)
      return (own + near).map { WordPicker.Candidate(word: $0) }
    case .effect: return try drawn(spread(from: word, holding: query.text), query)
    }
  }

  /// The word that a text is.
  private func typed(_ text: String) -> Int32? { model.vocabulary.number(of: text.lowercased()) }

  /// Words from those that change little to those that change all: more of the former, and before
  /// them the word that is typed.
  private func spread(from word: Int32, holding text: String) -> [Int32] {
    let (typed, text) = (typed(text), text.lowercased())
    let all = model.codebook.words(byEffectFrom: word)
      .filter { $0 != typed && (text.isEmpty || model.vocabulary[$0].contains(text)) }
    let count = min(Self.effects, all.count)
    var chosen = typed.map { [$0] } ?? []
    for step in 0..<count {
      let share = Double(step) / Double(max(1, count - 1))
      let place = max(step, Int(share * share * Double(all.count - 1)))
      chosen.append(all[place])
    }
    return chosen
  }

  private func drawn(
    _ words: [Int32], _ query: WordPicker.Query
  ) throws -> [WordPicker.Candidate] {
    let session = try session(for: query)
    let (area, pictures) = try session.candidates(for: query.cell, words: words)
    return zip(words, pictures).map { word, picture in
      let crop = picture.cropped(around: query.cell, of: query.pyramid.shape, in: area)
      return self.pictures.candidate(word, crop)
    }
  }

  private func session(for query: WordPicker.Query) throws -> DecodeSession {
    let model = model
    if let (known, session) = self.session.withLock({ $0 }), known === model {
      _ = try session.apply(query.pyramid, depth: query.cell.layer)
      return session
    }
    let session = try DecodeSession(
      model: model, pyramid: query.pyramid, depth: query.cell.layer)
    self.session.withLock { $0 = (model, session) }
    return session
  }
}

extension Vocabulary {
  /// The word that is typed, or the shortest one that begins so; nil for no text.
  func begun(_ text: String) -> Int32? {
    let text = text.lowercased()
    guard !text.isEmpty else { return nil }
    if let number = number(of: text) { return number }
    let found = words.indices.filter { words[$0].hasPrefix(text) }
    return found.min { words[$0].count < words[$1].count }.map { Int32($0) }
  }
}

extension PixelImage {
  /// What lies around a cell, at least 24 pixels of it, of a part of the whole picture.
  func cropped(
    around cell: CellAddress, of shape: PyramidShape, in area: Rectangle
  ) -> PixelImage {
    func pixels(_ cells: Range<Int>) -> Range<Int> {
      let margin = max(0, 24 - 8 * cells.count) / 2
      return 8 * cells.lowerBound - margin..<8 * cells.upperBound + margin
    }
    let part = shape.latentCells(of: cell)
    let rows = pixels(part.rows).clamped(to: area.rows)
    let columns = pixels(part.columns).clamped(to: area.columns)
    guard !rows.isEmpty, !columns.isEmpty else { return self }
    return cropped(
      left: columns.lowerBound - area.columns.lowerBound,
      top: rows.lowerBound - area.rows.lowerBound, width: columns.count, height: rows.count)
  }
}
