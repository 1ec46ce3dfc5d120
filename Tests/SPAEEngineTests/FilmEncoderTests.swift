import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// Small clips, drawn: a background of waves, a square that moves, and another background.
@Suite struct AFilmOfWords {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Assets/models/small").path
  private static let models: [Int: Model?] = [
    1: try? Model(folder: folder, parallel: Parallel(threads: 1)),
    2: try? Model(folder: folder, parallel: Parallel(threads: 2)),
  ]

  private static func model(threads: Int = 2) throws -> Model {
    try #require(models[threads] ?? nil)
  }

  /// Waves of some length, with a red square at a column where that is one.
  private static func frame(wave: Int = 9, square: Int? = nil, width: Int = 64) -> PixelImage {
    var image = PixelImage(
      width: width, height: 64, pixels: [UInt8](repeating: 0, count: 3 * 64 * width))
    for row in 0..<64 {
      for column in 0..<width {
        let isSquare = square.map { (20..<36).contains(row) && ($0..<$0 + 16).contains(column) }
        let value = UInt8(90 + (row * row / wave + 3 * column) % 90)
        image[row, column, 0] = isSquare == true ? 230 : value
        image[row, column, 1] = isSquare == true ? 20 : UInt8(250 - Int(value))
        image[row, column, 2] = isSquare == true ? 20 : value / 2
      }
    }
    return image
  }

  /// Rings around the middle.
  private static var rings: PixelImage {
    var image = frame()
    for row in 0..<64 {
      for column in 0..<64 {
        let (down, right) = (Double(row - 32), Double(column - 32))
        let value = UInt8(60 + Int(9 * (down * down + right * right).squareRoot()) % 140)
        image[row, column, 0] = value
        image[row, column, 1] = 250 - value
        image[row, column, 2] = value / 2
      }
    }
    return image
  }

  private static func film(
    _ clip: [PixelImage], threads: Int = 2, settings: FilmSettings = FilmSettings()
  ) throws -> [FilmFrame] {
    let encoder = FilmEncoder(
      model: try model(threads: threads), settings: settings, size: 64, fit: .whole)
    return try clip.map { try encoder.encode($0) }
  }

  @Test func standsStillWithTheClip() throws {
    let frames = try Self.film([PixelImage](repeating: Self.frame(), count: 4))
    #expect(frames.map(\.isKey) == [true, false, false, false])
    #expect(frames.dropFirst().allSatisfy { $0.wordCount == 0 })
  }

  @Test func changesWordsWhereSomethingMoves() throws {
    let frames = try Self.film((0..<5).map { Self.frame(square: 8 + 4 * $0) })
    #expect(frames.map(\.isKey) == [true, false, false, false, false])
    let shape = try #require(frames[0].pyramid(after: nil)).shape
    for frame in frames.dropFirst() {
      guard case .changes(let changes) = frame.content else { continue }
      #expect(!changes.isEmpty && changes.count < shape.wordCount / 3)
      // The square is in rows 2 to 4 of the latent grid; its surroundings are one cell more.
      #expect(changes.allSatisfy { (1...5).contains(shape.latentPosition(of: $0.cell).row) })
    }
  }

  @Test func asksTheEncoderForTheCellsThatBeginAnew() throws {
    let model = try Self.model()
    let (picture, width) = (Self.frame(square: 20), model.configuration.latent)
    let all = try model.latent(of: picture, size: 64)
    let cells = [0, 3, 4, 9, 17, 18, 40, 63]
    let some = try model.latent(of: picture, size: 64, cells: cells)
    for cell in 0..<64 {
      let range = cell * width..<(cell + 1) * width
      let expected = cells.contains(cell) ? Array(all[range]) : .init(repeating: 0, count: width)
      #expect(Array(some[range]) == expected)
    }
  }

  /// Squares of 8 pixels, which are blocks of the detector's copy: half of each is white.
  private static func squares(
    shift: Int = 0, isTurned: Bool = false, black: UInt8 = 0
  ) -> PixelImage {
    var image = PixelImage(width: 64, height: 64, colour: .white)
    for row in 0..<64 {
      for column in 0..<64 {
        let (down, right) = (row % 8, (column + shift) % 8)
        let isBlack = isTurned ? down < 4 : right < 4 && (row / 8 + (column + shift) / 8) % 3 > 0
        for channel in 0..<3 where isBlack { image[row, column, channel] = black }
      }
    }
    return image
  }

  @Test func findsBlocksAgainAroundTheirPlaces() {
    func novelty(of second: PixelImage, after first: PixelImage) -> Float {
      var detector = ShotDetector()
      #expect(detector.novelty(of: first) == 1)
      return detector.novelty(of: second)
    }
    let first = Self.squares()
    #expect(novelty(of: first, after: first) == 0)
    // What PyTorch gives: moved by six pixels, of half the contrast, and bars that lie.
    let moved = novelty(of: first, after: Self.squares(shift: 6))
    let pale = novelty(of: first, after: Self.squares(black: 127))
    let lying = novelty(of: Self.squares(isTurned: true), after: first)
    #expect(abs(moved - 0.02034884) < 1e-6)
    #expect(abs(pale - 0.49803922) < 1e-6)
    #expect(abs(lying - 0.7890625) < 1e-6)
  }

  @Test func beginsAnewAtACut() throws {
    let clip =
      [PixelImage](repeating: Self.frame(), count: 3)
      + [PixelImage](repeating: Self.rings, count: 2)
    #expect(try Self.film(clip).map(\.isKey) == [true, false, false, true, false])
  }

  @Test func isTheSameOnAnyNumberOfThreads() throws {
    let clip = (0..<3).map { Self.frame(square: 8 + 6 * $0, width: 96) }
    #expect(try Self.film(clip, threads: 1) == Self.film(clip, threads: 2))
  }

  @Test func isTheSameWhenItsFramesArePreparedAhead() throws {
    let clip = (0..<3).map { Self.frame(square: 8 + 6 * $0) } + [Self.rings]
    let model = try Self.model()
    var preparation = FramePreparation(
      model: model, settings: FilmSettings(), size: 64, fit: .whole)
    let prepared = try clip.map { try preparation.prepare($0) }
    let encoder = FilmEncoder(model: model, size: 64, fit: .whole)
    #expect(try prepared.map { try encoder.encode($0) } == Self.film(clip))
  }

  @Test func paysMoreForWordsWhereTheErrorIsGreater() {
    var settings = FilmSettings()
    (settings.tolerance, settings.steadiness) = (10, 0.5)
    #expect(settings.scaled(to: 400).tolerance == 20)
    #expect(settings.scaled(to: 100) == settings)
    #expect(settings.scaled(to: 0).tolerance > 0)
    #expect([0, 49, 400, 1e9].map { settings.filter(for: $0).levels } == [0, 2, 10, 255])
  }

  @Test func writesFewerWordsForMoreTolerance() throws {
    let clip = (0..<4).map { Self.frame(square: 8 + 3 * $0) }
    let counts = try [Float(0), 40, 1e9].map { tolerance in
      var settings = FilmSettings()
      settings.tolerance = tolerance
      return try Self.film(clip, settings: settings).dropFirst().reduce(0) { $0 + $1.wordCount }
    }
    #expect(counts[0] > counts[1] && counts[1] > 0 && counts[2] == 0)
  }

  @Test func hasAKeyFrameInEveryRun() throws {
    var settings = FilmSettings()
    settings.longestRun = 2
    let frames = try Self.film(
      [PixelImage](repeating: Self.frame(), count: 5), settings: settings)
    #expect(frames.map(\.isKey) == [true, false, true, false, true])
    #expect(frames[2].pyramid(after: nil) == frames[0].pyramid(after: nil))
  }

  @Test func refusesFramesOfAnotherShape() throws {
    let clip = [Self.frame(), Self.frame(width: 96)]
    #expect(throws: EngineError.self) { try Self.film(clip) }
  }

  @Test func isShownAsItsFilterAsks() throws {
    let model = try Self.model()
    var settings = FilmSettings()
    settings.longestRun = 5
    let encoder = FilmEncoder(model: model, settings: settings, size: 64, fit: .whole)
    let decoder = FilmDecoder(model: model)
    var (pyramid, last, filter) = (Pyramid?.none, PixelImage?.none, SteadyFilter(levels: 0))
    var held = 0
    for square in 0..<7 {
      let frame = try encoder.encode(Self.frame(square: 8 + 3 * square))
      #expect(frame.isKey == (square % 5 == 0))
      pyramid = frame.pyramid(after: pyramid)
      let (picture, decoded) = (
        try #require(try decoder.picture(of: frame)), try model.decode(#require(pyramid))
      )
      if let steady = frame.steady { (filter, last) = (SteadyFilter(levels: steady), nil) }
      #expect(picture == last.map { filter.picture(decoded, after: $0) } ?? decoded)
      held += picture == decoded ? 0 : 1
      last = picture
    }
    #expect(filter.levels > 0 && held == 5)
  }

  @Test func isNotShownFromAFrameThatNeedsOneBefore() throws {
    let frames = try Self.film((0..<2).map { Self.frame(square: 8 + 6 * $0) })
    #expect(try FilmDecoder(model: Self.model()).picture(of: frames[1]) == nil)
  }
}
