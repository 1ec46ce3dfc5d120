import CKernels
import Foundation
import Testing

/// The kernels that work on pixels give what plain loops give, on every instruction set.
@Suite struct TheKernelsOfPicturesAgreeWithTheReference {
  private func functions(_ set: KernelSet) -> spae_kernels {
    unsafe spae_kernel_set(set.index).pointee
  }

  @Test(arguments: KernelSet.all, [1, 63, 64, 65, 200])
  func onTheFirstAbove(set: KernelSet, count: Int) {
    var random = Seeded(state: 20)
    let values = random.floats(count)
    for threshold in [-2, -0.5, 0, 0.9, 2] as [Float] {
      for from in [0, count / 2, count] {
        let expected = values[from...].firstIndex { $0 > threshold } ?? count
        #expect(unsafe functions(set).find_above(values, from, count, threshold) == expected)
      }
    }
  }

  /// Integers: no instruction set may differ by a bit.
  @Test(arguments: KernelSet.all, [(1, 1, 4), (5, 3, 4), (33, 20, 8), (90, 41, 12)])
  func onResampling(set: KernelSet, sizes: (source: Int, target: Int, taps: Int)) {
    var random = Seeded(state: 21)
    let (source, target, taps) = sizes
    let pixels = (0..<3 * source * source).map { _ in UInt8.random(in: 0...255, using: &random) }
    let first = (0..<target).map { Int32($0 * max(0, source - taps) / target) }
    let weights = (0..<target * taps).map { index in
      // Where the source is narrower than the filter the rest weighs nothing.
      index % taps < source ? Int32.random(in: -400_000...1_200_000, using: &random) : 0
    }
    func sum(_ output: Int, _ value: (Int) -> UInt8) -> UInt8 {
      let whole = (0..<min(taps, source)).reduce(Int64(1 << 21)) {
        $0 + Int64(weights[output * taps + $1]) * Int64(value(Int(first[output]) + $1))
      }
      return UInt8(clamping: whole >> 22)
    }
    let byRows = (0..<3 * source * target).map { at in
      sum(at / 3 % target) { pixels[(at / 3 / target * source + $0) * 3 + at % 3] }
    }
    let wide = weights.flatMap { repeatElement($0, count: 4) }
    #expect(
      run(set, pixels, (source, source), (source, target), taps, first, wide) == byRows)
    if source >= taps {
      let byColumns = (0..<3 * source * target).map { at in
        sum(at / 3 / source) { pixels[$0 * 3 * source + at % (3 * source)] }
      }
      #expect(
        run(set, pixels, (source, source), (target, source), taps, first, weights, along: false)
          == byColumns)
    }
  }

  private func run(
    _ set: KernelSet, _ pixels: [UInt8], _ source: (rows: Int, columns: Int),
    _ target: (rows: Int, columns: Int), _ taps: Int, _ first: [Int32], _ weights: [Int32],
    along: Bool = true
  ) -> [UInt8] {
    var found = [UInt8](repeating: 0, count: 3 * target.rows * target.columns)
    var scratch = [Int32](repeating: 0, count: 4 * (source.columns + taps))
    unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe first.withUnsafeBufferPointer { first in
        unsafe weights.withUnsafeBufferPointer { weights in
          unsafe scratch.withUnsafeMutableBufferPointer { scratch in
            unsafe found.withUnsafeMutableBufferPointer { found in
              var task = unsafe spae_resampling(
                source: pixels.baseAddress, source_row: 3 * source.columns,
                source_columns: source.columns, target: found.baseAddress,
                target_row: 3 * target.columns, rows: target.rows, columns: target.columns,
                taps: taps, first: first.baseAddress, weights: weights.baseAddress,
                scratch: scratch.baseAddress)
              if along {
                unsafe functions(set).resample_rows(&task)
              } else {
                unsafe functions(set).resample_columns(&task)
              }
            }
          }
        }
      }
    }
    return found
  }

  @Test(arguments: KernelSet.all) func onOklab(set: KernelSet) {
    var random = Seeded(state: 22)
    // Black, white, and all that lies between.
    let lights = (0..<3).map { _ in [0, 1] + random.floats(46).map { abs($0) } }
    var (red, green, blue) = (lights[0], lights[1], lights[2])
    unsafe functions(set).oklab(&red, &green, &blue, 48)
    let axes = [red, green, blue]
    let cones: [[Double]] = [
      [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    let mixes: [[Double]] = [
      [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    for index in 0..<48 {
      let roots = cones.map { cone in
        cbrt((0..<3).reduce(0.0) { $0 + cone[$1] * Double(lights[$1][index]) })
      }
      for (axis, mix) in mixes.enumerated() {
        let expected = (0..<3).reduce(0.0) { $0 + mix[$1] * roots[$1] }
        #expect(abs(Double(axes[axis][index]) - expected) < 2e-6)
      }
    }
  }

  /// Each cell's pattern and colours cost no more than any others.
  @Test(arguments: KernelSet.all) func onMixtures(set: KernelSet) {
    var random = Seeded(state: 23)
    let (cells, padded, patterns) = (21, 32, [1, 2, 3, 4, 5, 6, 7] as [UInt8])
    let (places, colours) = (random.floats(15 * padded), random.floats(48))
    let mixtures = random.floats(3 * 768)
    var found = [Int32](repeating: -1, count: cells)
    unsafe places.withUnsafeBufferPointer { places in
      unsafe colours.withUnsafeBufferPointer { colours in
        unsafe mixtures.withUnsafeBufferPointer { mixtures in
          unsafe patterns.withUnsafeBufferPointer { patterns in
            unsafe found.withUnsafeMutableBufferPointer { found in
              var task = unsafe spae_mixing(
                places: places.baseAddress, cells: cells, padded: padded,
                colours: colours.baseAddress, mixtures: mixtures.baseAddress, detail: 0.03,
                patterns: patterns.baseAddress, count: patterns.count, found: found.baseAddress)
              unsafe functions(set).mix(&task)
            }
          }
        }
      }
    }
    func away(_ table: [Float], _ index: Int, _ pixel: Int, _ cell: Int) -> Double {
      (0..<3).reduce(0.0) { sum, axis in
        let place = places[(axis * 5 + pixel) * padded + cell]
        let difference = Double(table[axis * table.count / 3 + index]) - Double(place)
        return sum + difference * difference
      }
    }
    func cost(_ code: Int, _ cell: Int) -> Double {
      let (bits, front, behind) = (Int(patterns[code >> 8]), code >> 4 & 15, code & 15)
      let quarters = bits.nonzeroBitCount
      let detail = (0..<4).reduce(0.0) { sum, pixel in
        sum + away(colours, bits >> pixel & 1 == 1 ? front : behind, pixel, cell)
      }
      return 0.03 * detail + away(mixtures, (quarters - 1) * 256 + front * 16 + behind, 4, cell)
    }
    for cell in 0..<cells {
      let least = (0..<patterns.count << 8).map { cost($0, cell) }.min() ?? 0
      #expect(cost(Int(found[cell]), cell) <= least + 1e-5)
    }
  }

  /// Of few rows, which are one band, and of many.
  @Test(arguments: KernelSet.all, [(5, 3), (1, 1), (17, 62), (9, 64), (33, 131)])
  func onErrorDiffusion(set: KernelSet, size: (width: Int, height: Int)) {
    let count = size.width * size.height
    // Three greys, and one between the first two: it becomes as many of these as its value asks.
    let grey = [UInt8](repeating: 70, count: 3 * count)
    let palette = [0, 100, 250] + [Float](repeating: 1e9, count: 13)
    let indices = diffused(set, grey, size, palette)
    #expect(indices.allSatisfy { $0 < 2 })
    let mean = indices.reduce(0) { $0 + 100 * Int($1) } / count
    #expect(count < 500 || abs(mean - 70) <= 2)
    let exact = (0..<3 * count).map { [0, 100, 250][$0 / 3 * 7 % 3] as UInt8 }
    let expected = (0..<count).map { UInt8($0 * 7 % 3) }
    #expect(diffused(set, exact, size, palette) == expected)
  }

  private func diffused(
    _ set: KernelSet, _ pixels: [UInt8], _ size: (width: Int, height: Int), _ greys: [Float]
  ) -> [UInt8] {
    let palette: [Float] = greys.flatMap { [$0, $0, $0, 0] as [Float] }
    let axes = greys + greys + greys
    var known = [Int16](repeating: -1, count: 1 << 15)
    var errors = [Float](repeating: 0, count: 8 * Int(spae_bands) * (size.width + 2))
    var indices = [UInt8](repeating: 255, count: size.width * size.height)
    unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe palette.withUnsafeBufferPointer { palette in
        unsafe axes.withUnsafeBufferPointer { axes in
          unsafe known.withUnsafeMutableBufferPointer { known in
            unsafe errors.withUnsafeMutableBufferPointer { errors in
              unsafe indices.withUnsafeMutableBufferPointer { indices in
                var task = unsafe spae_diffusion(
                  pixels: pixels.baseAddress, width: size.width, height: size.height,
                  palette: palette.baseAddress, axes: axes.baseAddress, colours: greys.count,
                  known: known.baseAddress, errors: errors.baseAddress,
                  indices: indices.baseAddress)
                unsafe functions(set).diffuse(&task)
              }
            }
          }
        }
      }
    }
    return indices
  }

  @Test(arguments: KernelSet.all) func onCountedColours(set: KernelSet) {
    var random = Seeded(state: 24)
    let pixels = (0..<3000).map { _ in UInt8.random(in: 0...40, using: &random) }
    var bins = [UInt32](repeating: 0, count: 4 << 15)
    unsafe functions(set).count_colours(pixels, 1000, &bins)
    var expected = [UInt32](repeating: 0, count: 4 << 15)
    for pixel in stride(from: 0, to: 3000, by: 3) {
      let bin = pixels[pixel..<pixel + 3].reduce(0) { $0 << 5 | Int($1 >> 3) }
      for channel in 0..<3 { expected[4 * bin + channel] += UInt32(pixels[pixel + channel]) }
      expected[4 * bin + 3] += 1
    }
    #expect(bins == expected)
  }
}
