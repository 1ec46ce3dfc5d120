import SPAEPyramid
import Testing

@Suite struct ShapeOfAPyramid {
  @Test(arguments: [(8, [1, 5, 21, 85, 149]), (16, [1, 5, 21, 85, 341, 597])])
  func wordsAddUpDownTheLayers(grid: Int, cumulative: [Int]) throws {
    let shape = try #require(PyramidShape(grid: grid))
    #expect((1...shape.depth).map(shape.wordCount(toDepth:)) == cumulative)
  }

  @Test("finds the cell of every position, and the position of every cell", arguments: [8, 16])
  func positions(grid: Int) throws {
    let shape = try #require(PyramidShape(grid: grid))
    let cells = (1...shape.depth).flatMap(shape.cells(ofLayer:))
    #expect((0..<shape.wordCount).map(shape.cell(at:)) == cells)
    #expect(cells.map(shape.index(of:)) == Array(0..<shape.wordCount))
  }

  @Test(arguments: [-1, 0, 1, 4, 12, 17, 128])
  func aGridThatIsNoPowerOfTwoIsRefused(grid: Int) {
    #expect(PyramidShape(grid: grid) == nil)
  }
}
