import SPAEPixels
import SPAEPyramid

/// What a picture changes by, and where.
struct PictureChange {
  let size: GridSize  // in pixels
  var values: [Float]  // [row, column, channel], in units of [-1, 1]

  /// How far each pixel is covered by the words that change, 0 to 1, [row, column].
  var coverage: [Float]

  /// How much of what the old words' colour misses of the picture's own is made up for.
  ///
  /// Without it what the words say of the difference is added; snow for a meadow of dark grass that
  /// was said to be bright green then turns pink. With all of it the region's mean is the new word's.
  private static let ownColour: Float = 0.75

  /// The mean change of a cell's pixels, in units of 0 to 255, below which its words stay.
  private static let leastChange: Float = 2

  /// How much more detail is asked for: words keep about two thirds of what is painted over.
  private static let moreDetail: Float = 0.5

  /// Half of the window in whose mean there is no detail, in pixels.
  private static let detailRadius = 4

  /// How far the mean luminance stays from black and white, in mean sizes of the detail around it:
  /// snow as white as can be would lose what lies under it.
  private static let room: Float = 1.5

  /// A change of a pixel, in units of [-1, 1], below which the eye sees none; and how many times the
  /// error of such a pixel counts.
  private static let (staying, care): (Float, Float) = (0.03, 1.5)

  /// No change.
  init(size: GridSize) {
    self.size = size
    values = [Float](repeating: 0, count: 3 * size.count)
    coverage = [Float](repeating: 0, count: size.count)
  }

  /// A difference in pixels, and the coverage of each cell of a grid, which is interpolated.
  init(difference: [Float], coverage: [Float], grid: GridSize, size: GridSize) {
    self.size = size
    values = difference
    self.coverage = enlarged(coverage, from: grid, to: size)
  }

  /// The change without the pattern that words have within their cells: colour alone.
  func flattened(radius: Int) -> PictureChange {
    var change = self
    change.values = windowMeans(values, channels: 3, size: size, radius: radius)
    return change
  }

  /// Weakens the change where a mask, [row, column], is less than 1.
  mutating func confine(to mask: [Float]?) {
    guard let mask else { return }
    for pixel in mask.indices {
      coverage[pixel] *= mask[pixel]
      for channel in 3 * pixel..<3 * pixel + 3 { values[channel] *= mask[pixel] }
    }
  }

  /// Makes up for a part of what the old words' picture, [row, column, channel], misses of the
  /// picture's own colour in the mean: the new words' colour is to be seen where theirs was not.
  mutating func correct(_ old: [Float], for picture: PixelImage, radius: Int) {
    var missed = old
    for index in missed.indices {
      missed[index] -= Float(picture.pixels[index]) / 127.5 - 1
      missed[index] *= coverage[index / 3]
    }
    let sums = smooth(missed, channels: 3, size: size, radius: radius)
    let weights = smooth(coverage, channels: 1, size: size, radius: radius)
    for pixel in coverage.indices where weights[pixel] > 1e-6 {
      let share = Self.ownColour * coverage[pixel] / weights[pixel]
      for channel in 3 * pixel..<3 * pixel + 3 { values[channel] += share * sums[channel] }
    }
  }

  /// Lays another change over this one, which shows as far as that one does not cover it.
  mutating func cover(with other: PictureChange) {
    for pixel in coverage.indices {
      let share = 1 - other.coverage[pixel]
      coverage[pixel] = coverage[pixel] * share + other.coverage[pixel]
      for channel in 3 * pixel..<3 * pixel + 3 {
        values[channel] = values[channel] * share + other.values[channel]
      }
    }
  }

  /// The change of what is within a mask, as if all of it were covered: what its words lack near
  /// their rims comes from the pixels around.
  func completed(within mask: [Float], radius: Int) -> PictureChange {
    var weighted = values
    for pixel in mask.indices {
      for channel in 3 * pixel..<3 * pixel + 3 { weighted[channel] *= mask[pixel] }
    }
    let shares = zip(mask, coverage).map { $0 * $1 }
    let sums = smooth(weighted, channels: 3, size: size, radius: radius)
    let weights = smooth(shares, channels: 1, size: size, radius: radius)
    var change = PictureChange(size: size)
    for pixel in mask.indices where mask[pixel] > 0 && weights[pixel] > 1e-6 {
      change.coverage[pixel] = mask[pixel]
      for channel in 3 * pixel..<3 * pixel + 3 {
        change.values[channel] = mask[pixel] * sums[channel] / weights[pixel]
      }
    }
    return change
  }

  /// A picture with the change added to it.
  func added(to picture: PixelImage) -> PixelImage {
    let light = picture.luminance
    let detail = zip(light, means(light)).map { $0 - $1 }
    var changed = values.indices.map { index in
      let more = 255 * Self.moreDetail * coverage[index / 3] * detail[index / 3]
      return Float(picture.pixels[index]) + 127.5 * values[index] + more
    }
    let room = roomForDetail(in: changed)
    for index in changed.indices {
      changed[index] += 255 * coverage[index / 3] * room[index / 3]
    }
    return PixelImage(
      width: size.columns, height: size.rows,
      pixels: changed.map { UInt8(min(max(($0 + 0.5).rounded(.down), 0), 255)) })
  }

  /// What takes a picture's mean luminance so far from black and white that detail is kept, in
  /// units of 0 to 1, [row, column]. All channels change by it, so that colours stay.
  private func roomForDetail(in picture: [Float]) -> [Float] {
    let light = stride(from: 0, to: picture.count, by: 3).map {
      luminance(red: picture[$0], green: picture[$0 + 1], blue: picture[$0 + 2])
    }
    let own = means(light)
    let sizes = means(zip(light, own).map { abs($0 - $1) })
    return zip(own, sizes).map { own, size in
      let least = min(Self.room * size, 0.5)
      return min(max(own, least), 1 - least) - own
    }
  }

  private func means(_ values: [Float]) -> [Float] {
    windowMeans(values, channels: 1, size: size, radius: Self.detailRadius)
  }

  /// How much the error of each pixel counts, [row, column]: more where it should stay.
  var weights: [Float] {
    coverage.indices.map { pixel in
      let stays = (3 * pixel..<3 * pixel + 3).allSatisfy { abs(values[$0]) < Self.staying }
      return stays ? Self.care : 1
    }
  }

  /// The cells of `patch` pixels a side that change, by their flat index.
  func cells(of patch: Int) -> Set<Int> {
    let grid = GridSize(rows: size.rows / patch, columns: size.columns / patch)
    return Set(
      (0..<grid.count).filter { cell in
        let (top, left) = (cell / grid.columns * patch, cell % grid.columns * patch)
        var sums = SIMD3<Float>.zero
        for row in top..<top + patch {
          for column in left..<left + patch {
            for channel in 0..<3 {
              sums[channel] += abs(values[(row * size.columns + column) * 3 + channel])
            }
          }
        }
        return 127.5 * sums.max() / Float(patch * patch) > Self.leastChange
      })
  }
}

/// A grid of numbers at more pixels, by bilinear interpolation between the cells' middles.
func enlarged(_ cells: [Float], from grid: GridSize, to size: GridSize) -> [Float] {
  func samples(
    _ from: Int, _ to: Int
  ) -> [(first: Int, second: Int, share: Float)] {
    (0..<to).map { index in
      let middle = (Float(index) + 0.5) * Float(from) / Float(to) - 0.5
      let at = min(max(middle, 0), Float(from - 1))
      return (Int(at), min(Int(at) + 1, from - 1), at - Float(Int(at)))
    }
  }
  let columns = samples(grid.columns, size.columns)
  return samples(grid.rows, size.rows).flatMap { down in
    columns.map { across in
      func row(_ row: Int) -> Float {
        cells[row * grid.columns + across.first] * (1 - across.share)
          + cells[row * grid.columns + across.second] * across.share
      }
      return row(down.first) * (1 - down.share) + row(down.second) * down.share
    }
  }
}

/// The mean around each pixel, where what is beyond the edge does not count.
func windowMeans(_ values: [Float], channels: Int, size: GridSize, radius: Int) -> [Float] {
  let whole = [Float](repeating: 1, count: size.count)
  let weights = smooth(whole, channels: 1, size: size, radius: radius)
  var means = smooth(values, channels: channels, size: size, radius: radius)
  for index in means.indices { means[index] /= weights[index / channels] }
  return means
}

/// The mean around each pixel, by a window whose weight falls off towards its rim.
func smooth(
  _ values: [Float], channels: Int, size: GridSize, radius: Int
) -> [Float] {
  (0..<2).reduce(values) { values, _ in
    boxMean(values, channels: channels, size: size, radius: radius)
  }
}

/// The mean of the window around each pixel, [row, column, channel]; beyond the edge are
/// zeros.
private func boxMean(
  _ values: [Float], channels: Int, size: GridSize, radius: Int
) -> [Float] {
  let (row, share) = (channels * size.columns, Float(2 * radius + 1))
  var across = values
  for start in 0..<size.rows {
    for channel in 0..<channels {
      let first = start * row + channel
      var sum: Float = 0
      for index in -radius..<size.columns {
        let (last, gone) = (index + radius, index - radius - 1)
        if last < size.columns { sum += values[first + last * channels] }
        if gone >= 0 { sum -= values[first + gone * channels] }
        if index >= 0 { across[first + index * channels] = sum / share }
      }
    }
  }
  return windows(across, lines: size.rows, line: row, radius: radius).map { $0 / share }
}

/// The sums of each line of values and those around it.
private func windows(_ values: [Float], lines: Int, line: Int, radius: Int) -> [Float] {
  var (result, sums) = (values, [Float](repeating: 0, count: line))
  for index in -radius..<lines {
    let (last, gone) = ((index + radius) * line, (index - radius - 1) * line)
    if last < values.count { for i in 0..<line { sums[i] += values[last + i] } }
    if gone >= 0 { for i in 0..<line { sums[i] -= values[gone + i] } }
    if index >= 0 { for i in 0..<line { result[index * line + i] = sums[i] } }
  }
  return result
}
