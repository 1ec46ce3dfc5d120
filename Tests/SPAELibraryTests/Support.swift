import Foundation
import SPAEColour
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Synchronization
import Testing

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let name = NSTemporaryDirectory() + "spae-library-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
    path = try #require(FileSystem.resolved(name))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file whose text is the words of a picture, with the folders it needs.
  func write(_ text: String, _ name: String) throws {
    try FileSystem.makeFolder(FileName.folder(of: self(name)))
    FileSystem.remove(self(name))
    try AtomicFile.write(Array(text.utf8), to: self(name))
  }
}

/// A vocabulary of ten words, and an index of pictures that are texts: "dog grass #ff0000" is a
/// picture whose layers 1 and 2 are dog, and the left half of layer 3 grass; all of it is red.
struct World {
  let folder: TemporaryFolder
  let store: LibraryStore
  let encoding: PictureEncoding
  /// How often a picture was encoded.
  let encoded = Counter()

  final class Counter: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    func take() -> Int {
      count.withLock { count in
        defer { count = 0 }
        return count
      }
    }
  }

  static let words = [
    "ball", "blue", "car", "cat", "dog", "grass", "goldfish", "pet", "red", "sky", "wall",
  ]

  init(model: String = "a", in folder: TemporaryFolder? = nil) throws {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    store = try LibraryStore(path: folder("state/spae/index.db"))
    encoding = PictureEncoding(
      model: model, name: "test", form: "64 whole",
      vocabulary: try Vocabulary(text: Self.words.joined(separator: "\n")))
  }

  func indexer(workers: Int = 2) throws -> LibraryIndexer {
    let (vocabulary, encoded) = (encoding.vocabulary, encoded)
    return try LibraryIndexer(store: store, encoding: encoding, workers: workers) { _, bytes in
      encoded.add()
      return try Self.picture(String(decoding: bytes, as: UTF8.self), vocabulary)
    }
  }

  func update(_ name: String = "photos") throws -> LibraryIndexer.Report {
    try indexer().update(folder(name))
  }

  /// Updates the photos, and gives what cannot be read, by names in the folder.
  func unreadable() throws -> [String] {
    try update().unreadable.map { "\($0.path.dropFirst(folder.path.count + 1)): \($0.reason)" }
  }

  static func picture(_ text: String, _ vocabulary: Vocabulary) throws -> EncodedPicture {
    let parts = text.split(separator: " ").map(String.init)
    guard parts.count == 3, let top = vocabulary.number(of: parts[0]),
      let left = vocabulary.number(of: parts[1]), let colour = RGB(hex: parts[2]),
      let shape = PyramidShape(grid: 8)
    else { throw Failure("no picture") }
    let words = (0..<shape.wordCount).map { index in
      let cell = shape.cell(at: index)
      return cell.layer == 3 && cell.column < 2 ? left : top
    }
    guard let pyramid = Pyramid(shape: shape, words: words) else { throw Failure("no pyramid") }
    let pixels = (0..<64 * 64).flatMap { _ in [colour.red, colour.green, colour.blue] }
    let upper = UpperLayers(
      pyramid, decoded: PixelImage(width: 64, height: 64, pixels: pixels))
    let meaning = (0..<8).map { Int8($0 == Int(top) % 8 ? 100 : $0 == Int(left) % 8 ? 50 : 0) }
    return EncodedPicture(pyramid: pyramid, upper: upper, meaning: meaning)
  }

  /// Dog, cat and pet are like each other, by 0.8; all else by 0.3.
  static func similarity(to word: Int32) -> [Float] {
    let pets: Set = ["dog", "cat", "pet"]
    return words.enumerated().map { number, other in
      if number == Int(word) { return 1 }
      return pets.contains(other) && pets.contains(words[Int(word)]) ? 0.8 : 0.3
    }
  }

  func search(_ folders: [String] = []) throws -> LibrarySearch {
    try LibrarySearch(
      store: store, encoding: encoding, folders: folders.map { folder($0) },
      similarity: { Self.similarity(to: $0) })
  }

  static let colours = ColourNames(["red": RGB(229, 0, 0), "blue": RGB(3, 67, 223)])

  func query(_ text: String) throws -> LibraryQuery {
    try LibraryQuery(text, vocabulary: encoding.vocabulary, colours: Self.colours)
  }

  /// The names of the pictures that a query finds, the best first.
  func found(_ text: String, _ folders: [String] = []) throws -> [String] {
    try search(folders).matches(try query(text)).map { FileName.last(of: $0.path) }
  }
}
