import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// The shipped model with its frozen branches switched on, whatever its configuration says.
private struct BranchModel {
  let model: Model

  init() throws {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/branches.json")
    let sections = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: fixture)) as? [String: Any])
    let copy = try ModelCopy { $0.merge(sections) { $1 } }
    defer { copy.remove() }
    model = try Model(folder: copy.folder.path)
  }
}

@Suite struct APyramidThatIsRewritten {
  private static let models = (1...2).map {
    try? Model(folder: ModelCopy.shipped.path, parallel: Parallel(threads: $0))
  }

  private let model: Model
  private let pyramid: Pyramid
  private let before: PixelImage

  init() throws {
    model = try #require(Self.models[1])
    pyramid = try model.encode(Self.picture("dog"))
    before = try model.decode(pyramid)
  }

  private static func picture(_ name: String) throws -> PixelImage {
    try ImageFile(path: ModelCopy.shipped.path + "/../../pictures/\(name).png").image
  }

  /// The picture with its colours the other way round.
  private var negative: PixelImage {
    PixelImage(width: before.width, height: before.height, pixels: before.pixels.map { 255 - $0 })
  }

  /// The upper left cells, 6 x 6 of 16 x 16.
  private let corner = Set((0..<6).flatMap { row in (0..<6).map { row * 16 + $0 } })

  @Test func comesNearItsTargetInItsCells() throws {
    let new = try model.rewrite(pyramid, towards: negative, cells: corner, holding: [1, 2, 3])
    func part(_ image: PixelImage) -> PixelImage {
      image.cropped(left: 0, top: 0, width: 44, height: 44)
    }
    let (target, after) = (part(negative), part(try model.decode(new)))
    #expect(after.psnr(to: target) > 18)
    #expect(after.psnr(to: target) > part(before).psnr(to: target) + 8)
  }

  @Test func keepsItsOtherWordsAndEveryPixelBeyondTheDecodersReach() throws {
    let new = try model.rewrite(pyramid, towards: negative, cells: corner, holding: [1, 2, 3])
    let shape = pyramid.shape
    for change in Edit(from: pyramid, to: new).changes {
      let cell = shape.cell(at: change.index)
      #expect(cell.layer > 3)
      #expect(corner.contains(shape.latentIndex(of: cell)))
    }
    let session = try DecodeSession(model: model, pyramid: pyramid)
    let reached = try #require(try session.apply(new))
    #expect(reached.rows.upperBound < 96 && reached.columns.upperBound < 96)
    let after = try model.decode(new)
    for row in 0..<128 {
      for column in 0..<128
      where !reached.rows.contains(row) || !reached.columns.contains(column) {
        #expect(after[row, column] == before[row, column])
      }
    }
  }

  @Test(
    "holds the layers and the words that it is told to", arguments: [[1], [1, 2, 3, 4], [4, 6]])
  func holds(layers: [Int]) throws {
    let held = Set(300..<340)
    let new = try model.rewrite(
      pyramid, towards: negative, cells: Set(0..<256), holding: Set(layers), words: held)
    let changed = Edit(from: pyramid, to: new).changes.map(\.index)
    #expect(changed.count > 100)
    #expect(held.isDisjoint(with: changed))
    #expect(changed.allSatisfy { !layers.contains(pyramid.shape.cell(at: $0).layer) })
  }

  @Test func isTheSameOnAnyNumberOfThreads() throws {
    let other = try #require(Self.models[0])
    let words = try [model, other].map {
      try $0.rewrite(pyramid, towards: negative, cells: corner, holding: [1, 2])
    }
    #expect(words[0] == words[1])
  }

  @Test func withoutCellsOrWithAllLayersHeldStays() throws {
    #expect(try model.rewrite(pyramid, towards: negative, cells: [], holding: []) == pyramid)
    #expect(
      try model.rewrite(pyramid, towards: negative, cells: corner, holding: Set(1...6)) == pyramid)
  }

  @Test func refusesATargetOfAnotherSizeAndStopsWhenCancelled() {
    let large = PixelImage(width: 256, height: 256, colour: .white)
    #expect(
      throws: EngineError.target(
        width: 256, height: 256, expected: GridSize(rows: 128, columns: 128))
    ) {
      try model.rewrite(pyramid, towards: large, cells: corner, holding: [])
    }
    #expect(throws: EngineError.cancelled) {
      try model.rewrite(
        pyramid, towards: negative, cells: corner, holding: [], isCancelled: { true })
    }
  }
}

@Suite struct AnEditThatPaints {
  private static let bright = try? BranchModel().model

  private let model: Model

  init() throws { model = try #require(Self.bright) }

  private func picture(_ name: String) throws -> PixelImage {
    try ImageFile(path: ModelCopy.shipped.path + "/../../pictures/\(name).png").image
  }

  private func number(_ word: String) throws -> Int32 {
    try #require(model.vocabulary.number(of: word))
  }

  /// The mean of a part of a picture, 0 to 255.
  private func mean(_ image: PixelImage, _ rows: Range<Int>, _ columns: Range<Int>) -> SIMD3<Double>
  {
    var sum = SIMD3<Double>.zero
    for row in rows {
      for column in columns {
        for channel in 0..<3 { sum[channel] += Double(image[row, column, channel]) }
      }
    }
    return sum / Double(rows.count * columns.count)
  }

  @Test("paints a picture that is no square where its word stands", arguments: [true, false])
  func rectangle(isTall: Bool) throws {
    let beach = try picture("beach")
    let image =
      isTall
      ? beach.cropped(left: 43, top: 0, width: 170, height: 256)
      : beach.cropped(left: 0, top: 43, width: 256, height: 170)
    let pyramid = try model.encode(image, size: 64, fit: .whole)
    let evidence = model.evidence(of: image, fit: .whole, shape: pyramid.shape)
    let size = pyramid.shape.size(ofLayer: 3)
    let cell = CellAddress(layer: 3, row: size.rows - 1, column: size.columns - 1)
    let word = model.codebook.words(byEffectFrom: pyramid[cell])[4000]
    let new = try model.steer(
      pyramid, Steering([cell], to: word, of: pyramid.shape), evidence: evidence.withoutOutlines)
    #expect(new[cell] == word && new.shape == pyramid.shape)
    let (before, after) = (try model.decode(pyramid), try model.decode(new))
    let area = pyramid.shape.latentCells(of: cell)
    func difference(_ row: Int, _ column: Int) -> Int {
      (0..<3).reduce(0) { $0 + abs(Int(before[row, column, $1]) - Int(after[row, column, $1])) }
    }
    let middle = (
      4 * (area.rows.lowerBound + area.rows.upperBound),
      4 * (area.columns.lowerBound + area.columns.upperBound)
    )
    #expect(difference(middle.0, middle.1) > 0)
    #expect(difference(0, 0) == 0)
  }

  /// Of any weights: the middle one of seven words whose shift does not end at white or black.
  @Test("shifts the mean colour as the word's layer alone says", arguments: 1...4)
  func shifts(layer: Int) throws {
    let image = try picture("cat")
    let pyramid = try model.encode(image)
    let evidence = model.evidence(of: image).withoutOutlines
    let side = pyramid.shape.size(ofLayer: layer).rows
    let cell = CellAddress(layer: layer, row: side / 2, column: side / 2)
    let far = model.codebook.words(byEffectFrom: pyramid[cell])
    // The mean of a whole picture, of which more ends at white or black, follows less exactly.
    let near: Double = layer == 1 ? 24 : 20
    var (shifts, distances): ([Double], [Double]) = ([], [])
    for rank in stride(from: 2500, through: 5500, by: 500) {
      let steering = Steering([cell], to: far[rank], of: pyramid.shape)
      let new = try model.steer(pyramid, steering, evidence: evidence)
      #expect(new[cell] == far[rank])
      for change in Edit(from: pyramid, to: new).changes {
        let changed = pyramid.shape.cell(at: change.index)
        #expect(changed.layer > layer || changed == cell)
      }
      func colour(_ words: Pyramid, _ depth: Int) throws -> SIMD3<Double> {
        let size = 128 / side
        return mean(
          try model.decode(words, depth: depth), cell.row * size..<(cell.row + 1) * size,
          cell.column * size..<(cell.column + 1) * size)
      }
      let edited = try colour(steering.applied(to: pyramid), layer)
      let upper = try edited - colour(pyramid, layer)
      let (before, after) = (try colour(pyramid, 6), try colour(new, 6))
      shifts.append(length(after - before - upper) / max(near, 0.5 * length(upper)))
      // And it comes near the colour that the word has at its depth.
      distances.append(length(after - edited) / max(20, 0.6 * length(before - edited)))
    }
    #expect(shifts.sorted()[3] < 1, "\(shifts)")
    #expect(distances.sorted()[3] < 1, "\(distances)")
  }

  @Test func ofTheLowestLayersChangesItsWordAlone() throws {
    let image = try picture("cat")
    let (pyramid, evidence) = (try model.encode(image), model.evidence(of: image))
    let cell = CellAddress(layer: 5, row: 3, column: 4)
    let steering = Steering([cell], to: try number("snow"), of: pyramid.shape)
    #expect(
      try model.steer(pyramid, steering, evidence: evidence) == steering.applied(to: pyramid))
  }

  @Test func isToldHowWellEachWordFitsItsPlace() throws {
    let shape = PyramidShape.square
    let evidence = model.evidence(of: try picture("goldfish"))
    let fits = model.fits(
      at: CellAddress(layer: 1, row: 0, column: 0), of: shape, in: evidence)
    #expect(fits.count == model.vocabulary.count)
    #expect(fits.max() == 1 && fits.min() ?? -1 >= 0)
    let (fish, helium) = (Int(try number("fish")), Int(try number("helium")))
    #expect(fits[fish] > 0.5 && fits[fish] > fits[helium] + 0.3)
    #expect(
      model.fits(at: CellAddress(layer: 3, row: 3, column: 3), of: shape, in: evidence).count
        == model.vocabulary.count)
    #expect(
      model.fits(at: CellAddress(layer: 4, row: 0, column: 0), of: shape, in: evidence).isEmpty)
  }

  @Test func followsTheOutlinesOfWhatItsWordNames() throws {
    let image = try picture("beach")
    let (pyramid, evidence) = (try model.encode(image), model.evidence(of: image))
    let steering = try #require(
      model.steering(
        from: try number("sky"), to: try number("black"), in: pyramid, evidence: evidence))
    let old = try model.decode(pyramid)
    let new = try model.decode(try model.steer(pyramid, steering, evidence: evidence))
    // The sky ends above row 60; the sand begins below row 90.
    let sky = mean(new, 4..<48, 0..<44) - mean(old, 4..<48, 0..<44)
    let sand = mean(new, 100..<128, 0..<128) - mean(old, 100..<128, 0..<128)
    #expect(abs(sky).sum() > 3 * abs(sand).sum())
    #expect(abs(sand).max() < 6)
  }

  @Test(arguments: [
    ("balloon", "balloon", "blue", 0.23...0.77, 0.17...0.83),
    ("parrot", "parrot", "snow", 0.16...0.98, 0.15...0.99),
  ])
  func staysInTheBoxOfAThing(
    name: String, old: String, new: String, columns: ClosedRange<Double>,
    rows: ClosedRange<Double>
  ) throws {
    let image = try picture(name)
    let pyramid = try model.encode(image, fit: .whole)
    let evidence = model.evidence(of: image, fit: .whole, shape: pyramid.shape)
    var painter = Painter(model: model, pyramid: pyramid, evidence: evidence)
    #expect(try painter.apply(.replace(old: number(old), new: number(new))))
    let (before, after) = (try model.decode(pyramid), try model.decode(painter.pyramid))
    var (inside, outside) = (0, 0)
    for row in 0..<128 {
      for column in 0..<128 {
        let change = (0..<3).reduce(0) {
          $0 + Swift.abs(Int(before[row, column, $1]) - Int(after[row, column, $1]))
        }
        guard change > 60 else { continue }
        let (x, y) = ((Double(column) + 0.5) / 128, (Double(row) + 0.5) / 128)
        if columns.contains(x), rows.contains(y) { inside += 1 } else { outside += 1 }
      }
    }
    #expect(inside > 2000)
    #expect(outside < inside / 20)
  }

  /// The box of this cat is the whole picture, which tells its colours from no others.
  @Test func paintsWhereItsWordStandsIfNothingElseSaysWhereTheThingIs() throws {
    let image = try picture("cat")
    let pyramid = try model.encode(image, fit: .whole)
    let evidence = model.evidence(of: image, fit: .whole, shape: pyramid.shape)
    var painter = Painter(model: model, pyramid: pyramid, evidence: evidence)
    #expect(try painter.apply(.replace(old: number("cat"), new: number("snow"))))
    #expect(painter.outcome.steered > 100)
    let (before, after) = (try model.decode(pyramid), try model.decode(painter.pyramid))
    #expect(length(mean(after, 0..<128, 0..<128) - mean(before, 0..<128, 0..<128)) > 5)
  }

  /// A meadow below a mountain becomes snow; then that snow becomes grass, or the mountain gold.
  @Test(arguments: [("snow", "grass", true), ("mountain", "gold", false)])
  func tellsWhatAnEarlierEditPutFromTheRest(old: String, new: String, isMeadow: Bool) throws {
    let image = try picture("mountain")
    let pyramid = try model.encode(image, fit: .whole)
    let evidence = model.evidence(of: image, fit: .whole, shape: pyramid.shape)
    var painter = Painter(model: model, pyramid: pyramid, evidence: evidence)
    #expect(try painter.apply(.replace(old: number("grass"), new: number("snow"))))
    let winter = painter.pyramid
    let snow = try number("snow")
    let put = (0..<21).filter { winter.words[$0] == snow }
    #expect(try painter.apply(.replace(old: number(old), new: number(new))))
    let word = isMeadow ? try number("grass") : snow
    #expect(put.allSatisfy { painter.pyramid.words[$0] == word })
    let (before, after) = (try model.decode(winter), try model.decode(painter.pyramid))
    let meadow = mean(after, 96..<128, 0..<128) - mean(before, 96..<128, 0..<128)
    let mountain = mean(after, 36..<64, 44..<110) - mean(before, 36..<64, 44..<110)
    #expect(length(isMeadow ? meadow : mountain) > 40)
    #expect(length(isMeadow ? mountain : meadow) < 4)
    if !isMeadow { #expect(try !painter.apply(.replace(old: number("grass"), new: snow))) }
  }

  @Test func leavesAWordThatBecomesItself() throws {
    let image = try picture("beach")
    let pyramid = try model.encode(image)
    var painter = Painter(model: model, pyramid: pyramid, evidence: model.evidence(of: image))
    #expect(try painter.apply(.replace(old: number("sky"), new: number("sky"))))
    #expect(painter.pyramid == pyramid)
    #expect(painter.outcome.edited.isEmpty && painter.outcome.steered == 0)
    #expect(try !painter.apply(.replace(old: number("rhino"), new: number("rhino"))))
  }

  @Test func findsNothingWhereThePictureHasNothingOfIt() throws {
    let image = try picture("goldfish")
    let (pyramid, evidence) = (try model.encode(image), model.evidence(of: image))
    let steering = model.steering(
      from: try number("locomotive"), to: try number("snow"), in: pyramid, evidence: evidence)
    #expect(steering == nil)
  }

  @Test func keepsWhatAnEarlierEditPut() throws {
    let image = try picture("mountain")
    var painter = Painter(
      model: model, pyramid: try model.encode(image), evidence: model.evidence(of: image))
    let (cell, snow) = (CellAddress(layer: 3, row: 0, column: 0), try number("snow"))
    #expect(try painter.apply(.put([cell], word: snow)))
    let red = try number("red")
    #expect(try painter.apply(.put([CellAddress(layer: 1, row: 0, column: 0)], word: red)))
    #expect(painter.pyramid[cell] == snow)
    #expect(painter.outcome.edited.map(\.new) == [red, snow])
    #expect(painter.outcome.steered > 100)
  }
}

private func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }

private func abs(_ v: SIMD3<Double>) -> SIMD3<Double> { v.replacing(with: -v, where: v .< 0) }
