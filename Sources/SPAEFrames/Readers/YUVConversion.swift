package import SPAEPixels

/// Turns planes of brightness and colour (BT.601) into RGB; the planes of colour are enlarged by
/// linear interpolation from where their samples lie.
package struct YUVConversion {
  private let width: Int
  private let height: Int
  private let sampling: YUVSampling
  private let columns: ChromaTaps
  private let blueRows: ChromaTaps
  private let redRows: ChromaTaps
  private let matrix: Matrix

  /// The products with each value of a sample, times 65536.
  private struct Matrix {
    var brightness: [Int32]  // [256]
    var redOfRed: [Int32]
    var greenOfRed: [Int32]
    var greenOfBlue: [Int32]
    var blueOfBlue: [Int32]

    init(isFullRange: Bool) {
      let (low, range) = isFullRange ? (0.0, 255.0) : (16, 219)
      let colour = isFullRange ? 1 : 255.0 / 224
      func table(_ factor: Double, from zero: Double) -> [Int32] {
        (0..<256).map { Int32(((Double($0) - zero) * factor * 65536).rounded()) }
      }
      brightness = table(255 / range, from: low)
      redOfRed = table(1.402 * colour, from: 128)
      greenOfRed = table(-0.714136 * colour, from: 128)
      greenOfBlue = table(-0.344136 * colour, from: 128)
      blueOfBlue = table(1.772 * colour, from: 128)
    }
  }

  package init(_ header: Y4MHeader) {
    (width, height, sampling) = (header.width, header.height, header.sampling)
    let (chromaWidth, chromaHeight) = (
      sampling.chromaWidth(width), sampling.chromaHeight(height)
    )
    columns = ChromaTaps(
      count: width, step: sampling.across, first: sampling.left, samples: chromaWidth)
    blueRows = ChromaTaps(
      count: height, step: sampling.down, first: sampling.topOfBlue, samples: chromaHeight)
    redRows = ChromaTaps(
      count: height, step: sampling.down, first: sampling.topOfRed, samples: chromaHeight)
    matrix = Matrix(isFullRange: header.isFullRange)
  }

  /// Converts the planes of a frame, one behind the other.
  package func image(_ planes: [UInt8]) -> PixelImage {
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    let (chromaWidth, chromaHeight) = (
      sampling.chromaWidth(width), sampling.chromaHeight(height)
    )
    let grey = [UInt8](repeating: 128, count: width)
    var (blue, red) = (grey, grey)
    for row in 0..<height {
      if sampling.hasColour {
        let start = width * height
        fill(&blue, from: planes, at: start, stride: chromaWidth, blueRows.taps[row])
        fill(
          &red, from: planes, at: start + chromaWidth * chromaHeight, stride: chromaWidth,
          redRows.taps[row])
      }
      convert(row, planes, blue, red, into: &pixels)
    }
    return PixelImage(width: width, height: height, pixels: pixels)
  }

  /// Fills a row of the picture's width from the two rows of a plane beside it.
  private func fill(
    _ row: inout [UInt8], from planes: [UInt8], at start: Int, stride: Int, _ tap: ChromaTaps.Tap
  ) {
    let (first, second) = (start + tap.first * stride, start + tap.second * stride)
    if sampling.across == 1, tap.quarters == 0 {
      row.replaceSubrange(0..<width, with: planes[first..<first + width])
      return
    }
    for (column, across) in columns.taps.enumerated() {
      let left =
        Int32(planes[first + across.first]) * (4 - tap.quarters)
        + Int32(planes[second + across.first]) * tap.quarters
      let right =
        Int32(planes[first + across.second]) * (4 - tap.quarters)
        + Int32(planes[second + across.second]) * tap.quarters
      row[column] = UInt8((left * (4 - across.quarters) + right * across.quarters + 8) >> 4)
    }
  }

  private func convert(
    _ row: Int, _ planes: [UInt8], _ blues: [UInt8], _ reds: [UInt8], into pixels: inout [UInt8]
  ) {
    var target = 3 * row * width
    for column in 0..<width {
      let light = matrix.brightness[Int(planes[row * width + column])] + 32768
      let (blue, red) = (Int(blues[column]), Int(reds[column]))
      pixels[target] = UInt8(clamping: (light + matrix.redOfRed[red]) >> 16)
      pixels[target + 1] = UInt8(
        clamping: (light + matrix.greenOfRed[red] + matrix.greenOfBlue[blue]) >> 16)
      pixels[target + 2] = UInt8(clamping: (light + matrix.blueOfBlue[blue]) >> 16)
      target += 3
    }
  }
}

extension YUVConversion {
  /// The three planes of a picture, of full size and limited range, one behind the other.
  package static func planes(_ image: PixelImage) -> [UInt8] {
    let count = image.width * image.height
    var planes = [UInt8](repeating: 0, count: 3 * count)
    for pixel in 0..<count {
      let red = Int32(image.pixels[3 * pixel])
      let green = Int32(image.pixels[3 * pixel + 1])
      let blue = Int32(image.pixels[3 * pixel + 2])
      // The factors of BT.601 for 219 and 224 steps, times 65536.
      let light = 16829 * red + 33039 * green + 6416 * blue
      let blueness = -9714 * red - 19070 * green + 28784 * blue
      let redness = 28784 * red - 24103 * green - 4681 * blue
      planes[pixel] = UInt8(clamping: (light + (16 << 16) + 32768) >> 16)
      planes[count + pixel] = UInt8(clamping: (blueness + (128 << 16) + 32768) >> 16)
      planes[2 * count + pixel] = UInt8(clamping: (redness + (128 << 16) + 32768) >> 16)
    }
    return planes
  }
}
