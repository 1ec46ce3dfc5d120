package import SPAEEngine
package import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// The index of pictures together with the model that reads them.
package struct PictureLibrary: Sendable {
  package let store: LibraryStore
  package let model: Model
  private let models: ModelLibrary
  package let encoding: PictureEncoding

  /// How pictures become words: those of the index and those that are compared with it.
  private static let size = 128
  private static let fit = Fit.whole

  /// How the reason begins why words that can be read are not indexed.
  package static let otherModel = "its words are those of the model "

  /// Takes the models that a command may use: the chosen one encodes, and gives the words.
  package init(store: LibraryStore, models: ModelLibrary) throws {
    try self.init(store: store, models: models, model: try models.chosen())
  }

  /// Takes the model whose words are wanted.
  package init(store: LibraryStore, models: ModelLibrary, model: Model) throws {
    (self.store, self.models, self.model) = (store, models, model)
    encoding = PictureEncoding(
      model: try model.identity(), name: model.configuration.name,
      form: "\(Self.size) \(Self.fit.rawValue)", vocabulary: model.vocabulary)
  }

  /// Brings a folder up to date; the model should use one thread, and `workers` pictures go at once.
  /// Each of them waits in `rest` first.
  package func indexer(
    workers: Int, rest: @escaping @Sendable () -> Void = {}
  ) throws(LibraryError) -> LibraryIndexer {
    try LibraryIndexer(
      store: store, encoding: encoding, workers: workers,
      encode: {
        rest()
        return try encoded(bytes: $1, path: $0)
      })
  }

  /// The words of a picture, or of a file that holds words.
  package func encoded(bytes: [UInt8], path: String) throws -> EncodedPicture {
    switch try input(bytes, path) {
    case .picture(let file):
      return try encoded(model.encode(file.image, size: Self.size, fit: Self.fit))
    case .pyramid(let document, _):
      guard try model.goesByIdentity(document.model.hash) else {
        throw Failure(
          Self.otherModel + "\(document.model.label), which are kept apart;"
            + " 'spae convert FILE -o FILE --force' moves it to this model")
      }
      return try encoded(document.pyramid)
    }
  }

  private func input(_ bytes: [UInt8], _ path: String) throws -> Input {
    do { return try Input(bytes: bytes, path: path, models: models) } catch let failure as Failure {
      // The path stands beside the reason wherever it is shown.
      let start = "\(path): "
      throw Failure(
        lines: failure.lines.map { $0.hasPrefix(start) ? String($0.dropFirst(start.count)) : $0 })
    }
  }

  private func encoded(_ pyramid: Pyramid) throws -> EncodedPicture {
    let upper = UpperLayers(pyramid, decoded: try model.decode(pyramid))
    return EncodedPicture(
      pyramid: pyramid, upper: upper, meaning: model.codebook.meaning(of: upper))
  }

  /// The pictures of some folders, or all, ready to be searched.
  package func search(in folders: [String]) throws(LibraryError) -> LibrarySearch {
    let codebook = model.codebook
    return try LibrarySearch(
      store: store, encoding: encoding, folders: folders,
      similarity: { codebook.similarity(to: $0) })
  }
}

extension Codebook {
  /// The direction of the mean text vector of a picture's upper words, 8 bits a number, [text].
  ///
  /// Each layer counts as much as the others, but the first, one word, half as much.
  func meaning(of upper: UpperLayers) -> [Int8] {
    var total: [Float] = []
    for layer in 1...UpperLayers.depth {
      let words = upper.words(ofLayer: layer)
      let weight = (layer == 1 ? 0.5 : 1) / Float(words.count)
      for word in words {
        let vector = direction(of: word)
        if total.isEmpty { total = vector.map { _ in 0 } }
        for index in total.indices { total[index] += weight * vector[index] }
      }
    }
    let greatest = total.reduce(0) { max($0, abs($1)) }
    return total.map { Int8((greatest > 0 ? $0 / greatest * 127 : 0).rounded()) }
  }
}
