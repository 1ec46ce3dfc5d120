import SPAEEvaluation
import SPAELanguage
import SPAEPyramid
import Testing

@Suite("The label of written words")
struct WrittenLabelTests {
  /// Words 0 and 1 point one way, 2 and 3 the other, 4 to both.
  private let vectors = WordVectors(
    values: [1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9, 1, 1], width: 2, layerWeight: 0.5)
  private let shape: PyramidShape

  init() throws { shape = try #require(PyramidShape(grid: 16)) }

  private func words(_ upper: Int32) -> [Int32] {
    [Int32](repeating: upper, count: shape.wordCount)
  }

  private func written(_ words: [Int32], _ labels: [String: Int32]) -> WrittenLabel {
    WrittenLabel(
      of: words, examples: labels.map { .init(label: $0.key, words: self.words($0.value)) },
      shape: shape, depth: 2, vectors: vectors)
  }

  private func margin(_ written: WrittenLabel, _ word: Int32) throws -> Float {
    written.margin(of: try #require(Pyramid(shape: shape, words: words(word))))
  }

  @Test("a picture's margin is towards the label of the words, not the other")
  func margin() throws {
    let cat = written([1, 1, 1, 1, 1], ["cat": 0, "dog": 2])
    let dog = written([3, 3, 3, 3, 3], ["cat": 0, "dog": 2])
    #expect(try margin(cat, 0) > 0.9)
    #expect(try margin(cat, 2) < -0.9)
    #expect(try margin(dog, 2) > 0.9)
    #expect(abs(try margin(dog, 4)) < 1e-6)
  }

  @Test("of one label it is how near a picture is")
  func alone() throws {
    let cat = written([3, 3, 3, 3, 3], ["cat": 0])
    #expect(try margin(cat, 0) > 0.999)
    #expect(try margin(cat, 2) < 0.001)
  }
}
