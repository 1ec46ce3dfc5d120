import SPAEPyramid
import Testing

@Suite struct ShapeOfAPyramid {
  @Test(arguments: [(8, [1, 5, 21, 85, 149]), (16, [1, 5, 21, 85, 341, 597])])
  func wordsAddUpDownTheLayers(grid: Int, cumulative: [Int]) throws {
    let shape = try #require(PyramidShape(grid: grid))
    #expect((1...shape.depth).map(shape.wordCount(toDepth:)) == cumulative)
  }

  @Test(arguments: [-1, 0, 1, 4, 12, 17, 128])
  func aGridThatIsNoPowerOfTwoIsRefused(grid: Int) {
    #expect(PyramidShape(grid: grid) == nil)
  }
}
