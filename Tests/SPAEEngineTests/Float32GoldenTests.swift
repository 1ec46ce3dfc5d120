import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// The model whose layers all compute in float32, beside PyTorch (golden.py, --float32).
@Suite struct AModelInFloat32 {
  static let root = TheEngineAgreesWithPyTorch.root
  static let folder = root + "/Assets/models/small"

  private let model: Model
  private let golden: Safetensors

  init() throws {
    model = try Model(folder: Self.folder, precision: .float32)
    golden = try Safetensors(
      path: Self.root + "/Tests/SPAEEngineTests/Fixtures/golden-float32.safetensors")
  }

  private func image(_ name: String) throws -> PixelImage {
    try ImageFile(path: Self.root + "/Assets/pictures/\(name).png").image
  }

  static let pictures = ["beach", "car", "cat", "dog", "parrot", "raccoon"]

  @Test("gives PyTorch's words", arguments: pictures)
  func words(name: String) throws {
    let words = try model.encode(image(name)).words
    #expect(words == (try golden.integers("words.\(name)", shape: [597])))
    let meant = try model.encode(image(name), semanticWeight: 0.25).words
    #expect(Array(meant[..<21]) == (try golden.integers("meant.\(name)", shape: [21])))
  }

  @Test(
    "gives them of pictures that are no squares",
    arguments: OnPicturesThatAreNoSquaresTheEngineAgreesWithPyTorch.parts)
  func parts(part: OnPicturesThatAreNoSquaresTheEngineAgreesWithPyTorch.Part) throws {
    let own = try image(part.name).cropped(
      left: part.left, top: part.top, width: part.width, height: part.height)
    let pyramid = try model.encode(own, size: part.size, fit: .whole)
    #expect(
      pyramid.words
        == (try golden.integers("part.\(part.name)", shape: [pyramid.shape.wordCount])))
  }

  @Test("finds other words than in whole numbers, which decode to the same picture to the bit")
  func decodes() throws {
    let other = try Model(folder: Self.folder)
    let pyramid = try other.encode(image("parrot"))
    #expect(try model.encode(image("parrot")) != pyramid)
    for depth in 1...6 {
      #expect(
        try model.decodedFloats(pyramid, depth: depth)
          == other.decodedFloats(pyramid, depth: depth))
    }
    #expect(try model.identity() == other.identity())
  }
}
