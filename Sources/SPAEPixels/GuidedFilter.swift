/// A smoothing that keeps the edges of a guide (He, Sun and Tang, "Guided Image Filtering", 2013).
///
/// In every square window the result is a linear function of the guide, fitted to the values; a
/// pixel takes the mean of the functions of the windows that hold it. A window at the picture's edge
/// holds fewer pixels. Sums move along with the windows, so the time does not grow with the radius,
/// and rows pass through, so the memory is that of 4 (radius + 1) rows.
package struct GuidedFilter: Sendable {
  /// Pixels from a window's middle to its edge.
  package let radius: Int

  /// The variance of the guide, in squares of its unit, below which an area is flat.
  package let epsilon: Double

  package init(radius: Int, epsilon: Double) {
    precondition(radius >= 0 && epsilon > 0)
    (self.radius, self.epsilon) = (radius, epsilon)
  }

  /// The values of up to three channels and, last, the guide, of a row's pixels.
  package typealias Row = [SIMD4<Float>]

  /// Filters all of a picture: values and result [row, column, channel], the guide [row, column].
  package func filtered(
    _ values: [Float], channels: Int, guide: [Float], width: Int
  ) -> [Float] {
    precondition((1...3).contains(channels) && values.count == channels * guide.count)
    let height = guide.count / width
    var result = [Float](repeating: 0, count: values.count)
    filter(rows: 0..<height, height: height, width: width) { row, pixels in
      for column in 0..<width {
        let pixel = row * width + column
        for channel in 0..<channels {
          pixels[column][channel] = values[pixel * channels + channel]
        }
        pixels[column][3] = guide[pixel]
      }
    } use: { row, filtered in
      for column in 0..<width {
        for channel in 0..<channels {
          result[(row * width + column) * channels + channel] = filtered[column][channel]
        }
      }
    }
    return result
  }

  /// Filters some rows of a picture, one after another; `load` is asked for each row that is
  /// needed once, in order.
  package func filter(
    rows: Range<Int>, height: Int, width: Int, load: (_ row: Int, _ pixels: inout Row) -> Void,
    use: (_ row: Int, _ filtered: Row) -> Void
  ) {
    var stream = Stream(self, first: rows.lowerBound, height: height, width: width)
    var filtered = Row(repeating: .zero, count: width)
    for row in rows {
      stream.filter(row, into: &filtered, load: load)
      use(row, filtered)
    }
  }

  /// Sums over the windows' rows, for each column, and the rows that they are of.
  private struct ColumnSums<Kept: SIMD> where Kept.Scalar == Float {
    var sums: [SIMD8<Double>]  // [column]
    var kept: [[Kept]]  // [row modulo their count][column]
    /// The rows that the sums hold.
    var rows: Range<Int>
  }

  private struct Stream {
    let filter: GuidedFilter
    let height: Int
    let width: Int
    var pixels: ColumnSums<SIMD4<Float>>
    var coefficients: ColumnSums<SIMD8<Float>>
    var loaded: Row

    init(_ filter: GuidedFilter, first: Int, height: Int, width: Int) {
      (self.filter, self.height, self.width) = (filter, height, width)
      let (sums, count) = ([SIMD8<Double>](repeating: .zero, count: width), 2 * filter.radius + 1)
      func none<Kept: SIMD>(_ first: Int) -> ColumnSums<Kept> where Kept.Scalar == Float {
        let (row, first) = ([Kept](repeating: .zero, count: width), max(0, first))
        return ColumnSums(
          sums: sums, kept: [[Kept]](repeating: row, count: min(count, height)),
          rows: first..<first)
      }
      pixels = none(first - 2 * filter.radius)
      coefficients = none(first - filter.radius)
      loaded = Row(repeating: .zero, count: width)
    }

    /// The rows of the window around one.
    private func window(_ middle: Int, _ count: Int) -> Range<Int> {
      max(0, middle - filter.radius)..<min(count, middle + filter.radius + 1)
    }

    mutating func filter(
      _ row: Int, into filtered: inout Row, load: (Int, inout Row) -> Void
    ) {
      let wanted = window(row, height)
      dropCoefficients(before: wanted.lowerBound)
      while coefficients.rows.upperBound < wanted.upperBound {
        fit(coefficients.rows.upperBound, load: load)
      }
      // The guide of this row is still kept: its window is within those of the coefficients.
      let guide = pixels.kept[row % pixels.kept.count]
      forEachWindow(coefficients.sums, rows: wanted.count) { column, mean in
        filtered[column] = SIMD4<Float>(
          mean.lowHalf * Double(guide[column][3]) + mean.highHalf)
      }
    }

    private mutating func dropCoefficients(before row: Int) {
      while coefficients.rows.lowerBound < row {
        let old = coefficients.rows.lowerBound
        coefficients.rows = old + 1..<coefficients.rows.upperBound
        let index = old % coefficients.kept.count
        for column in 0..<width {
          coefficients.sums[column] -= SIMD8<Double>(coefficients.kept[index][column])
        }
      }
    }

    /// Fits the linear functions of the windows around a row.
    private mutating func fit(_ row: Int, load: (Int, inout Row) -> Void) {
      let wanted = window(row, height)
      dropPixels(before: wanted.lowerBound)
      while pixels.rows.upperBound < wanted.upperBound { take(pixels.rows.upperBound, load: load) }
      let (index, epsilon) = (row % coefficients.kept.count, filter.epsilon)
      forEachWindow(pixels.sums, rows: wanted.count) { column, mean in
        let own = mean.lowHalf
        let covariance = mean.highHalf - own * own[3]
        let slope = covariance / (max(0, covariance[3]) + epsilon)
        coefficients.kept[index][column] = SIMD8<Float>(
          SIMD8(lowHalf: slope, highHalf: own - slope * own[3]))
      }
      for column in 0..<width {
        coefficients.sums[column] += SIMD8<Double>(coefficients.kept[index][column])
      }
      coefficients.rows = coefficients.rows.lowerBound..<row + 1
    }

    private mutating func take(_ row: Int, load: (Int, inout Row) -> Void) {
      load(row, &loaded)
      for column in 0..<width { pixels.sums[column] += Self.moments(loaded[column]) }
      swap(&loaded, &pixels.kept[row % pixels.kept.count])
      pixels.rows = pixels.rows.lowerBound..<row + 1
    }

    private mutating func dropPixels(before row: Int) {
      while pixels.rows.lowerBound < row {
        let old = pixels.rows.lowerBound
        pixels.rows = old + 1..<pixels.rows.upperBound
        let index = old % pixels.kept.count
        for column in 0..<width { pixels.sums[column] -= Self.moments(pixels.kept[index][column]) }
      }
    }

    /// A pixel's values and guide, and both times its guide.
    private static func moments(_ pixel: SIMD4<Float>) -> SIMD8<Double> {
      let pixel = SIMD4<Double>(pixel)
      return SIMD8(lowHalf: pixel, highHalf: pixel * pixel[3])
    }

    /// The mean of each window along a row, of which `rows` rows are summed up.
    private func forEachWindow(
      _ sums: [SIMD8<Double>], rows: Int, _ body: (_ column: Int, _ mean: SIMD8<Double>) -> Void
    ) {
      let radius = filter.radius
      var sum = sums.prefix(radius).reduce(SIMD8<Double>.zero, +)
      for column in 0..<width {
        if column + radius < width { sum += sums[column + radius] }
        if column > radius { sum -= sums[column - radius - 1] }
        let count = min(column + radius, width - 1) - max(column - radius, 0) + 1
        body(column, sum / Double(count * rows))
      }
    }
  }
}
