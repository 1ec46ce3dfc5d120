import SPAEPixels
import SPAEPyramid

/// What is wrong with a frame of a film as it is shown: its error against the clip, cell by cell.
struct FrameErrors {
  private let source: PixelImage
  private let grid: GridSize
  private let shown: PixelImage
  private let filter: SteadyFilter
  private let before: [Int]  // [cell], the error if no word changed

  /// `decoded` is what the words before this frame decode to, and `shown` what the frame before shows.
  init(
    of source: PixelImage, grid: GridSize, decoded: PixelImage, after shown: PixelImage,
    by filter: SteadyFilter
  ) {
    (self.source, self.grid, self.shown, self.filter) = (source, grid, shown, filter)
    let unchanged = filter.picture(decoded, after: shown)
    before = source.errors(of: unchanged, grid: grid)
  }

  /// The cells where the clip is other than a picture by some mean squared error.
  func cells(changedSince seen: PixelImage, least: Float) -> Set<Int> {
    source.cells(changedSince: seen, least: least, grid: grid)
  }

  /// Some cells, and those beside them.
  func around(_ cells: Set<Int>) -> Set<Int> { Set(cells.flatMap { neighbours(of: $0) }) }

  /// By how much the words of some cells reduce the error of what is shown, where `decoded` is the
  /// picture of all of them. What is gained around a cell is shared among the changed cells beside it.
  func gains(of changed: Set<Int>, decoded: PixelImage) -> [Int: Float] {
    let after = source.errors(of: filter.picture(decoded, after: shown), grid: grid)
    var gains: [Int: Float] = [:]
    for cell in 0..<grid.count where after[cell] != before[cell] {
      let shares = neighbours(of: cell).filter(changed.contains).map {
        (cell: $0, weight: $0 == cell ? Float(4) : 1)
      }
      let whole = shares.reduce(0) { $0 + $1.weight }
      for share in shares {
        gains[share.cell, default: 0] += share.weight / whole * Float(before[cell] - after[cell])
      }
    }
    return gains
  }

  /// A cell and those beside it, in order.
  private func neighbours(of cell: Int) -> [Int] {
    let (row, column) = (cell / grid.columns, cell % grid.columns)
    return (max(0, row - 1)...min(grid.rows - 1, row + 1)).flatMap { row in
      (max(0, column - 1)...min(grid.columns - 1, column + 1)).map { row * grid.columns + $0 }
    }
  }
}

extension PixelImage {
  /// The cells that are other than those of a picture of the same size by some mean squared error.
  func cells(changedSince seen: PixelImage, least: Float, grid: GridSize) -> Set<Int> {
    let changes = errors(of: seen, grid: grid)
    return Set(changes.indices.filter { Float(changes[$0]) > least * 192 })
  }

  /// The squared error of each cell of a picture of the same size, in colours from 0 to 255, [cell].
  fileprivate func errors(of other: PixelImage, grid: GridSize) -> [Int] {
    var errors = [Int](repeating: 0, count: grid.count)
    let patch = width / grid.columns
    unsafe pixels.withUnsafeBufferPointer { own in
      unsafe other.pixels.withUnsafeBufferPointer { other in
        for row in 0..<height {
          for column in 0..<grid.columns {
            let start = 3 * (row * width + column * patch)
            var error: Int32 = 0
            for i in start..<start + 3 * patch {
              let difference = unsafe Int32(own[i]) - Int32(other[i])
              error &+= difference &* difference
            }
            errors[row / patch * grid.columns + column] += Int(error)
          }
        }
      }
    }
    return errors
  }
}

extension PixelImage {
  /// The colours in [-1, 1], [height, width, 3].
  var floats: [Float] { pixels.map { Float($0) / 127.5 - 1 } }

  /// The sum of the squared differences of all colours.
  func squaredError(to other: PixelImage) -> Int {
    unsafe pixels.withUnsafeBufferPointer { own in
      unsafe other.pixels.withUnsafeBufferPointer { other in
        var sum = 0
        for i in 0..<min(own.count, other.count) {
          let difference = unsafe Int32(own[i]) - Int32(other[i])
          sum += Int(difference * difference)
        }
        return sum
      }
    }
  }

  /// The mean squared difference of all colours.
  func meanSquaredError(to other: PixelImage) -> Float {
    Float(squaredError(to: other)) / Float(max(1, pixels.count))
  }

  /// Takes some cells from another picture, of which a row has so many.
  mutating func copy(_ cells: Set<Int>, from other: PixelImage, columns: Int) {
    let patch = width / columns
    for cell in cells {
      let (top, left) = (cell / columns * patch, cell % columns * patch)
      for row in top..<top + patch {
        let range = (row * width + left) * 3..<(row * width + left + patch) * 3
        pixels.replaceSubrange(range, with: other.pixels[range])
      }
    }
  }
}
