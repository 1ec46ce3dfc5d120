import Foundation
import SPAEEngine
package import SPAEFiles
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// A page of pictures: the words of each over it, and the pictures that one to all layers give.
package struct PicturePage {
  private var pictures: [Picture] = []
  private let quality: Int?

  /// Takes the JPEG quality of the pictures; nil keeps every pixel of those that words give.
  package init(quality: Int? = nil) { self.quality = quality }

  /// Adds a picture under a name; `source` is where its words come from, if that is at hand.
  package mutating func add(_ opened: OpenedPicture, name: String, source: PageSource?) throws {
    pictures.append(try Picture(opened, name: name, source: source, quality: quality))
  }

  /// The page as the bytes of a file.
  package func bytes() throws -> [UInt8] {
    let names = pictures.map(\.name)
    let page = Page(
      name: "picture", title: names.count == 1 ? names[0] : "Pictures as words",
      plain: pictures.map(\.plain).joined(), data: try Page.json(Content(pictures: pictures)),
      note: "Made by spae from the words alone: nothing is loaded from anywhere.")
    return try page.bytes()
  }

  private struct Content: Encodable {
    let pictures: [Picture]
  }
}

/// The picture that words come from.
package struct PageSource {
  package let name: String
  /// As much of it as was encoded, at its own resolution.
  package let image: PixelImage
  /// The words that it has, if those of the page may be others.
  package let pyramid: Pyramid?

  package init(name: String, image: PixelImage, fit: Fit, pyramid: Pyramid? = nil) {
    (self.name, self.image, self.pyramid) = (name, image.framed(fit), pyramid)
  }

  /// The source of a file of words, looked for beside it, or of a picture that was opened. `first` are
  /// the words before any edit.
  package init?(
    of opened: OpenedPicture, first: Pyramid? = nil, path: String, named: String?, fit: Fit,
    notes: inout [String]
  ) throws {
    if let image = opened.image {
      self.init(name: opened.document.source.name, image: image, fit: fit)
      return
    }
    let found = try SourcePicture(
      of: opened.document, first: first, path: path, source: named, former: opened.model,
      fit: nil, notes: &notes)
    guard let found else { return nil }
    let (model, shape) = (opened.model, opened.pyramid.shape)
    let words = try model.encode(
      found.image, size: model.pictureSize(of: shape).shorter, fit: found.fit)
    self.init(
      name: FileName.last(of: found.path), image: found.image, fit: found.fit, pyramid: words)
  }
}

/// What the page has of a picture.
private struct Picture: Encodable {
  /// How it was before its words were edited.
  struct Before: Encodable {
    /// The words that were others, by their index.
    let words: [String: String]
    let picture: String
  }

  let name: String
  /// The name of the source.
  let source: String
  let model: String
  /// Width and height of the decoded picture.
  let size: [Int]
  /// Rows and columns of the latent cells, and of the words of each layer.
  let grid: [Int]
  let layers: [[Int]]
  /// All words, layer after layer, with a space between.
  let words: String
  /// The pictures from one layer to all.
  let depths: [String]
  /// The source where it is at hand, and in dB how like it each picture is, unless words were edited.
  let original: String?
  /// Null where it is equal.
  let psnr: [Double?]?
  let before: Before?
  /// The nearest in meaning of the words of the upper layers.
  let near: [String: String]

  private static let greatestSource = 1024
  private static let upperLayers = 3
  private static let neighbours = 4
  /// A JPEG's quality for a source where pictures are to keep every pixel.
  private static let sourceQuality = 90

  init(_ opened: OpenedPicture, name: String, source: PageSource?, quality: Int?) throws {
    let (pyramid, model) = (opened.pyramid, opened.model)
    let (shape, size) = (pyramid.shape, model.pictureSize(of: pyramid.shape))
    self.name = name.printable
    self.source = (source?.name ?? opened.document.source.name).printable
    self.model = model.configuration.name.printable
    self.size = [size.columns, size.rows]
    grid = [shape.grid.rows, shape.grid.columns]
    layers = shape.layers.map { [$0.rows, $0.columns] }
    words = pyramid.words.map { model.vocabulary[$0] }.joined(separator: " ")
    let pictures = try (1...shape.depth).map { try model.decode(pyramid, depth: $0) }
    depths = try pictures.map { try $0.dataURI(quality: quality) }
    original = try source?.image.resampled(toMultipleOf: size, limit: Self.greatestSource)
      .dataURI(quality: quality ?? Self.sourceQuality)
    before = try source?.pyramid.flatMap {
      try Self.before($0, of: pyramid, by: model, quality: quality)
    }
    // An edit is not to be like the source.
    let small = source?.image.resampled(width: size.columns, height: size.rows)
    psnr =
      before != nil
      ? nil : small.map { small in pictures.map { Self.rounded($0.psnr(to: small)) } }
    near = Self.near(pyramid, model)
  }

  private static func rounded(_ psnr: Double) -> Double? {
    psnr.isFinite ? (psnr * 10).rounded() / 10 : nil
  }

  private static func before(
    _ former: Pyramid, of pyramid: Pyramid, by model: Model, quality: Int?
  ) throws -> Before? {
    let changes = zip(former.words, pyramid.words).enumerated().filter { $1.0 != $1.1 }
    if changes.isEmpty { return nil }
    let words = changes.map { ("\($0)", model.vocabulary[$1.0]) }
    return Before(
      words: Dictionary(uniqueKeysWithValues: words),
      picture: try model.decode(former).dataURI(quality: quality))
  }

  private static func near(_ pyramid: Pyramid, _ model: Model) -> [String: String] {
    let count = pyramid.shape.wordCount(toDepth: min(upperLayers, pyramid.shape.depth))
    let words = Set(pyramid.words.prefix(count))
    let near = words.map { word in
      let found = model.codebook.neighbours(of: word, count: neighbours)
      return (
        model.vocabulary[word], found.map { model.vocabulary[$0.word] }.joined(separator: ", ")
      )
    }
    return Dictionary(uniqueKeysWithValues: near)
  }

  /// The words for a browser that runs no scripts.
  var plain: String {
    var rest = words.split(separator: " ")[...]
    let parts = layers.enumerated().map { index, size in
      let rows = (0..<size[0]).map { _ in
        let row = rest.prefix(size[1]).joined(separator: " ")
        rest = rest.dropFirst(size[1])
        return row
      }
      return "<h2>Layer \(index + 1)</h2><pre>\(rows.joined(separator: "\n"))</pre>"
    }
    return "<h1>\(name.escapedForHTML)</h1>\(parts.joined())"
  }
}
