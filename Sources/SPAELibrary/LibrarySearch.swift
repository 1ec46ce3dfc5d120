import Foundation
import GRDB
package import SPAEColour
package import SPAEPyramid
import SPAESystem

/// The indexed pictures of some folders in memory, for questions: about 200 bytes a picture.
package struct LibrarySearch: Sendable {
  /// A picture that answers a question.
  package struct Match: Hashable, Sendable {
    /// From the root.
    package let path: String
    /// 0 to 1; the greatest first.
    package let score: Float
    /// The best position for each term of a query.
    package let words: [MatchedWord]
    /// That of the picture, in which the positions are; nil where no words were asked for.
    package var shape: PyramidShape?
  }

  /// Where a term of a query was found.
  package struct MatchedWord: Hashable, Sendable {
    package let term: String
    /// The picture's own word there, and how like the term it is, 0 to 1.
    package let word: String
    package let score: Float
    package let cell: CellAddress
    /// The mean colour of the position.
    package let colour: RGB
  }

  private struct Entry {
    let id: Int64
    let upper: UpperLayers
  }

  private let store: LibraryStore
  private let vocabulary: Vocabulary
  private let similarity: @Sendable (Int32) -> [Float]
  private let entries: [Entry]

  package var count: Int { entries.count }

  /// Reads the pictures below some folders, or all of them for none. `similarity` gives how like every
  /// word of the vocabulary is to one, -1 to 1.
  package init(
    store: LibraryStore, encoding: PictureEncoding, folders: [String],
    similarity: @escaping @Sendable (Int32) -> [Float]
  ) throws(LibraryError) {
    (self.store, self.similarity) = (store, similarity)
    vocabulary = encoding.vocabulary
    let ranges = folders.isEmpty ? [PathRange(below: "/")] : folders.map { PathRange(below: $0) }
    entries = try store.read { db in
      var seen: Set<Int64> = []
      var entries: [Entry] = []
      for range in ranges {
        let rows = try Row.fetchCursor(
          db,
          sql: """
            SELECT picture.id, upper FROM picture JOIN encoding ON encoding.id = encoding
            WHERE model = ? AND form = ? AND path >= ? AND path < ? ORDER BY path
            """, arguments: [encoding.model, encoding.form, range.first, range.end])
        while let row = try rows.next() {
          let id: Int64 = try row.value(0)
          if seen.insert(id).inserted { entries.append(Entry(id: id, upper: try row.upper(1))) }
        }
      }
      return entries
    }
    let limit = vocabulary.count
    guard entries.allSatisfy({ $0.upper.words.allSatisfy { $0 < limit } }) else {
      throw .damaged(path: store.path, reason: "a picture has a word that the model lacks")
    }
  }

  // MARK: Words

  /// The similarity below which words say nothing of each other.
  private static let floor: Float = 0.4
  /// What the best position of each term must reach, of 1, for a picture to match.
  private static let least: Float = 0.4
  /// How many of the best positions count.
  private static let counted = 6

  /// The pictures that hold every term of a query, the best first.
  ///
  /// A term's score is the mean square of how well its six best positions have it, so that what fills
  /// much of a picture comes before what one word says; a picture's is the geometric mean of its terms'.
  package func matches(_ query: LibraryQuery, limit: Int = .max) throws(LibraryError) -> [Match] {
    let tables = query.terms.map { Table(term: $0, similarity: $0.word.map(similarity)) }
    var found: [(entry: Int, score: Float)] = []
    for (index, entry) in entries.enumerated() {
      var product: Float = 1
      for table in tables {
        let (best, score) = Self.score(table, entry.upper)
        product *= best < Self.least ? 0 : score
      }
      if product > 0 { found.append((index, product)) }
    }
    let best = found.sorted { ($0.score, $1.entry) > ($1.score, $0.entry) }.prefix(limit)
    let power = 1 / Float(tables.count)
    let paths = try paths(of: best.map { entries[$0.entry].id })
    return zip(best, paths).map { found, path in
      let upper = entries[found.entry].upper
      return Match(
        path: path, score: pow(found.score, power), words: tables.map { matched($0, upper) },
        shape: upper.shape)
    }
  }

  /// A term with how like each word is to it.
  private struct Table {
    let term: LibraryQuery.Term
    let similarity: [Float]

    init(term: LibraryQuery.Term, similarity: [Float]?) {
      self.term = term
      let span = 1 - LibrarySearch.floor
      self.similarity = (similarity ?? []).map { max(0, ($0 - LibrarySearch.floor) / span) }
    }

    /// How well a position has the term, 0 to 1.
    func score(_ position: Int, _ upper: UpperLayers) -> Float {
      let word = similarity.isEmpty ? 0 : min(1, similarity[Int(upper.words[position])])
      guard let name = term.colour else { return word }
      if term.isColourAlone {
        // Colours' names are like each other: only the same word counts.
        let isNamed = upper.words[position] == term.word
        return max(upper.colours[position].bears(nameOf: name), isNamed ? 0.8 : 0)
      }
      return word > 0.3 ? word * colourScore(position, name, upper) : 0
    }

    /// The thing may fill a part of a large position only.
    private func colourScore(_ position: Int, _ name: RGB, _ upper: UpperLayers) -> Float {
      let own = upper.colours[position].bears(nameOf: name)
      let cell = upper.shape.cell(at: position)
      guard cell.layer < UpperLayers.depth else { return own }
      let within = upper.shape.cells(ofLayer: UpperLayers.depth, in: cell)
      var best: Float = 0
      for row in within.rows {
        for column in within.columns {
          let inner = CellAddress(layer: UpperLayers.depth, row: row, column: column)
          best = max(best, upper.colours[upper.shape.index(of: inner)].bears(nameOf: name))
        }
      }
      return max(own, 0.8 * best)
    }
  }

  private static func score(_ table: Table, _ upper: UpperLayers) -> (best: Float, score: Float) {
    let scores = upper.words.indices.map { table.score($0, upper) }.sorted(by: >)
    let sum = scores.prefix(counted).reduce(0) { $0 + $1 * $1 }
    return (scores.first ?? 0, sum / Float(counted))
  }

  private func matched(_ table: Table, _ upper: UpperLayers) -> MatchedWord {
    let scores = upper.words.indices.map { table.score($0, upper) }
    let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    return MatchedWord(
      term: table.term.text, word: vocabulary[upper.words[best]], score: scores[best],
      cell: upper.shape.cell(at: best), colour: upper.colours[best])
  }

  private func paths(of ids: [Int64]) throws(LibraryError) -> [String] {
    try store.read { db in
      let statement = try db.cachedStatement(sql: "SELECT path FROM picture WHERE id = ?")
      return try ids.map { id in
        let path = try Data.fetchOne(statement, arguments: [id]) ?? Data()
        return FileName.text(path)
      }
    }
  }

  // MARK: Likeness

  /// The pictures whose words mean the most like another picture's, the best first; scores are
  /// cosines.
  package func matches(like meaning: [Int8], limit: Int = .max) throws(LibraryError) -> [Match] {
    let scores = try cosines(with: meaning)
    let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(limit)
    let paths = try paths(of: order.map { entries[$0].id })
    return zip(order, paths).map { Match(path: $1, score: scores[$0], words: []) }
  }

  /// The cosine of each picture's vector with one, in one pass over the index.
  private func cosines(with meaning: [Int8]) throws(LibraryError) -> [Float] {
    let places = Dictionary(uniqueKeysWithValues: zip(entries.map(\.id), entries.indices))
    return try store.read { db in
      var scores = [Float](repeating: -1, count: entries.count)
      let rows = try Row.fetchCursor(db, sql: "SELECT picture, vector FROM meaning")
      while let row = try rows.next() {
        guard let place = places[try row.value(0)] else { continue }
        let vector = try row.bytes(1)
        guard vector.count == meaning.count else {
          throw LibraryError.damaged(path: store.path, reason: "a picture's vector is not whole")
        }
        scores[place] = cosine(vector, meaning)
      }
      return scores
    }
  }

  private func cosine(_ packed: [UInt8], _ other: [Int8]) -> Float {
    var (product, first, second): (Int32, Int32, Int32) = (0, 0, 0)
    for index in packed.indices {
      let (x, y) = (Int32(Int8(bitPattern: packed[index])), Int32(other[index]))
      product += x * y
      first += x * x
      second += y * y
    }
    return Float(product) / max(1, (Float(first) * Float(second)).squareRoot())
  }
}
