import SPAEGraphics
import SPAEPixels
import Testing

@Suite struct Sixels {
  static let sizes = [(1, 1), (1, 13), (7, 6), (40, 31), (1000, 3), (3, 700), (16, 12)]

  @Test("draw every pixel in a near colour", arguments: sizes)
  func drawEveryPixel(width: Int, height: Int) throws {
    let image = Pictures.gradient(width: width, height: height)
    let drawn = try #require(SixelScreen(SixelEncoder.bytes(of: image)).image)
    for (got, wanted) in zip(drawn.pixels, image.pixels) {
      #expect(abs(Int(got) - Int(wanted)) <= 51)
    }
  }

  @Test("are drawn by the finer mode in every size", arguments: sizes)
  func drawFinely(width: Int, height: Int) throws {
    let image = Pictures.gradient(width: width, height: height)
    let bytes = SixelEncoder.bytes(of: image, quality: .fine(colours: 256))
    #expect(try #require(SixelScreen(bytes).image).psnr(to: image) > 24)
  }

  @Test("keep a grey's mean", arguments: [SixelEncoder.Quality.fast, .fine(colours: 2)])
  func ditherToTheMean(quality: SixelEncoder.Quality) throws {
    let grey = PixelImage(width: 32, height: 30, colour: Colour(red: 75, green: 75, blue: 75))
    let drawn = try #require(SixelScreen(SixelEncoder.bytes(of: grey, quality: quality)).image)
    let mean = drawn.pixels.reduce(0) { $0 + Int($1) } / drawn.pixels.count
    #expect(abs(mean - 75) <= 3)
  }

  @Test("of few colours come back within the percent that sixels count in")
  func comeBackExactly() throws {
    let colours = [0xFF0000, 0x00FF80, 0x123456, 0xFFFFFF, 0x000000]
    let image = Pictures.drawn((0..<13).map { row in (0..<29).map { colours[(row + $0) % 5] } })
    let bytes = SixelEncoder.bytes(of: image, quality: .fine(colours: 256))
    let drawn = try #require(SixelScreen(bytes).image)
    for (got, wanted) in zip(drawn.pixels, image.pixels) {
      #expect(abs(Int(got) - Int(wanted)) <= 2)
    }
  }

  @Test("are better when there is time, and looked at from afar better still")
  func areBetterWhenFine() throws {
    let image = Pictures.gradient(width: 240, height: 240)
    let fast = try #require(SixelScreen(SixelEncoder.bytes(of: image)).image)
    let fine = try #require(
      SixelScreen(SixelEncoder.bytes(of: image, quality: .fine(colours: 256))).image)
    #expect(fine.psnr(to: image) > fast.psnr(to: image) + 6)
    let far = (image, fast, fine)
    let small = image.resampled(width: 60, height: 60)
    #expect(far.1.resampled(width: 60, height: 60).psnr(to: small) > 28)
    #expect(far.2.resampled(width: 60, height: 60).psnr(to: small) > 36)
  }

  /// Limits of a terminal, and how many tiles a picture of 100 x 70 takes in characters of 7 x 11.
  static let limits: [(limit: [Int], tiles: Int)] = [
    ([], 1), ([100, 70], 1), ([10000, 10000], 1), ([99, 70], 2), ([100, 64], 2), ([64, 64], 4),
    ([21, 22], 20), ([5, 5], 105),
  ]

  @Test(
    "keep a plain colour as it is, without a dither",
    arguments: [SixelEncoder.Quality.fast, .fine(colours: 256)])
  func plain(quality: SixelEncoder.Quality) throws {
    let colour = Colour(red: 252, green: 252, blue: 250)
    var image = Pictures.gradient(width: 24, height: 12)
    for row in 0..<12 {
      for column in 0..<8 {
        image[row, column, 0] = colour.red
        image[row, column, 1] = colour.green
        image[row, column, 2] = colour.blue
      }
    }
    let tiles = SixelEncoder.tiles(
      of: image, quality: quality, cell: (8, 12), largest: nil, plain: colour)
    let tile = try #require(tiles.first)
    let drawn = try #require(SixelScreen(tile.bytes).image)
    let shown = Set((0..<96).map { drawn.colour($0 / 8, $0 % 8) })
    #expect(shown.count == 1)
  }

  @Test("too large for a terminal are drawn in tiles without a seam", arguments: limits)
  func drawTiles(limit: [Int], tiles: Int) throws {
    let image = Pictures.gradient(width: 100, height: 70)
    let cell = (width: 7, height: 11)
    let largest = limit.isEmpty ? nil : (width: limit[0], height: limit[1])
    let whole = try #require(
      SixelScreen(SixelEncoder.bytes(of: image, quality: .fine(colours: 64))).image)
    let drawn = SixelEncoder.tiles(
      of: image, quality: .fine(colours: 64), cell: cell, largest: largest)
    #expect(drawn.count == tiles)
    #expect(
      SixelEncoder.tileCount(width: 100, height: 70, cell: cell, largest: largest) == tiles)
    var seen = Set<[Int]>()
    for tile in drawn {
      let part = try #require(SixelScreen(tile.bytes).image)
      #expect(part.width <= max(7, limit.first ?? 100) && part.height <= max(11, limit.last ?? 70))
      for row in 0..<part.height {
        for column in 0..<part.width {
          let place = [tile.row * 11 + row, tile.column * 7 + column]
          #expect(seen.insert(place).inserted)
          #expect(part.colour(row, column) == whole.colour(place[0], place[1]))
        }
      }
    }
    #expect(seen.count == 100 * 70)
  }

  @Test("use no more registers than there are", arguments: [0, 1, 2, 16, 255, 256, 1024])
  func useFewRegisters(colours: Int) {
    let image = Pictures.gradient(width: 50, height: 50)
    let screen = SixelScreen(SixelEncoder.bytes(of: image, quality: .fine(colours: colours)))
    #expect(screen.palette.count <= min(256, max(2, colours)))
    #expect(screen.image != nil)
  }

  @Test("end without a new line, which would scroll a terminal at its last row")
  func endWithoutNewLine() {
    let bytes = SixelEncoder.bytes(of: Pictures.gradient(width: 8, height: 12))
    #expect(bytes.suffix(2) == [0x1B, UInt8(ascii: "\\")])
    #expect(bytes.dropLast(2).last != UInt8(ascii: "-"))
    #expect(bytes.count { $0 == UInt8(ascii: "-") } == 1)
  }
}

extension PixelImage {
  fileprivate func colour(_ row: Int, _ column: Int) -> ArraySlice<UInt8> {
    pixels[3 * (row * width + column)..<3 * (row * width + column) + 3]
  }
}
