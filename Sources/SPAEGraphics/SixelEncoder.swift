public import SPAEPixels

/// Draws pictures as sixels with a fixed palette of 6x6x6 colours and ordered dithering.
public enum SixelEncoder {
  /// A 4x4 Bayer matrix.
  private static let thresholds = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  /// The escape sequence that draws the picture at the cursor.
  public static func bytes(of image: PixelImage) -> [UInt8] {
    var output = Array("\u{1B}P0;1q\"1;1;\(image.width);\(image.height)".utf8)
    for colour in 0..<216 {
      let levels = [colour / 36, colour / 6 % 6, colour % 6].map { "\($0 * 20)" }
      output += "#\(colour);2;\(levels.joined(separator: ";"))".utf8
    }
    let indices = dithered(image)
    for top in stride(from: 0, to: image.height, by: 6) {
      appendBand(indices, image: image, top: top, to: &output)
    }
    return output + Array("\u{1B}\\".utf8)
  }

  /// The palette's index for each pixel.
  static func dithered(_ image: PixelImage) -> [UInt8] {
    var indices = [UInt8](repeating: 0, count: image.width * image.height)
    for row in 0..<image.height {
      for column in 0..<image.width {
        let threshold = thresholds[row % 4 * 4 + column % 4] * 16 + 8
        var index = 0
        for channel in 0..<3 {
          // A level is 51 wide; what is left over decides against the threshold of 256.
          let value = Int(image[row, column, channel])
          let (level, rest) = (value / 51, value % 51 * 256 / 51)
          index = index * 6 + min(5, level + (rest > threshold ? 1 : 0))
        }
        indices[row * image.width + column] = UInt8(index)
      }
    }
    return indices
  }

  /// Six rows: for each colour in them a line of run-lengths over the same place.
  private static func appendBand(
    _ indices: [UInt8], image: PixelImage, top: Int, to output: inout [UInt8]
  ) {
    let width = image.width
    var columns = [Int: [UInt8]]()  // by colour, the six bits of each column
    for row in top..<min(top + 6, image.height) {
      for column in 0..<width {
        let colour = Int(indices[row * width + column])
        columns[colour, default: .init(repeating: 0, count: width)][column] |= 1 << (row - top)
      }
    }
    for (place, colour) in columns.keys.sorted().enumerated() {
      if place > 0 { output.append(UInt8(ascii: "$")) }
      output += "#\(colour)".utf8
      appendRuns(columns[colour] ?? [], to: &output)
    }
    output.append(UInt8(ascii: "-"))
  }

  private static func appendRuns(_ bits: [UInt8], to output: inout [UInt8]) {
    var start = 0
    while start < bits.count {
      var end = start
      while end < bits.count, bits[end] == bits[start] { end += 1 }
      let character = 63 + bits[start]
      if end - start > 3 {
        output += "!\(end - start)".utf8
        output.append(character)
      } else {
        output += [UInt8](repeating: character, count: end - start)
      }
      start = end
    }
  }
}
