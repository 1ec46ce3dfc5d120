import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// What the PyTorch package makes of the bundled pictures (Training/spae/prepare/golden.py) and this engine
/// makes of them too.
@Suite struct TheEngineAgreesWithPyTorch {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  static let pictures = [
    "balloon", "beach", "car", "cat", "coffee", "dog", "goldfish", "moose", "mountain", "pagoda",
    "parrot", "raccoon", "sunflower", "windmill",
  ]

  private let model: Model
  private let golden: Safetensors

  init() throws {
    model = try Model(folder: Self.root + "/Assets/models/small")
    golden = try Safetensors(
      path: Self.root + "/Tests/SPAEEngineTests/Fixtures/golden.safetensors")
  }

  @Test(arguments: pictures) func onEveryWord(name: String) throws {
    let file = try ImageFile(path: Self.root + "/Assets/pictures/\(name).png")
    let words = try model.encode(file.image).words
    let expected = try golden.integers("words.\(name)", shape: [597])
    let differing = zip(words, expected).filter { $0 != $1 }.count
    #expect(differing == 0)
  }

  /// Where other words than the first cost so much that layers spare nothing and choose again.
  @Test(arguments: pictures) func onUpperWordsThatMeanMore(name: String) throws {
    let file = try ImageFile(path: Self.root + "/Assets/pictures/\(name).png")
    let words = try model.encode(file.image, semanticWeight: 0.25).words
    #expect(Array(words[..<21]) == (try golden.integers("meant.\(name)", shape: [21])))
  }

  @Test(arguments: pictures) func onPixelsAtEveryDepth(name: String) throws {
    let words = try golden.integers("words.\(name)", shape: [597])
    let shape = try #require(PyramidShape(grid: 16))
    let pyramid = try #require(Pyramid(shape: shape, words: words))
    let expected = try golden.floats("pixels.\(name)", shape: [6, 26, 26, 3])
    for depth in 1...6 {
      let pixels = try model.decodedFloats(pyramid, depth: depth)
      for sample in 0..<26 * 26 * 3 {
        let (row, column, channel) = (sample / 78 * 5, sample / 3 % 26 * 5, sample % 3)
        let got = pixels[(row * 128 + column) * 3 + channel]
        // 1e-3 of the full scale of 2, of which float16 takes at most a quarter.
        #expect(abs(got - expected[(depth - 1) * 2028 + sample]) < 2e-3)
      }
    }
  }

  @Test(arguments: InstructionSet.available.map(\.name))
  func onEveryInstructionSet(name: String) throws {
    let model = try Model(
      folder: Self.root + "/Assets/models/small", instructionSet: .named(name),
      parallel: Parallel(threads: 1))
    let file = try ImageFile(path: Self.root + "/Assets/pictures/cat.png")
    let expected = try golden.integers("words.cat", shape: [597])
    let differing = zip(try model.encode(file.image).words, expected).filter { $0 != $1 }.count
    #expect(differing == 0)
  }

  @Test func onOneThreadAsOnMany() throws {
    let single = try Model(
      folder: Self.root + "/Assets/models/small", parallel: Parallel(threads: 1))
    let many = try Model(
      folder: Self.root + "/Assets/models/small", parallel: Parallel(threads: 3))
    let file = try ImageFile(path: Self.root + "/Assets/pictures/raccoon.png")
    let pyramid = try single.encode(file.image)
    #expect(pyramid == (try many.encode(file.image)))
    for depth in 1...6 {
      let (a, b) = (
        try single.decodedFloats(pyramid, depth: depth),
        try many.decodedFloats(pyramid, depth: depth)
      )
      #expect(a == b)
    }
  }

  @Test(arguments: [64, 128, 256, 512]) func anySizeComesBack(size: Int) throws {
    let file = try ImageFile(path: Self.root + "/Assets/pictures/dog.png")
    let pyramid = try model.encode(file.image, size: size)
    let picture = try model.decode(pyramid)
    #expect(picture.width == size)
    #expect(picture.psnr(to: file.image.fitted(to: size, fit: .crop)) > 18)
  }

  @Test func eightPicturesComeBackAtTwentyDecibels() throws {
    let good = try Self.pictures.filter { name in
      let file = try ImageFile(path: Self.root + "/Assets/pictures/\(name).png")
      let picture = try model.decode(try model.encode(file.image))
      return picture.psnr(to: file.image.fitted(to: 128, fit: .crop)) >= 20
    }
    #expect(good.count >= 8)
  }

  @Test(
    "A tall picture gives another pyramid than its middle square", arguments: [Fit.whole, .crop])
  func fits(fit: Fit) throws {
    let image = try ImageFile(path: Self.root + "/Assets/pictures/dog.png").image
    let tall = image.cropped(left: 50, top: 0, width: 128, height: 256)
    let pyramid = try model.encode(tall, size: 64, fit: fit)
    #expect(pyramid.shape.grid.text == (fit == .whole ? "8x16" : "8"))
    let source = model.picture(tall, for: pyramid.shape, fit: fit)
    #expect(try model.decode(pyramid).psnr(to: source) > 18)
  }

  @Test("Of a picture longer than 4:1 the middle is taken")
  func panorama() throws {
    let image = try ImageFile(path: Self.root + "/Assets/pictures/beach.png").image
    let long = image.cropped(left: 0, top: 100, width: 256, height: 32)
    let middle = long.cropped(left: 64, top: 0, width: 128, height: 32)
    let pyramid = try model.encode(long, size: 64, fit: .whole)
    #expect(pyramid.shape.grid.text == "32x8")
    #expect(pyramid == (try model.encode(middle, size: 64, fit: .whole)))
  }

  @Test(arguments: Fit.allCases) func aSquareIsTheSameBy(fit: Fit) throws {
    let file = try ImageFile(path: Self.root + "/Assets/pictures/cat.png")
    #expect(try model.encode(file.image, size: 64, fit: fit) == model.encode(file.image, size: 64))
  }

  @Test func aSizeThatIsNoPyramidIsRefused() throws {
    let image = PixelImage(width: 10, height: 10, colour: .white)
    #expect(throws: EngineError.pictureSize(100)) { try model.encode(image, size: 100) }
  }

  @Test func aWordBeyondTheVocabularyIsRefused() throws {
    let shape = try #require(PyramidShape(grid: 8))
    let pyramid = try #require(Pyramid(shape: shape, words: .init(repeating: 99_999, count: 149)))
    #expect(throws: EngineError.self) { try model.decode(pyramid) }
    let depth = try #require(Pyramid(shape: shape, words: .init(repeating: 0, count: 149)))
    #expect(throws: EngineError.depth(9, greatest: 5)) { try model.decode(depth, depth: 9) }
  }
}

/// What PyTorch makes of parts of the bundled pictures that are no squares (golden.py, RECTANGLES).
@Suite struct OnPicturesThatAreNoSquaresTheEngineAgreesWithPyTorch {
  static let root = TheEngineAgreesWithPyTorch.root
  typealias Part = (name: String, left: Int, top: Int, width: Int, height: Int, size: Int)
  static let parts: [Part] = [
    ("parrot", 0, 40, 256, 171, 128), ("dog", 57, 0, 144, 256, 128),
    ("beach", 0, 32, 256, 192, 128), ("car", 0, 40, 256, 192, 64),
  ]

  private let model: Model
  private let golden: Safetensors

  init() throws {
    model = try Model(folder: Self.root + "/Assets/models/small")
    golden = try Safetensors(
      path: Self.root + "/Tests/SPAEEngineTests/Fixtures/rectangles.safetensors")
  }

  private func image(_ part: Part) throws -> PixelImage {
    try ImageFile(path: Self.root + "/Assets/pictures/\(part.name).png").image
      .cropped(left: part.left, top: part.top, width: part.width, height: part.height)
  }

  @Test(arguments: parts) func onEveryWord(part: Part) throws {
    let pyramid = try model.encode(image(part), size: part.size, fit: .whole)
    let expected = try golden.integers("words.\(part.name)", shape: [pyramid.shape.wordCount])
    #expect(pyramid.words == expected)
  }

  @Test(arguments: InstructionSet.available.map(\.name)) func onEveryInstructionSet(name: String)
    throws
  {
    let model = try Model(
      folder: Self.root + "/Assets/models/small", instructionSet: .named(name),
      parallel: Parallel(threads: 1))
    let pyramid = try model.encode(image(Self.parts[3]), size: 64, fit: .whole)
    #expect(pyramid.words == (try golden.integers("words.car", shape: [207])))
  }

  @Test(arguments: parts) func onPixels(part: Part) throws {
    let whole = try image(part)
    let shape = try model.shape(
      forSize: part.size, fit: .whole, width: whole.width, height: whole.height)
    let words = try golden.integers("words.\(part.name)", shape: [shape.wordCount])
    let pyramid = try #require(Pyramid(shape: shape, words: words))
    let size = model.pictureSize(of: shape)
    let samples = GridSize(rows: (size.rows + 4) / 5, columns: (size.columns + 4) / 5)
    for (name, depth) in [("upper", 3), ("pixels", shape.depth)] {
      let expected = try golden.floats(
        "\(name).\(part.name)", shape: [samples.rows, samples.columns, 3])
      let pixels = try model.decodedFloats(pyramid, depth: depth)
      for (index, value) in expected.enumerated() {
        let (row, column) = (index / 3 / samples.columns * 5, index / 3 % samples.columns * 5)
        #expect(abs(pixels[(row * size.columns + column) * 3 + index % 3] - value) < 2e-3)
      }
    }
  }

  @Test(arguments: parts) func onEveryDepthIncrementallyAndAtOnce(part: Part) throws {
    let pyramid = try model.encode(image(part), size: part.size, fit: .whole)
    let session = try DecodeSession(model: model, pyramid: pyramid)
    #expect(session.picture == (try model.decode(pyramid)))
    var changed = pyramid
    for layer in 1...pyramid.shape.depth {
      changed[try #require(pyramid.shape.cells(ofLayer: layer).last)] = 4711
      let area = try #require(try session.apply(changed))
      #expect(area.rows.upperBound <= session.picture.height)
      #expect(area.columns.upperBound <= session.picture.width)
      #expect(session.picture == (try model.decode(changed)))
    }
  }
}
