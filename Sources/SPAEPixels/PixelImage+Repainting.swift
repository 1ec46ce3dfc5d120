import Dispatch

extension PixelImage {
  /// Lays what changed between two small pictures of this one onto it, at its own size.
  ///
  /// `before` and `after` are of the same size, what becomes of this picture by `fit`. Their difference
  /// is enlarged (bicubic) and smoothed by a guided filter, which keeps the edges of this picture's
  /// luminance: its radius is 8 pixels where the shorter side has 256. What lies beyond stays,
  /// but for what the filter carries over its edge. Twelve megapixels take about a second.
  public func repainted(from before: PixelImage, to after: PixelImage, fit: Fit) -> PixelImage {
    repainted(from: before, to: after, fit: fit, within: nil)
  }

  /// The same, of each pixel as much as a mask says, 0 to 1: [row, column] of the small pictures. It is
  /// enlarged and follows edges as their difference does, which takes as long again.
  package func repainted(
    from before: PixelImage, to after: PixelImage, fit: Fit, within mask: [Float]?
  ) -> PixelImage {
    precondition(before.width == after.width && before.height == after.height)
    precondition(mask.map { $0.count == before.width * before.height } ?? true)
    var result = self
    let width = width
    let shares = mask.map { enlarged($0, width: before.width, fit: fit) }
    unsafe result.pixels.withUnsafeMutableBufferPointer { target in
      nonisolated(unsafe) let target = unsafe target
      let difference = EnlargedDifference(from: before, to: after, fit: fit, onto: self)
      filter(difference, fit: fit) { row, filtered in
        for column in 0..<width {
          let pixel = row * width + column
          let share = shares?[pixel] ?? 1
          for channel in 0..<3 {
            let value =
              unsafe Float(target[3 * pixel + channel]) + share * filtered[column][channel]
            unsafe target[3 * pixel + channel] = UInt8(min(max(value.rounded(), 0), 255))
          }
        }
      }
    }
    return result
  }

  /// Lays a small picture, what this one becomes by `fit`, onto it at its own size (bicubic), of each
  /// pixel as much as a mask says, 0 to 1: [row, column] of the small picture.
  package func laid(_ small: PixelImage, within mask: [Float], fit: Fit) -> PixelImage {
    precondition(mask.count == small.width * small.height)
    let values = mask.indices.map { pixel in
      let colour = (0..<3).map { mask[pixel] * Float(small.pixels[3 * pixel + $0]) }
      return SIMD4(colour[0], colour[1], colour[2], mask[pixel])
    }
    var enlarged = EnlargedDifference(values, width: small.width, fit: fit, onto: self)
    var (result, pixels) = (self, GuidedFilter.Row(repeating: .zero, count: width))
    for row in 0..<height {
      enlarged.load(row, into: &pixels)
      for column in 0..<width where pixels[column][3] > 0 {
        let rest = max(0, 1 - pixels[column][3])
        for channel in 0..<3 {
          let index = 3 * (row * width + column) + channel
          let value = rest * Float(self.pixels[index]) + pixels[column][channel]
          result.pixels[index] = UInt8(min(max(value.rounded(), 0), 255))
        }
      }
    }
    return result
  }

  /// A mask of a small picture at this one's size, [row, column], along its edges.
  private func enlarged(_ mask: [Float], width small: Int, fit: Fit) -> [Float] {
    var shares = [Float](repeating: 0, count: width * height)
    let width = width
    unsafe shares.withUnsafeMutableBufferPointer { target in
      nonisolated(unsafe) let target = unsafe target
      let values = mask.map { SIMD4($0, 0, 0, 0) }
      filter(EnlargedDifference(values, width: small, fit: fit, onto: self), fit: fit) {
        row, filtered in
        for column in 0..<width {
          unsafe target[row * width + column] = min(max(filtered[column][0], 0), 1)
        }
      }
    }
    return shares
  }

  /// Smooths what is enlarged onto this picture along its edges; `use` takes each row, on any thread.
  private func filter(
    _ difference: EnlargedDifference, fit: Fit,
    use: @Sendable (_ row: Int, _ filtered: GuidedFilter.Row) -> Void
  ) {
    let square = fit.side(of: self)
    let filter = GuidedFilter(radius: max(1, square * 8 / 256), epsilon: 1e-3)
    // Their number must not depend on the threads, for the sums' last bits.
    let strips = max(1, min(4, height / (4 * filter.radius)))
    let width = width
    DispatchQueue.concurrentPerform(iterations: strips) { strip in
      var enlarged = difference
      let rows = height * strip / strips..<height * (strip + 1) / strips
      filter.filter(rows: rows, height: height, width: width) { row, pixels in
        enlarged.load(row, into: &pixels)
        addLuminance(of: row, to: &pixels)
      } use: { row, filtered in
        use(row, filtered)
      }
    }
  }

  private func addLuminance(of row: Int, to pixels: inout GuidedFilter.Row) {
    for column in 0..<width { pixels[column][3] = luminance(at: (row * width + column) * 3) }
  }

  private func luminance(at first: Int) -> Float {
    SPAEPixels.luminance(
      red: Float(pixels[first]), green: Float(pixels[first + 1]), blue: Float(pixels[first + 2]))
  }

  /// The luminance of each pixel, 0 to 1 (ITU-R BT.601), [row, column].
  package var luminance: [Float] { (0..<width * height).map { luminance(at: 3 * $0) } }
}

/// The luminance of a colour of 0 to 255, 0 to 1 (ITU-R BT.601).
package func luminance(red: Float, green: Float, blue: Float) -> Float {
  (0.299 * red + 0.587 * green + 0.114 * blue) / 255
}

extension Fit {
  /// The shorter side of what a picture is framed to, in its own pixels.
  fileprivate func side(of picture: PixelImage) -> Int {
    self == .pad ? max(picture.width, picture.height) : min(picture.width, picture.height)
  }

  /// Where a picture's rows or columns are in what it is framed to, in pixels of the small picture:
  /// `scale` times the middle of a row or column, and `offset`.
  fileprivate func axis(length: Int, of picture: PixelImage, size: Int) -> (
    scale: Double, offset: Double
  ) {
    let framed =
      switch self {
      case .stretch: length
      case .crop, .pad: side(of: picture)
      case .whole: min(length, Self.greatestAspect * side(of: picture))
      }
    let scale = Double(size) / Double(framed)
    // As cropping and padding round.
    let start = framed < length ? -((length - framed) / 2) : (framed - length) / 2
    return (scale, scale * Double(start))
  }
}

/// The difference of two small pictures at the size of a large one, bicubic (Keys, a = -0.5); zero
/// beyond them.
private struct EnlargedDifference {
  /// The four pixels around a place, and how much of each.
  private struct Taps {
    var first: Int
    var weights: SIMD4<Float>
  }

  private let difference: [SIMD4<Float>]  // [row, column], RGB
  private let width: Int
  private let height: Int
  private let rows: [Taps?]
  private let columns: [Taps?]
  private var mixed: [SIMD4<Float>]  // [column] of one row

  init(from before: PixelImage, to after: PixelImage, fit: Fit, onto picture: PixelImage) {
    let difference = (0..<before.width * before.height).map { pixel in
      func channel(_ number: Int) -> Float {
        Float(after.pixels[3 * pixel + number]) - Float(before.pixels[3 * pixel + number])
      }
      return SIMD4(channel(0), channel(1), channel(2), 0)
    }
    self.init(difference, width: before.width, fit: fit, onto: picture)
  }

  /// Takes values, [row, column], of a small picture of a width.
  init(_ values: [SIMD4<Float>], width: Int, fit: Fit, onto picture: PixelImage) {
    (difference, self.width, height) = (values, width, values.count / width)
    func taps(_ length: Int, _ size: Int) -> [Taps?] {
      let axis = fit.axis(length: length, of: picture, size: size)
      return (0..<length).map { index in
        let place = (Double(index) + 0.5) * axis.scale + axis.offset
        return place < 0 || place > Double(size) ? nil : Self.taps(at: place - 0.5)
      }
    }
    (rows, columns) = (
      taps(picture.height, height), taps(picture.width, width)
    )
    mixed = [SIMD4<Float>](repeating: .zero, count: width)
  }

  private static func taps(at place: Double) -> Taps {
    let first = place.rounded(.down)
    let x = Float(place - first)
    let weights = SIMD4<Float>(
      ((-0.5 * x + 1) * x - 0.5) * x, (1.5 * x - 2.5) * x * x + 1,
      ((-1.5 * x + 2) * x + 0.5) * x, (0.5 * x - 0.5) * x * x)
    return Taps(first: Int(first) - 1, weights: weights)
  }

  /// Puts a row of the enlarged difference into the first three channels of pixels.
  mutating func load(_ row: Int, into pixels: inout GuidedFilter.Row) {
    guard let taps = rows[row] else {
      for column in pixels.indices { pixels[column] = .zero }
      return
    }
    for column in 0..<width {
      var sum = SIMD4<Float>.zero
      for tap in 0..<4 {
        let source = min(max(taps.first + tap, 0), height - 1)
        sum += difference[source * width + column] * taps.weights[tap]
      }
      mixed[column] = sum
    }
    for (column, taps) in columns.enumerated() {
      guard let taps else {
        pixels[column] = .zero
        continue
      }
      var sum = SIMD4<Float>.zero
      for tap in 0..<4 {
        sum += mixed[min(max(taps.first + tap, 0), width - 1)] * taps.weights[tap]
      }
      pixels[column] = sum
    }
  }
}
