import SPAEPixels

/// One picture of parts of several, whose colours meet where the parts do.
///
/// What is wanted of two neighbouring pixels is their difference in the picture that they are from, at
/// a seam the mean of both pictures' differences; and a little, that each keeps its colour. The least
/// squares of both are found by successive over-relaxation.
struct SeamlessPicture {
  private let pictures: [PixelImage]
  /// Which picture each pixel is from, row after row.
  private let parts: [Int]
  private let size: (width: Int, height: Int)

  /// How much a pixel's own colour counts beside one difference: a seam is spread over about
  /// one through the root of it, in pixels.
  private static let ownWeight: Float = 0.01
  private static let (rounds, relaxation) = (60, Float(1.7))

  /// Takes pictures of one size.
  init(_ pictures: [PixelImage], parts: [Int]) {
    (self.pictures, self.parts) = (pictures, parts)
    size = (pictures[0].width, pictures[0].height)
  }

  /// The picture, of the size of the others.
  func picture() -> PixelImage {
    var result = pictures[0]
    for channel in 0..<3 {
      let values = solved(channel)
      for index in values.indices {
        result.pixels[3 * index + channel] = UInt8(min(255, max(0, values[index])).rounded())
      }
    }
    return result
  }

  /// One channel, [pixel].
  private func solved(_ channel: Int) -> [Float] {
    let own = parts.indices.map { value($0, of: parts[$0], channel) }
    let (wanted, neighbours) = targets(own, channel)
    var values = own
    for _ in 0..<Self.rounds {
      for row in 0..<size.height {
        for column in 0..<size.width {
          let index = row * size.width + column
          var sum = wanted[index]
          if column > 0 { sum += values[index - 1] }
          if column + 1 < size.width { sum += values[index + 1] }
          if row > 0 { sum += values[index - size.width] }
          if row + 1 < size.height { sum += values[index + size.width] }
          values[index] += Self.relaxation * (sum / neighbours[index] - values[index])
        }
      }
    }
    return values
  }

  /// The constant part of each pixel's equation, and its weight.
  private func targets(_ own: [Float], _ channel: Int) -> ([Float], [Float]) {
    var wanted = own.map { Self.ownWeight * $0 }
    var weights = [Float](repeating: Self.ownWeight, count: own.count)
    for row in 0..<size.height {
      for column in 0..<size.width {
        let index = row * size.width + column
        for other in [
          column + 1 < size.width ? index + 1 : nil,
          row + 1 < size.height ? index + size.width : nil,
        ].compactMap(\.self) {
          let difference = difference(index, other, channel)
          wanted[index] += difference
          wanted[other] -= difference
          weights[index] += 1
          weights[other] += 1
        }
      }
    }
    return (wanted, weights)
  }

  /// By how much a pixel is to be brighter than another.
  private func difference(_ index: Int, _ other: Int, _ channel: Int) -> Float {
    func own(_ part: Int) -> Float {
      value(index, of: part, channel) - value(other, of: part, channel)
    }
    let (a, b) = (parts[index], parts[other])
    return a == b ? own(a) : (own(a) + own(b)) / 2
  }

  private func value(_ index: Int, of part: Int, _ channel: Int) -> Float {
    Float(pictures[part].pixels[3 * index + channel])
  }
}
