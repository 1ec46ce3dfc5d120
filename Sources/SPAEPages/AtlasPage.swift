import Foundation
package import SPAEEngine
import SPAELibrary
package import SPAEPyramid
package import SPAESystem

/// A page of the words in many pictures: where each stands, what is near it and what goes with it.
///
/// The page has the words of every picture as numbers of two bytes, and its script counts them.
/// Nearness in meaning is worked out here, for every word of the vocabulary, so that a search finds
/// by meaning what no picture has.
package struct AtlasPage {
  private let pictures: [AtlasPicture]
  private let folders: [String]
  private let model: Model
  private let workers: Int

  /// Takes the pictures of some folders, whose paths begin with those; the model should use one
  /// thread, and `workers` pictures are decoded at once.
  package init(
    _ pictures: [(path: String, pyramid: Pyramid)], folders: [String], model: Model, workers: Int
  ) {
    self.pictures = pictures.map { AtlasPicture(path: $0.path, pyramid: $0.pyramid) }
    self.folders = folders
    (self.model, self.workers) = (model, workers)
  }

  /// The page as the bytes of a file; `progress` advances with each picture.
  package func bytes(progress: ProgressBar) throws -> [UInt8] {
    let sheets = ThumbnailSheets(pictureCount: pictures.count)
    let pages = try sheets.pages(of: pictures, by: model, workers: workers, progress: progress)
    let names = folders.map { FileName.last(of: $0).printable }
    let page = Page(
      name: "atlas", title: "\(names.joined(separator: ", ")): words", plain: plain(names),
      data: try Page.json(content(names, sheets)),
      blocks: pages.enumerated().map { ("sheet-\($0)", Data($1).base64EncodedString()) },
      note: "Made by spae. The small pictures are decoded from the words.")
    return try page.bytes()
  }

  /// The words of layers 1 to 3 of all pictures, the most frequent first.
  private var words: [Int32] {
    var counts: [Int32: Int] = [:]
    for picture in pictures {
      for word in Set(picture.upperWords) { counts[word, default: 0] += 1 }
    }
    return counts.keys.sorted { (counts[$0] ?? 0, $1) > (counts[$1] ?? 0, $0) }
  }

  private struct Content: Encodable {
    struct Sheet: Encodable {
      /// Pixels a side of a picture's square, and how many stand in a row and in a sheet.
      let side: Int
      let columns: Int
      let count: Int
    }

    let folders: [String]
    let model: String
    /// Every word of the model, with a space between.
    let vocabulary: String
    /// The names of the pictures.
    let pictures: [String]
    /// The kinds of shapes, each as rows and columns of the latent cells and of layers 1 to 3.
    let shapes: [[[Int]]]
    /// Which kind each picture has; empty where there is only one.
    let shapeOfPicture: [Int]
    let sheet: Sheet

    // Base64 of little-endian 16-bit numbers.

    /// The words of layers 1 to 3, as numbers of the vocabulary.
    let words: String
    /// The words of each picture, layer after layer, as places in `words`.
    let upper: String
    /// For each word of the vocabulary the nearest of `words`, the best first.
    let near: String
    /// How like those are, in 1/100, a byte each.
    let similarity: String
    let nearCount: Int
  }

  private func content(_ names: [String], _ sheets: ThumbnailSheets) -> Content {
    let words = words
    let places = Dictionary(uniqueKeysWithValues: zip(words, words.indices))
    let shapes = Set(pictures.map(\.pyramid.shape.grid)).sorted {
      ($0.rows, $0.columns) < ($1.rows, $1.columns)
    }
    let near = NearestWords(of: words, in: model.codebook)
    return Content(
      folders: names, model: model.configuration.name.printable,
      vocabulary: model.vocabulary.words.joined(separator: " "),
      pictures: pictures.map(name),
      shapes: shapes.compactMap { PyramidShape(grid: $0) }.map { shape in
        [[shape.grid.rows, shape.grid.columns]]
          + shape.layers.prefix(UpperLayers.depth).map { [$0.rows, $0.columns] }
      },
      shapeOfPicture: shapes.count == 1
        ? [] : pictures.map { shapes.firstIndex(of: $0.pyramid.shape.grid) ?? 0 },
      sheet: .init(side: sheets.side, columns: sheets.columns, count: sheets.capacity),
      words: packed(words.map { Int($0) }),
      upper: packed(pictures.flatMap { $0.upperWords.map { places[$0] ?? 0 } }),
      near: packed(near.places), similarity: Data(near.hundredths).base64EncodedString(),
      nearCount: NearestWords.count)
  }

  /// A path as it begins with the last part of its folder, where there are several.
  private func name(_ picture: AtlasPicture) -> String {
    for folder in folders {
      let start = FileName.bytes(folder == "/" ? "/" : folder + "/")
      let bytes = FileName.bytes(picture.path)
      guard bytes.starts(with: start) else { continue }
      let end = FileName.text(bytes.dropFirst(start.count))
      return (folders.count == 1 ? end : "\(FileName.last(of: folder))/\(end)").printable
    }
    return picture.path.printable
  }

  private func packed(_ numbers: [Int]) -> String {
    Data(
      numbers.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    ).base64EncodedString()
  }

  /// The most frequent words for a browser that runs no scripts.
  private func plain(_ names: [String]) -> String {
    let list = words.prefix(500).map { model.vocabulary[$0] }.joined(separator: ", ")
    return "<h1>\(names.joined(separator: ", ").escapedForHTML)</h1><p>\(list)</p>"
  }
}

/// A picture of the atlas.
struct AtlasPicture {
  /// From the root.
  let path: String
  let pyramid: Pyramid

  /// The words of layers 1 to 3, layer after layer.
  var upperWords: ArraySlice<Int32> {
    pyramid.words.prefix(pyramid.shape.wordCount(toDepth: UpperLayers.depth))
  }
}

/// The nearest in meaning to every word of a vocabulary, among some words of it.
private struct NearestWords {
  static let count = 8
  /// Places among the words, [V, count]; 65535 where there are fewer.
  private(set) var places: [Int]
  /// How like they are in 1/100, [V, count].
  private(set) var hundredths: [UInt8]

  init(of words: [Int32], in codebook: Codebook) {
    let (size, count) = (codebook.count, Self.count)
    places = [Int](repeating: 65535, count: size * count)
    var scores = [Float](repeating: -2, count: size * count)
    for (place, word) in words.enumerated() {
      for (other, score) in codebook.similarityOfMeaning(to: word).enumerated()
      where score > scores[other * count + count - 1] {
        var slot = other * count + count - 1
        while slot > other * count, scores[slot - 1] < score {
          (scores[slot], places[slot]) = (scores[slot - 1], places[slot - 1])
          slot -= 1
        }
        (scores[slot], places[slot]) = (score, place)
      }
    }
    hundredths = scores.map { UInt8(max(0, min(100, $0 * 100)).rounded()) }
  }
}
