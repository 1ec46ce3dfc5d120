import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// A series of random edits, each on top of the last.
struct Edits: Sendable, CustomTestStringConvertible {
  var size: Int
  /// Of the picture, as a whole; nil for a square.
  var aspect: (width: Int, height: Int)?
  var threads: Int
  var count: Int  // at each depth
  var instructionSet: String?

  var testDescription: String {
    "\(count) edits at each depth of \(size) px, \(threads) threads"
      + (aspect.map { ", \($0.width):\($0.height)" } ?? "")
      + (instructionSet.map { ", \($0)" } ?? "")
  }
}

@Suite struct ADecodeSession {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Assets/models/small").path
  private static let models: [Int: Model?] = [
    1: try? Model(folder: folder, parallel: Parallel(threads: 1)),
    2: try? Model(folder: folder, parallel: Parallel(threads: 2)),
    5: try? Model(folder: folder, parallel: Parallel(threads: 5)),
  ]

  private static func model(threads: Int = 2) throws -> Model {
    try #require(models[threads] ?? nil)
  }

  /// More than 2,000 edits over the sizes, the depths and the numbers of threads.
  static let edits: [Edits] = squares + rectangles + instructionSets

  private static let squares: [Edits] =
    [1, 2].flatMap { threads in
      [
        Edits(size: 64, threads: threads, count: 110),
        Edits(size: 128, threads: threads, count: 60),
        Edits(size: 256, threads: threads, count: 5),
      ]
    } + [
      Edits(size: 512, threads: 2, count: 3), Edits(size: 128, threads: 5, count: 12),
    ]

  private static let rectangles: [Edits] = [
    Edits(size: 64, aspect: (3, 2), threads: 2, count: 24),
    Edits(size: 64, aspect: (9, 16), threads: 2, count: 24),
    Edits(size: 64, aspect: (16, 9), threads: 1, count: 24),
    Edits(size: 64, aspect: (1, 4), threads: 2, count: 24),
    Edits(size: 128, aspect: (4, 3), threads: 2, count: 12),
    // Rows of cells so long that a layer within a part of some work would be shared out.
    Edits(size: 256, aspect: (4, 1), threads: 2, count: 2),
  ]

  private static let instructionSets: [Edits] = InstructionSet.available.map {
    Edits(size: 64, threads: 2, count: 12, instructionSet: $0.name)
  }

  @Test("equals a full decode bit for bit after every edit", arguments: edits)
  func equalsAFullDecode(edits: Edits) throws {
    let model =
      try edits.instructionSet.map {
        try Model(
          folder: Self.folder, instructionSet: .named($0),
          parallel: Parallel(threads: edits.threads))
      } ?? Self.model(threads: edits.threads)
    var random = Seeded(state: 20)
    let shape =
      try edits.aspect.map {
        try model.shape(
          forSize: edits.size, fit: .whole, width: 1000 * $0.width, height: 1000 * $0.height)
      } ?? model.shape(forSize: edits.size)
    for depth in 1...shape.depth {
      var pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
      let session = try DecodeSession(model: model, pyramid: pyramid, depth: depth)
      for _ in 0..<edits.count {
        let before = session.picture
        pyramid = random.edited(pyramid, vocabulary: model.codebook.count)
        let area = try session.apply(pyramid)
        let floats = try model.decodedFloats(pyramid, depth: depth)
        let isExact = session.floats == floats
        #expect(isExact)
        let whole = PixelImage(
          width: session.picture.width, height: session.picture.height,
          pixels: floats.map { UInt8((($0 + 1) * 127.5).rounded(.toNearestOrEven)) })
        #expect(isSame(session.picture, whole))
        #expect(isSame(before, whole, outside: area))
      }
    }
  }

  @Test("decodes what is only tried in whole numbers, in part as in full", arguments: [1, 2])
  func triesInWholeNumbers(threads: Int) throws {
    let model = try Self.model(threads: threads)
    var random = Seeded(state: 22)
    let shape = try model.shape(forSize: 64)
    var pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    try session.apply(pyramid, onlyTried: true)
    for _ in 0..<8 {
      pyramid = random.edited(pyramid, vocabulary: model.codebook.count)
      try session.apply(pyramid, onlyTried: true)
      let other = try DecodeSession(model: model, pyramid: pyramid)
      #expect(other.picture != session.picture)
      try other.apply(pyramid, onlyTried: true)
      #expect(other.picture == session.picture)
    }
    try session.apply(pyramid, onlyTried: false)
    #expect(try session.picture == model.decode(pyramid))
  }

  @Test("changes nothing when no word of its depth has changed")
  func changesNothing() throws {
    let model = try Self.model()
    var random = Seeded(state: 21)
    let shape = try model.shape(forSize: 64)
    var pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid, depth: 3)
    #expect(try session.apply(pyramid) == nil)
    pyramid[CellAddress(layer: 4, row: 1, column: 2)] += 1
    #expect(try session.apply(pyramid) == nil)
    pyramid[CellAddress(layer: 3, row: 1, column: 2)] += 1
    #expect(try session.apply(pyramid) != nil)
  }

  @Test("reaches thirty pixels around one word of the last layer")
  func reachesThirtyPixels() throws {
    let model = try Self.model()
    var random = Seeded(state: 22)
    let shape = try model.shape(forSize: 256)
    var pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    pyramid[CellAddress(layer: 7, row: 16, column: 8)] += 1
    #expect(
      try session.apply(pyramid) == Rectangle(rows: 98..<166, columns: 34..<102))
  }

  @Test("follows every change of depth in the same buffers")
  func followsTheDepth() throws {
    let model = try Self.model()
    var random = Seeded(state: 23)
    let shape = try model.shape(forSize: 128)
    var pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    for depth in [3, 1, 6, 2, 5, 4, 6] {
      pyramid = random.edited(pyramid, vocabulary: model.codebook.count)
      #expect(
        try session.apply(pyramid, depth: depth)
          == Rectangle(rows: 0..<128, columns: 0..<128))
      #expect(session.depth == depth)
      #expect(isSame(session.picture, try model.decode(pyramid, depth: depth)))
    }
  }

  @Test("is right again after a decode that was cancelled anywhere")
  func survivesCancelling() throws {
    let model = try Self.model()
    var random = Seeded(state: 24)
    let shape = try model.shape(forSize: 64)
    var pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    var cancelled = 0
    for patience in 0..<80 {
      var before = session.picture
      let stale = random.edited(pyramid, vocabulary: model.codebook.count)
      var asked = 0
      do throws(EngineError) {
        _ = try session.apply(stale, depth: patience % 3 == 0 ? 4 : nil) {
          asked += 1
          return asked > patience % 20
        }
        before = session.picture  // its words are not of this depth, or it took few steps
      } catch {
        #expect(error == .cancelled)
        cancelled += 1
        #expect(isSame(session.picture, before))
      }
      if patience % 4 > 0 { pyramid = random.edited(pyramid, vocabulary: model.codebook.count) }
      let depth = patience % 2 == 0 ? 5 : 3
      let area = try session.apply(pyramid, depth: depth)
      let whole = try model.decode(pyramid, depth: depth)
      #expect(isSame(session.picture, whole))
      #expect(isSame(before, whole, outside: area))
    }
    #expect(cancelled > 50)
  }

  @Test("may be used from several threads at once")
  func isSharedByThreads() async throws {
    let model = try Self.model(threads: 2)
    var random = Seeded(state: 28)
    let shape = try model.shape(forSize: 64)
    let pyramids = (0..<12).map { _ in random.pyramid(shape, vocabulary: model.codebook.count) }
    let session = try DecodeSession(model: model, pyramid: pyramids[0])
    try await withThrowingTaskGroup { group in
      for pyramid in pyramids {
        group.addTask { _ = try session.apply(pyramid) }
        group.addTask { _ = try model.decode(pyramid) }
      }
      try await group.waitForAll()
    }
    _ = try session.apply(pyramids[3])
    #expect(isSame(session.picture, try model.decode(pyramids[3])))
  }

  @Test("shows candidates for a cell and stays as it is", arguments: 1...6)
  func showsCandidates(layer: Int) throws {
    let model = try Self.model()
    var random = Seeded(state: 25)
    let shape = try model.shape(forSize: 128)
    var pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    for _ in 0..<4 {
      let before = session.picture
      let cell = random.cell(ofLayer: layer, of: shape)
      let words: [Int32] = [pyramid[cell], 0, 77, 12_000]
      let (area, pictures) = try session.candidates(for: cell, words: words)
      #expect(pictures.count == words.count)
      for (word, picture) in zip(words, pictures) {
        var changed = pyramid
        changed[cell] = word
        #expect(isSame(picture, part(area, of: try model.decode(changed))))
      }
      #expect(isSame(session.picture, before))
      pyramid = random.edited(pyramid, vocabulary: model.codebook.count)
      _ = try session.apply(pyramid)
      #expect(isSame(session.picture, try model.decode(pyramid)))
    }
  }

  @Test("leaves no trace of candidates that were cancelled")
  func survivesCancelledCandidates() throws {
    let model = try Self.model()
    var random = Seeded(state: 26)
    let shape = try model.shape(forSize: 64)
    let pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    var asked = 0
    #expect(throws: EngineError.cancelled) {
      try session.candidates(
        for: CellAddress(layer: 4, row: 3, column: 3), words: [1, 2, 3]
      ) {
        asked += 1
        return asked > 30
      }
    }
    #expect(try session.apply(pyramid) == nil)
    #expect(isSame(session.picture, try model.decode(pyramid)))
    let isExact = try session.floats == model.decodedFloats(pyramid, depth: shape.depth)
    #expect(isExact)
  }

  @Test("refuses depths, words and shapes that it cannot show, and stays as it is")
  func refuses() throws {
    let model = try Self.model()
    var random = Seeded(state: 27)
    let shape = try model.shape(forSize: 64)
    let pyramid = random.pyramid(shape, vocabulary: model.codebook.count)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    let before = session.picture
    #expect(throws: EngineError.depth(6, greatest: 5)) { try session.apply(pyramid, depth: 6) }
    #expect(throws: EngineError.depth(0, greatest: 5)) {
      try DecodeSession(model: model, pyramid: pyramid, depth: 0)
    }
    var bad = pyramid
    bad[CellAddress(layer: 1, row: 0, column: 0)] = -1
    #expect(throws: EngineError.word(-1, vocabulary: model.codebook.count)) {
      try session.apply(bad)
    }
    #expect(throws: EngineError.word(99_999, vocabulary: model.codebook.count)) {
      try session.candidates(for: CellAddress(layer: 1, row: 0, column: 0), words: [0, 99_999])
    }
    let larger = random.pyramid(
      try model.shape(forSize: 128), vocabulary: model.codebook.count)
    #expect(throws: EngineError.grid(larger.shape.grid, expected: pyramid.shape.grid)) {
      try session.apply(larger)
    }
    #expect(isSame(session.picture, before))
    #expect(try session.apply(pyramid) == nil)
  }
}

extension Seeded {
  /// A pyramid of words drawn from all.
  fileprivate mutating func pyramid(_ shape: PyramidShape, vocabulary: Int) -> Pyramid {
    let words = (0..<shape.wordCount).map { _ in
      Int32.random(in: 0..<Int32(vocabulary), using: &self)
    }
    guard let pyramid = Pyramid(shape: shape, words: words) else { fatalError("words of a shape") }
    return pyramid
  }

  fileprivate mutating func cell(ofLayer layer: Int, of shape: PyramidShape) -> CellAddress {
    let size = shape.size(ofLayer: layer)
    return CellAddress(
      layer: layer, row: .random(in: 0..<size.rows, using: &self),
      column: .random(in: 0..<size.columns, using: &self))
  }

  /// The pyramid with one word changed, or seldom with several, anywhere.
  fileprivate mutating func edited(_ pyramid: Pyramid, vocabulary: Int) -> Pyramid {
    var edited = pyramid
    let count = [1, 1, 1, 1, 1, 2, 3, 9].randomElement(using: &self) ?? 1
    for _ in 0..<count {
      let layer = Int.random(in: 1...pyramid.shape.depth, using: &self)
      let cell = cell(ofLayer: layer, of: pyramid.shape)
      edited[cell] = .random(in: 0..<Int32(vocabulary), using: &self)
    }
    return edited
  }
}

/// Whether two pictures are the same outside an area.
private func isSame(_ a: PixelImage, _ b: PixelImage, outside area: Rectangle?) -> Bool {
  guard let area else { return a == b }
  var a = a
  for row in area.rows {
    let start = row * a.width * 3
    let part = start + area.columns.lowerBound * 3..<start + area.columns.upperBound * 3
    a.pixels.replaceSubrange(part, with: b.pixels[part])
  }
  return a == b
}

/// Equality whose failure does not print every pixel.
private func isSame(_ a: PixelImage, _ b: PixelImage) -> Bool { a == b }

private func part(_ area: Rectangle, of image: PixelImage) -> PixelImage {
  image.cropped(
    left: area.columns.lowerBound, top: area.rows.lowerBound, width: area.columns.count,
    height: area.rows.count)
}
