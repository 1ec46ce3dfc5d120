import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// The model whose classifier computes in whole numbers, beside PyTorch (golden.py, --only-words).
@Suite struct AModelOfBytes {
  static let root = TheEngineAgreesWithPyTorch.root
  static let folder = root + "/Assets/models/small-int8"

  private let model: Model
  private let golden: Safetensors

  init() throws {
    model = try Model(folder: Self.folder)
    golden = try Safetensors(
      path: Self.root + "/Tests/SPAEEngineTests/Fixtures/golden-int8.safetensors")
  }

  private func image(_ name: String) throws -> PixelImage {
    try ImageFile(path: Self.root + "/Assets/pictures/\(name).png").image
  }

  /// How many words differ from PyTorch's. What is in whole numbers does not, but the latents that
  /// become whole are sums of float32 in another order: where one lies between two steps, each may
  /// take another, and a word of two that fit equally well becomes the other.
  private func others(_ words: some Collection<Int32>, _ name: String) throws -> Int {
    let expected = try golden.integers(name, shape: [words.count])
    return zip(words, expected).count { $0 != $1 }
  }

  private static let most = 3

  static let pictures = ["beach", "car", "cat", "dog", "parrot", "raccoon"]

  @Test("gives PyTorch's words", arguments: pictures)
  func words(name: String) throws {
    let words = try model.encode(image(name)).words
    #expect(try others(words, "words.\(name)") <= Self.most)
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
    #expect(try others(pyramid.words, "part.\(part.name)") <= Self.most)
  }

  @Test(
    "gives them on every instruction set and any number of threads",
    arguments: InstructionSet.available.map(\.name))
  func everywhere(set: String) throws {
    let own = try Model(
      folder: Self.folder, instructionSet: .named(set),
      parallel: Parallel(threads: set == InstructionSet.available[0].name ? 3 : 1))
    #expect(try others(own.encode(image("raccoon")).words, "words.raccoon") <= Self.most)
  }

  @Test("decodes as the model in float32 to the bit, which is one of its former identities")
  func decodes() throws {
    let other = try Model(folder: Self.root + "/Assets/models/small")
    let pyramid = try other.encode(image("parrot"))
    for depth in 1...6 {
      #expect(
        try model.decodedFloats(pyramid, depth: depth)
          == other.decodedFloats(pyramid, depth: depth))
    }
    #expect(try model.goesByIdentity(other.identity()))
    #expect(try model.identity() != other.identity())
  }

  @Test("gives the words of the model in float32 where that precision is asked for")
  func float32() throws {
    let other = try Model(folder: Self.root + "/Assets/models/small")
    let own = try Model(folder: Self.folder, precision: .float32)
    #expect(try own.encode(image("dog")) == other.encode(image("dog")))
  }
}
