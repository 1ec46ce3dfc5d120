import Foundation
import SPAEColour
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// Names of colours are candidates where a region has their colour.
@Suite struct NamesOfColoursAreCandidates {
  /// Left half red, right half almost white, 16 x 16.
  static let halves = PixelImage(
    width: 16, height: 16,
    pixels: (0..<256).flatMap { $0 % 16 < 8 ? [220, 10, 10] : [250, 250, 250] as [UInt8] })

  static let names = #"[["red", 229, 0, 0], ["white", 255, 255, 255], ["black", 0, 0, 0]]"#

  static func contents(_ colours: String) throws -> [UInt8] {
    try Damage("guided.colours", .set(colours)).done(
      to: TheFrozenBranchesAgreeWithPyTorch.contents())
  }

  private func candidates(_ counts: String) throws -> ColourCandidates {
    let contents = try Self.contents(
      #"{"counts": \#(counts), "score": 0.1, "names": \#(Self.names)}"#)
    return try #require(
      try ColourCandidates(
        ModelConfiguration(path: "config.json", contents: contents),
        vocabulary: Vocabulary(text: "black\ngrass\nred\nwhite\n"), path: "config.json"))
  }

  @Test func theNearestFirstAndNoneWhereTheLayerHasNone() throws {
    let found = try candidates("[0, 2]")
    let shape = try #require(PyramidShape(grid: 16))
    #expect(found.words(ofLayer: 1, of: shape, in: Self.halves).isEmpty)
    #expect(found.words(ofLayer: 3, of: shape, in: Self.halves).isEmpty)
    let layer = found.words(ofLayer: 2, of: shape, in: Self.halves)
    #expect(layer.map(\.first) == [2, 3, 2, 3])
    #expect(layer.allSatisfy { $0.count == 2 })
  }

  @Test func aRegionHasTheMeanColourOfItsPixels() {
    let whole = ColourCandidates.mean(of: 0, 0, of: GridSize(rows: 1, columns: 1), in: Self.halves)
    #expect(whole.distance(to: CIELAB(RGB(235, 130, 130))) < 0.1)
  }

  @Test func aNameThatTheVocabularyLacksIsRefused() throws {
    let contents = try Self.contents(
      #"{"counts": [1], "score": 0.1, "names": [["mauve", 1, 2, 3]]}"#)
    let configuration = try ModelConfiguration(path: "config.json", contents: contents)
    #expect(throws: EngineError.self) {
      try ColourCandidates(
        configuration, vocabulary: Vocabulary(text: "red\n"), path: "config.json")
    }
  }

  @Test(arguments: [
    (#"{"counts": [0, 4], "score": 0.1, "names": [["red", 1, 2, 3]]}"#, "guided.colours.counts"),
    (#"{"counts": [0, 0, 0, 0, 1], "score": 0, "names": []}"#, "guided.colours.counts"),
    (#"{"counts": [0], "score": 1e99, "names": []}"#, "guided.colours.score"),
    (#"{"counts": [0], "score": 0.1, "names": [["red", 1, 2]]}"#, "guided.colours.names[0][3]"),
    (
      #"{"counts": [0], "score": 0.1, "names": [["red", 1, 2, 256]]}"#,
      "guided.colours.names[0]"
    ),
    (#"{"counts": [0], "score": 0.1, "names": [], "more": 1}"#, "guided.colours.more"),
  ]) func whatTheEngineCannotReadIsRefused(colours: String, key: String) throws {
    let error = #expect(throws: EngineError.self) {
      try ModelConfiguration(path: "config.json", contents: Self.contents(colours))
    }
    guard case .configuration(_, key, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Values of Bruce Lindbloom's calculator, rounded.
  @Test(
    arguments: [
      (RGB(255, 255, 255), (100, 0, 0)), (RGB(0, 0, 0), (0, 0, 0)),
      (RGB(255, 0, 0), (53.24, 80.09, 67.20)), (RGB(0, 0, 255), (32.30, 79.19, -107.86)),
      (RGB(119, 119, 119), (50.03, 0, 0)),
    ] as [(RGB, (Float, Float, Float))]) func cielabIsThatOfD65(
      colour: RGB, expected: (Float, Float, Float)
    )
  {
    let found = CIELAB(colour)
    #expect(abs(found.lightness - expected.0) < 0.05)
    #expect(abs(found.a - expected.1) < 0.05 && abs(found.b - expected.2) < 0.05)
  }
}

/// A layer that is finer than the map has its texts several times.
@Suite struct PositionsHaveTheTextsOfTheMap {
  @Test func eachLayersPositions() throws {
    let shape = try #require(PyramidShape(grid: 16))
    func texts(_ layer: Int) -> [Int] { SemanticMap.texts(ofLayer: layer, of: shape) }
    #expect(texts(1) == [0] && texts(2) == [1, 2, 3, 4] && texts(3) == Array(5..<21))
    #expect(texts(4).prefix(10) == [5, 5, 6, 6, 7, 7, 8, 8, 5, 5])
    #expect(texts(4).suffix(3) == [19, 20, 20])
    let wide = try #require(PyramidShape(grid: GridSize(rows: 16, columns: 24)))
    #expect((1...3).flatMap { SemanticMap.texts(ofLayer: $0, of: wide) } == Array(0..<32))
    #expect(
      SemanticMap.texts(ofLayer: 4, of: wide).prefix(12) == [
        8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
      ])
  }
}
