import SPAEPixels

/// What a terminal would draw: a decoder of sixels of its own.
struct SixelScreen {
  /// [row, column] of the pixels that were drawn.
  private(set) var pixels: [[Colour?]] = []
  private(set) var palette: [Int: Colour] = [:]

  /// Width and height as the raster attributes tell them.
  private(set) var size: [Int] = []

  init(_ bytes: [UInt8]) {
    var (row, column, colour) = (0, 0, 0)
    var rest = bytes[(bytes.firstIndex(of: UInt8(ascii: "q")) ?? 0)...].dropFirst()
    while let byte = rest.popFirst(), byte != 0x1B {
      switch byte {
      case UInt8(ascii: "\""): size = Array(Self.numbers(&rest).dropFirst(2))
      case UInt8(ascii: "#"):
        let numbers = Self.numbers(&rest)
        colour = numbers[0]
        if numbers.count == 5 { palette[colour] = Self.colour(percent: numbers[2...]) }
      case UInt8(ascii: "$"): column = 0
      case UInt8(ascii: "-"): (row, column) = (row + 6, 0)
      default:
        let count = byte == UInt8(ascii: "!") ? Self.numbers(&rest)[0] : 1
        let bits = Int(byte == UInt8(ascii: "!") ? rest.popFirst() ?? 63 : byte) - 63
        for column in column..<column + count { draw(bits, row, column, palette[colour]) }
        column += count
      }
    }
  }

  /// The picture, if each of its pixels was drawn and none beyond them.
  var image: PixelImage? {
    guard size.count == 2, pixels.count == size[1] else { return nil }
    let drawn = pixels.flatMap { $0.count == size[0] ? $0.compactMap(\.self) : [] }
    guard drawn.count == size[0] * size[1] else { return nil }
    return PixelImage(
      width: size[0], height: size[1], pixels: drawn.flatMap { [$0.red, $0.green, $0.blue] })
  }

  private mutating func draw(_ bits: Int, _ row: Int, _ column: Int, _ colour: Colour?) {
    for bit in 0..<6 where bits >> bit & 1 == 1 {
      while pixels.count <= row + bit { pixels.append([]) }
      while pixels[row + bit].count <= column { pixels[row + bit].append(nil) }
      pixels[row + bit][column] = colour
    }
  }

  private static func colour(percent: ArraySlice<Int>) -> Colour {
    let levels = percent.map { UInt8(($0 * 255 + 50) / 100) }
    return Colour(red: levels[0], green: levels[1], blue: levels[2])
  }

  private static func numbers(_ rest: inout ArraySlice<UInt8>) -> [Int] {
    let digits = rest.prefix { $0 == UInt8(ascii: ";") || (48...57).contains($0) }
    rest = rest.dropFirst(digits.count)
    return String(decoding: digits, as: UTF8.self).split(separator: ";").compactMap { Int($0) }
  }
}
