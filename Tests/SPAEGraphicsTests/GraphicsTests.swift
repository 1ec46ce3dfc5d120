import Foundation
import SPAEGraphics
import SPAEPixels
import Testing

/// A picture of gradients.
private func gradient(width: Int, height: Int) -> PixelImage {
  var image = PixelImage(width: width, height: height, colour: .white)
  for row in 0..<height {
    for column in 0..<width {
      image[row, column, 0] = UInt8(column * 255 / max(1, width - 1))
      image[row, column, 1] = UInt8(row * 255 / max(1, height - 1))
      image[row, column, 2] = UInt8((row + column) % 256)
    }
  }
  return image
}

/// A sixel decoder of its own: what a terminal would draw.
private struct SixelScreen {
  private(set) var pixels: [Int: [Int]] = [:]  // by row x 4096 + column
  private var palette: [Int: [Int]] = [:]

  init(_ bytes: [UInt8]) {
    var (row, column, colour) = (0, 0, 0)
    var rest = bytes[(bytes.firstIndex(of: UInt8(ascii: "q")) ?? 0)...].dropFirst()
    while let byte = rest.popFirst(), byte != 0x1B {
      switch byte {
      case UInt8(ascii: "\""): _ = Self.numbers(&rest)
      case UInt8(ascii: "#"):
        let numbers = Self.numbers(&rest)
        colour = numbers[0]
        if numbers.count == 5 { palette[colour] = numbers[2...].map { $0 * 255 / 100 } }
      case UInt8(ascii: "$"): column = 0
      case UInt8(ascii: "-"): (row, column) = (row + 6, 0)
      default:
        let count = byte == UInt8(ascii: "!") ? Self.numbers(&rest)[0] : 1
        let bits = Int(byte == UInt8(ascii: "!") ? rest.popFirst() ?? 63 : byte) - 63
        for _ in 0..<count {
          for bit in 0..<6 where bits >> bit & 1 == 1 {
            pixels[(row + bit) * 4096 + column] = palette[colour]
          }
          column += 1
        }
      }
    }
  }

  private static func numbers(_ rest: inout ArraySlice<UInt8>) -> [Int] {
    let digits = rest.prefix { $0 == UInt8(ascii: ";") || (48...57).contains($0) }
    rest = rest.dropFirst(digits.count)
    return String(decoding: digits, as: UTF8.self).split(separator: ";").compactMap { Int($0) }
  }
}

@Suite struct Sixels {
  @Test(arguments: [(1, 1), (1, 13), (7, 6), (40, 31), (1000, 3)])
  func drawEveryPixelInANearColour(width: Int, height: Int) {
    let image = gradient(width: width, height: height)
    let screen = SixelScreen(SixelEncoder.bytes(of: image))
    #expect(screen.pixels.count == width * height)
    for row in 0..<height {
      for column in 0..<width {
        let drawn = screen.pixels[row * 4096 + column] ?? [-999, 0, 0]
        for channel in 0..<3 {
          #expect(abs(drawn[channel] - Int(image[row, column, channel])) <= 51)
        }
      }
    }
  }

  @Test func ditherToTheMean() {
    let grey = PixelImage(width: 32, height: 30, colour: Colour(red: 75, green: 75, blue: 75))
    let screen = SixelScreen(SixelEncoder.bytes(of: grey))
    let mean = screen.pixels.values.reduce(0) { $0 + $1[0] } / screen.pixels.count
    #expect(abs(mean - 75) <= 3)
  }
}

@Suite struct KittyGraphics {
  @Test func carryThePictureInChunks() throws {
    var image = gradient(width: 90, height: 70)
    // Noise, so that the PNG is longer than one chunk.
    for index in image.pixels.indices { image.pixels[index] &+= UInt8(index &* index % 251) }
    let text = String(decoding: try KittyEncoder.bytes(of: image), as: UTF8.self)
    let chunks = text.components(separatedBy: "\u{1B}\\").filter { !$0.isEmpty }
    #expect(chunks.count > 1)
    #expect(chunks.dropLast().allSatisfy { $0.contains("m=1;") })
    #expect(chunks.last?.contains("m=0;") == true)
    let payload = chunks.map { $0.components(separatedBy: ";")[1] }.joined()
    #expect(chunks.allSatisfy { $0.components(separatedBy: ";")[1].count <= 4096 })
    let png = try #require(Data(base64Encoded: payload))
    #expect(try ImageFile(contents: [UInt8](png)).image == image)
  }
}

@Suite struct Characters {
  @Test func ofASCIIShowLight() {
    var image = PixelImage(width: 8, height: 8, colour: Colour(red: 0, green: 0, blue: 0))
    for row in 0..<4 { for column in 0..<8 { image.pixels[(row * 8 + column) * 3 + 1] = 255 } }
    for row in 0..<4 {
      for column in 0..<8 {
        image[row, column, 0] = 255
        image[row, column, 2] = 255
      }
    }
    #expect(BlockRenderer.ascii(of: image, columns: 8).first == "@@@@@@@@")
    #expect(BlockRenderer.ascii(of: image, columns: 8).last == "        ")
  }

  @Test func ofHalfBlocksHoldTwoColours() {
    var image = PixelImage(width: 1, height: 2, colour: Colour(red: 1, green: 2, blue: 3))
    image[1, 0, 0] = 200
    let lines = BlockRenderer.halfBlocks(of: image, columns: 1, colours: .trueColour)
    #expect(lines == ["\u{1B}[38;2;1;2;3;48;2;200;2;3m\u{2580}\u{1B}[0m"])
  }

  @Test func inThePaletteOf256() {
    let image = PixelImage(width: 1, height: 2, colour: Colour(red: 255, green: 0, blue: 95))
    let lines = BlockRenderer.halfBlocks(of: image, columns: 1, colours: .palette256)
    #expect(lines == ["\u{1B}[38;5;197;48;5;197m\u{2580}\u{1B}[0m"])
  }
}

@Suite struct WhatATerminalAnswers {
  static let utf8 = ["LANG": "C.UTF-8"]

  @Test(arguments: [
    ("\u{1B}[?62;4;6c", GraphicsProtocol.sixel),
    ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4c", .kitty),
    ("\u{1B}[?62;22c", .blocks),
    ("", .blocks),
    ("\u{1B}[?\u{1B}[6;;t\u{1B}[6;999999999999999999999;1tc", .blocks),
  ])
  func choosesTheProtocol(answers: String, expected: GraphicsProtocol) {
    let capabilities = TerminalCapabilities(answers: Array(answers.utf8))
    #expect(capabilities.best(environment: Self.utf8) == expected)
  }

  @Test func tellsTheCellsSize() {
    let capabilities = TerminalCapabilities(answers: Array("\u{1B}[6;20;10t\u{1B}[?1c".utf8))
    #expect(capabilities.cellSize?.width == 10 && capabilities.cellSize?.height == 20)
  }

  @Test func isCompleteWithTheFence() {
    #expect(!TerminalCapabilities.isComplete(Array("\u{1B}_Gi=31;OK\u{1B}\\".utf8)))
    #expect(TerminalCapabilities.isComplete(Array("\u{1B}[?62;4c".utf8)))
  }

  @Test(arguments: [
    (["TERM": "xterm", "COLORTERM": "truecolor"], ColourDepth.trueColour),
    (["TERM": "xterm-256color"], .palette256), (["TERM": "dumb"], .none), ([:], .none),
    (["TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"], .none),
  ])
  func coloursFollowTheEnvironment(environment: [String: String], expected: ColourDepth) {
    #expect(TerminalCapabilities.colours(environment: environment) == expected)
  }

  @Test func withoutUnicodeThereIsASCII() {
    #expect(TerminalCapabilities().best(environment: ["LANG": "C"]) == .ascii)
  }
}
