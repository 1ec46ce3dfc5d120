package import SPAEEngine
import SPAEPyramid

/// What can be wrong with the pictures that edits bring words from.
package enum ExemplarError: Error, Hashable, Sendable {
  /// Neither an index nor bundled pictures.
  case none
  /// A folder without a picture.
  case empty(folder: String)
  /// A folder of which no picture has words of this model: how many, and why the first has none.
  case unusable(folder: String, count: Int, path: String, reason: String)
  /// A folder with so many pictures that are not indexed.
  case huge(folder: String, waiting: Int)
  /// No picture shows the word; what it shows that is near in meaning, and how many pictures there
  /// are.
  case absent(word: String, near: [String], pictures: Int)
}

extension ExemplarError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .none:
      "there are no pictures to bring words from; 'spae index FOLDER' takes those of a folder"
    case .empty(let folder):
      "\(folder): there is no picture in it; name a folder of pictures or of .spae files"
    case .unusable(let folder, let count, let path, let reason):
      "\(folder): \(count == 1 ? "its only picture cannot" : "none of its \(count) pictures can")"
        + " be used; \(path): \(reason)"
    case .huge(let folder, let waiting):
      "\(folder): \(waiting) of its pictures are not in the index, which would take about"
        + " \(max(1, waiting / 1_000)) minutes; run 'spae index' on the folder first"
    case .absent(let word, let near, let pictures):
      (pictures == 1 ? "the only picture" : "none of the \(pictures) pictures")
        + " of the library \(pictures == 1 ? "does not show" : "shows") '\(word)'"
        + (near.isEmpty ? "" : "; nearest in meaning they show \(near.joined(separator: ", "))")
        + "; name another folder with --library, or add one with 'spae index'"
    }
  }
}

/// Pictures of words that edits bring a word from: folders of one index or several.
package struct ExemplarLibrary: Sendable {
  /// A part of a picture that shows a word.
  package struct Showing: Hashable, Sendable {
    package let word: Int32
    package let path: String
    package let part: PicturePart
  }

  /// The most parts that an edit chooses from.
  package static let limit = 16

  private let sources: [(library: PictureLibrary, folders: [String])]

  /// Takes indexes, the first one asked first, each with the folders that count; all for none.
  package init(_ sources: [(library: PictureLibrary, folders: [String])]) {
    self.sources = sources
  }

  /// The parts that show a word, or a form of it where none does, the best first.
  package func parts(showing word: Int32) throws -> [Showing] {
    guard let codebook = sources.first?.library.model.codebook else { throw ExemplarError.none }
    for form in codebook.forms(of: word) {
      let found = try showings(of: form, count: Self.limit)
      if !found.isEmpty { return Array(found.prefix(Self.limit)) }
    }
    throw try absent(word, codebook)
  }

  /// The parts that show a word, or a form of it, and then those that show words near it in meaning,
  /// at most `count`; throws where there are none of either.
  package func parts(near word: Int32, count: Int) throws -> [Showing] {
    guard let codebook = sources.first?.library.model.codebook else { throw ExemplarError.none }
    var found: [Showing] = []
    for form in codebook.forms(of: word) {
      found += try showings(of: form, count: count / 2 - found.count)
    }
    for neighbour in codebook.neighbours(of: word, count: Self.neighbours) {
      guard found.count < count else { break }
      let near = try showings(of: neighbour.word, count: min(2, count - found.count))
      found += near.filter { part in !found.contains { $0.word == part.word } }
    }
    if found.isEmpty { throw try absent(word, codebook) }
    return found
  }

  /// How many words near one in meaning are looked for.
  private static let neighbours = 60

  /// The parts that show a word itself, each picture once.
  private func showings(of word: Int32, count: Int) throws -> [Showing] {
    guard count > 0, let words = sources.first?.library.model.codebook.count else { return [] }
    var paths: Set<String> = []
    let found = try sources.flatMap { source in
      try source.library.exemplars(of: word, count: count, in: source.folders)
    }
    return found.filter { exemplar in
      exemplar.pyramid.words.allSatisfy { (0..<Int32(words)).contains($0) }
        && paths.insert(exemplar.path).inserted
    }.prefix(count).compactMap { exemplar in
      exemplar.cells.first.map {
        Showing(
          word: word, path: exemplar.path,
          part: PicturePart(pyramid: exemplar.pyramid, cell: $0))
      }
    }
  }

  private func absent(_ word: Int32, _ codebook: Codebook) throws -> ExemplarError {
    guard let vocabulary = sources.first?.library.encoding.vocabulary else {
      return .absent(word: "", near: [], pictures: 0)
    }
    var near: [String] = []
    for neighbour in codebook.neighbours(of: word, count: Self.neighbours) where near.count < 3 {
      let shown = try sources.contains { source in
        try !source.library.exemplars(of: neighbour.word, count: 1, in: source.folders).isEmpty
      }
      if shown { near.append(vocabulary[neighbour.word]) }
    }
    return .absent(word: vocabulary[word], near: near, pictures: try pictureCount)
  }

  private var pictureCount: Int {
    get throws {
      try sources.reduce(0) { $0 + (try $1.library.pictureCount(in: $1.folders)) }
    }
  }
}
