import SPAEPixels
import SPAEPyramid

/// What is wrong with a decoded frame: its error against the clip, and at pixels that stand still in
/// the clip what changes against the frame that was shown before.
struct FrameErrors {
  private let source: PixelImage
  private let shown: PixelImage
  private let grid: GridSize
  private let still: [Float]  // [height, width], 1 where the clip stands still, else 0
  private let settings: FilmSettings
  private let before: [Float]  // [cell], the error of the frame shown before

  init(
    of source: PixelImage, after last: PixelImage, shown: PixelImage, grid: GridSize,
    settings: FilmSettings
  ) {
    (self.source, self.shown, self.grid, self.settings) = (source, shown, grid, settings)
    var still = [Float](repeating: 0, count: source.width * source.height)
    for pixel in still.indices {
      let isStill = (3 * pixel..<3 * pixel + 3).allSatisfy {
        abs(Int(source.pixels[$0]) - Int(last.pixels[$0])) <= settings.stillness
      }
      if isStill { still[pixel] = 1 }
    }
    self.still = still
    before = Self.errors(of: shown, source, shown, still, 0, grid)
  }

  /// What a decoded frame shall come near, [height, width, 3] in [-1, 1]: the clip, and at still
  /// pixels something between it and what is shown.
  var target: [Float] {
    source.pixels.indices.map { i in
      let weight = settings.steadiness * still[i / 3]
      return (Float(source.pixels[i]) + weight * Float(shown.pixels[i])) / (1 + weight) / 127.5 - 1
    }
  }

  /// How much an error against the target counts at each pixel, [height, width].
  var weights: [Float] { still.map { 1 + settings.steadiness * $0 } }

  /// The cells where the clip is other than a picture by some mean squared error.
  func cells(changedSince seen: PixelImage, least: Float) -> Set<Int> {
    let changes = Self.errors(of: seen, source, seen, still, 0, grid)
    return Set(changes.indices.filter { changes[$0] > least * 192 })
  }

  /// Some cells, and those beside them.
  func around(_ cells: Set<Int>) -> Set<Int> { Set(cells.flatMap { neighbours(of: $0) }) }

  /// By how much the words of some cells reduce the error, where `decoded` is the picture of all of
  /// them. What is gained around a cell is shared among the changed cells beside it.
  func gains(
    of changed: Set<Int>, decoded: PixelImage, steadiness: Float
  ) -> [Int: Float] {
    let after = Self.errors(
      of: decoded, source, shown, still, steadiness, grid)
    var gains: [Int: Float] = [:]
    for cell in 0..<grid.count {
      let shares = neighbours(of: cell).filter(changed.contains).map {
        (cell: $0, weight: $0 == cell ? Float(4) : 1)
      }
      let whole = shares.reduce(0) { $0 + $1.weight }
      for share in shares {
        gains[share.cell, default: 0] += share.weight / whole * (before[cell] - after[cell])
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

  /// The error of each cell of a decoded frame, of colours from 0 to 255; a change of a still pixel
  /// counts `steadiness` times.
  private static func errors(
    of decoded: PixelImage, _ source: PixelImage, _ shown: PixelImage, _ still: [Float],
    _ steadiness: Float, _ grid: GridSize
  ) -> [Float] {
    var errors = [Float](repeating: 0, count: grid.count)
    let patch = source.width / grid.columns
    for row in 0..<source.height {
      for column in 0..<source.width {
        let pixel = row * source.width + column
        var (error, change) = (Float(0), Float(0))
        for i in 3 * pixel..<3 * pixel + 3 {
          let own = Float(decoded.pixels[i])
          let (wrong, moved) = (own - Float(source.pixels[i]), own - Float(shown.pixels[i]))
          error += wrong * wrong
          change += moved * moved
        }
        errors[row / patch * grid.columns + column / patch] +=
          error + steadiness * still[pixel] * change
      }
    }
    return errors
  }
}

extension PixelImage {
  /// The colours in [-1, 1], [height, width, 3].
  var floats: [Float] { pixels.map { Float($0) / 127.5 - 1 } }

  /// The weight of each pixel where all are alike, [height, width].
  var evenWeights: [Float] { [Float](repeating: 1, count: width * height) }

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
