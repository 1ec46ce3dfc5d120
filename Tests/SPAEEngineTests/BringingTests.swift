import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// A word with what it says from another picture.
@Suite struct AWordThatIsBrought {
  private static let model = try? Model(folder: ModelCopy.shipped.path)

  private let model: Model
  private let pyramid: Pyramid
  private let dog: Int32

  init() throws {
    model = try #require(Self.model)
    pyramid = try model.encode(Self.picture("beach"))
    dog = try #require(model.vocabulary.number(of: "dog"))
  }

  private static func picture(_ name: String) throws -> PixelImage {
    try ImageFile(path: ModelCopy.shipped.path + "/../../pictures/\(name).png").image
  }

  private let whole = CellAddress(layer: 1, row: 0, column: 0)
  private let quarter = CellAddress(layer: 2, row: 1, column: 0)

  private func part(_ name: String) throws -> PicturePart {
    PicturePart(pyramid: try model.encode(Self.picture(name)), cell: whole)
  }

  private func bringing(_ parts: [PicturePart], _ cells: [CellAddress]) throws -> Bringing {
    Bringing(dog, into: try #require(CellBlock(cells)), of: pyramid.shape, from: parts)
  }

  @Test func isInThePictureAndAllElseStays() throws {
    let found = try model.bring(pyramid, bringing([part("dog")], [quarter]))
    #expect(found.part == 0)
    #expect(found.pyramid[quarter] == dog)
    let shape = pyramid.shape
    let changed = Edit(from: pyramid, to: found.pyramid).changes.map { shape.cell(at: $0.index) }
    #expect(changed.count > 100)
    #expect(changed.allSatisfy { $0.layer > 1 && shape.holds(quarter, $0) })
    let (before, after) = (try model.decode(pyramid), try model.decode(found.pyramid))
    let small = try model.decode(part("dog").pyramid).resampled(width: 64, height: 64)
    func inner(_ image: PixelImage) -> PixelImage {
      image.cropped(left: 8, top: 72, width: 48, height: 48)
    }
    let wanted = small.cropped(left: 8, top: 8, width: 48, height: 48)
    #expect(inner(after).psnr(to: wanted) > inner(before).psnr(to: wanted) + 6)
    func far(_ image: PixelImage) -> PixelImage {
      image.cropped(left: 96, top: 0, width: 32, height: 32)
    }
    #expect(far(after) == far(before))
  }

  @Test("comes from the part that shows it, wherever that stands among the parts")
  func choice() throws {
    let names = ["windmill", "dog", "coffee"]
    let found = try model.bring(pyramid, bringing(names.map(part), [quarter]))
    #expect(found.part == 1)
    let again = try model.bring(pyramid, bringing(names.map(part), [quarter]))
    #expect(again.pyramid == found.pyramid)
  }

  @Test("is scaled into a block of another shape, of any upper layer")
  func shapes() throws {
    for cells in [
      [CellAddress(layer: 1, row: 0, column: 0)],
      [CellAddress(layer: 2, row: 1, column: 0), CellAddress(layer: 2, row: 1, column: 1)],
      (0..<4).map { CellAddress(layer: 3, row: $0, column: 3) },
      [CellAddress(layer: 4, row: 7, column: 7)],
    ] {
      let found = try model.bring(pyramid, bringing([part("dog")], cells))
      #expect(cells.allSatisfy { found.pyramid[$0] == dog })
      #expect(Edit(from: pyramid, to: found.pyramid).changes.count > cells.count)
    }
  }

  @Test("goes alone where there is no part, or nothing lies beneath")
  func alone() throws {
    let none = try model.bring(pyramid, bringing([], [quarter]))
    #expect(none.part == nil)
    #expect(Edit(from: pyramid, to: none.pyramid).changes.count == 1)
    let lowest = CellAddress(layer: 6, row: 3, column: 3)
    let found = try model.bring(pyramid, bringing([part("dog")], [lowest]))
    #expect(Edit(from: pyramid, to: found.pyramid).changes.count == 1)
  }

  @Test func mayComeFromAPictureThatIsNoSquareAndGoIntoOne() throws {
    let photograph = try Self.picture("dog").cropped(left: 0, top: 32, width: 256, height: 192)
    let wide = try model.encode(photograph, fit: .whole)
    let part = PicturePart(pyramid: wide, cell: CellAddress(layer: 2, row: 0, column: 1))
    var bringing = Bringing(
      dog, into: try #require(CellBlock([quarter])), of: wide.shape, from: [part])
    bringing.held = [wide.shape.wordCount - 1]
    let found = try model.bring(wide, bringing)
    #expect(found.pyramid[quarter] == dog)
    #expect(found.pyramid.words.last == wide.words.last)
  }

  @Test func refusesWordsThatDoNotExistAndStopsWhenCancelled() throws {
    let words = [Int32](repeating: 99_999, count: 597)
    let foreign = PicturePart(
      pyramid: try #require(Pyramid(shape: pyramid.shape, words: words)), cell: whole)
    #expect(throws: EngineError.self) { try model.bring(pyramid, bringing([foreign], [quarter])) }
    let own = try bringing([part("dog")], [quarter])
    #expect(throws: EngineError.cancelled) {
      try model.bring(pyramid, own, isCancelled: { true })
    }
  }

  @Test func holdsWhatEarlierEditsHavePut() throws {
    let evidence = model.evidence(of: try Self.picture("beach"), shape: pyramid.shape)
    var painter = Painter(model: model, pyramid: pyramid, evidence: evidence)
    let cell = CellAddress(layer: 3, row: 3, column: 0)
    #expect(try painter.apply(.put([cell], word: dog)))
    let cat = try #require(model.vocabulary.number(of: "cat"))
    let brought = try painter.bring(.put([quarter], word: cat), from: [part("cat")])
    #expect(brought.isDone && brought.part == 0)
    #expect(painter.pyramid[cell] == dog && painter.pyramid[quarter] == cat)
    #expect(painter.outcome.edited.count == 2 && painter.outcome.steered > 50)
  }

  @Test func takesThePlaceOfAWordWhereverThatStands() throws {
    let words = try model.encode(Self.picture("dog"))
    let evidence = model.evidence(of: try Self.picture("dog"), shape: words.shape)
    var painter = Painter(model: model, pyramid: words, evidence: evidence)
    let cat = try #require(model.vocabulary.number(of: "cat"))
    #expect(painter.block(of: .replace(old: dog, new: cat)) != nil)
    #expect(try painter.bring(.replace(old: dog, new: cat), from: [part("cat")]).isDone)
    #expect(!painter.pyramid.words.prefix(21).contains(dog))
    let absent = try #require(model.vocabulary.number(of: "locomotive"))
    #expect(painter.block(of: .replace(old: absent, new: cat)) == nil)
  }
}

@Suite struct ABlockOfCells {
  private func cell(_ row: Int, _ column: Int, _ layer: Int = 3) -> CellAddress {
    CellAddress(layer: layer, row: row, column: column)
  }

  @Test func isARectangleOfOneLayer() throws {
    let block = try #require(CellBlock([cell(1, 2), cell(0, 1), cell(0, 2), cell(1, 1)]))
    #expect(block.rows == 0..<2 && block.columns == 1..<3 && block.count == 4)
    #expect(block.cells.first == cell(0, 1))
    #expect(CellBlock([CellAddress]()) == nil)
    #expect(CellBlock([cell(0, 0), cell(1, 1)]) == nil)
    #expect(CellBlock([cell(0, 0), cell(0, 0, 2)]) == nil)
    #expect(CellBlock(around: [cell(0, 0), cell(1, 1)])?.count == 4)
  }
}
