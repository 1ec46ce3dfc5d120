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

@Suite struct ShapeOfAPictureThatIsNoSquare {
  typealias Case = (width: Int, height: Int, cells: String, words: [Int], all: Int)

  /// Pictures whose shorter side becomes 128 pixels.
  static let pictures: [Case] = [
    (128, 128, "16", [1, 4, 16, 64, 256, 256], 597),
    (192, 128, "24x16", [2, 6, 24, 96, 384, 384], 896),
    (228, 128, "28x16", [2, 8, 28, 112, 448, 448], 1046),
    (512, 128, "64x16", [4, 16, 64, 256, 1024, 1024], 2388),
    (1920, 1080, "28x16", [2, 8, 28, 112, 448, 448], 1046),
    (481, 321, "24x16", [2, 6, 24, 96, 384, 384], 896),
    (4000, 3000, "21x16", [1, 6, 20, 88, 336, 336], 787),
    (1000, 999, "16", [1, 4, 16, 64, 256, 256], 597),
    (900, 100, "64x16", [4, 16, 64, 256, 1024, 1024], 2388),
    (1, 1, "16", [1, 4, 16, 64, 256, 256], 597),
  ]

  @Test(arguments: pictures) func isThatOfTheTable(of: Case) throws {
    let shape = try #require(
      PyramidShape(shorterSide: 16, width: of.width, height: of.height))
    #expect(shape.grid.text == of.cells)
    #expect(shape.layers.map(\.count) == of.words)
    #expect(shape.wordCount == of.all)
  }

  @Test(arguments: pictures) func isTheTransposeOfTheOtherFormat(of: Case) throws {
    let wide = try #require(PyramidShape(shorterSide: 16, width: of.width, height: of.height))
    let tall = try #require(PyramidShape(shorterSide: 16, width: of.height, height: of.width))
    for layer in 1...wide.depth {
      #expect(wide.stride(ofLayer: layer) == tall.stride(ofLayer: layer))
      for cell in wide.cells(ofLayer: layer) {
        let turned = CellAddress(layer: layer, row: cell.column, column: cell.row)
        let (a, b) = (wide.latentPosition(of: cell), tall.latentPosition(of: turned))
        #expect((a.row, a.column) == (b.column, b.row))
        #expect(wide.latentCells(of: cell).columns == tall.latentCells(of: turned).rows)
      }
    }
  }

  /// Grids of every length that some side can have.
  static let grids = [8, 16].flatMap { short in
    (short...4 * short).map { GridSize(rows: short, columns: $0) }
  }

  @Test(arguments: grids) func partsTheGridAmongTheCellsOfEachLayer(grid: GridSize) throws {
    let shape = try #require(PyramidShape(grid: grid))
    for layer in 1...shape.depth {
      var seen = [Int](repeating: 0, count: grid.count)
      for cell in shape.cells(ofLayer: layer) {
        let (part, visited) = (shape.latentCells(of: cell), shape.latentPosition(of: cell))
        #expect(part.rows.contains(visited.row) && part.columns.contains(visited.column))
        for row in part.rows {
          for column in part.columns { seen[row * grid.columns + column] += 1 }
        }
      }
      #expect(seen.allSatisfy { $0 == 1 })
    }
  }

  @Test("gives each cell of a layer its own among those of the layer above", arguments: grids)
  func families(grid: GridSize) throws {
    let shape = try #require(PyramidShape(grid: grid))
    for layer in 2...shape.depth {
      var children = 0
      for parent in shape.cells(ofLayer: layer - 1) {
        let (rows, columns) = shape.cells(ofLayer: layer, in: parent)
        #expect(!rows.isEmpty && !columns.isEmpty)
        children += rows.count * columns.count
        for row in rows {
          for column in columns {
            let cell = CellAddress(layer: layer, row: row, column: column)
            #expect(shape.cell(inLayer: layer - 1, at: cell) == parent && shape.holds(parent, cell))
          }
        }
      }
      #expect(children == shape.size(ofLayer: layer).count)
    }
  }

  @Test(arguments: [8, 16, 32, 64]) func aSquareIsAsItWas(grid: Int) throws {
    let shape = try #require(PyramidShape(grid: grid))
    for layer in 1...shape.depth {
      let stride = shape.stride(ofLayer: layer)
      for cell in shape.cells(ofLayer: layer) {
        let position = shape.latentPosition(of: cell)
        #expect(position.row == cell.row * stride + stride / 2)
        #expect(position.column == cell.column * stride + stride / 2)
        #expect(shape.latentCells(of: cell).rows == cell.row * stride..<(cell.row + 1) * stride)
      }
    }
  }

  @Test(arguments: [(8, 33), (33, 8), (16, 15), (12, 16), (16, 65), (0, 0), (8, 0), (64, 257)])
  func isRefusedWhereNoPictureHasIt(rows: Int, columns: Int) {
    #expect(PyramidShape(grid: GridSize(rows: rows, columns: columns)) == nil)
  }

  @Test(arguments: ["16", "24x16", "16x24"]) func isReadAsItIsWritten(text: String) throws {
    #expect(GridSize(text: text)?.text == text)
  }

  @Test(arguments: ["", "x", "16x", "x16", "1x2x3", "a", "16 x 24"])
  func isNotReadFromOtherTexts(text: String) { #expect(GridSize(text: text) == nil) }
}
