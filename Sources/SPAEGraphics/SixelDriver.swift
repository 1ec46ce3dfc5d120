package import SPAEPixels

/// Draws sixels, a pixel for a pixel, in tiles where the picture is too large for one.
package struct SixelDriver: PixelDriver {
  private let capabilities: TerminalCapabilities

  package init(_ capabilities: TerminalCapabilities) { self.capabilities = capabilities }

  package var refines: Bool { true }
  // Terminals keep a few pictures at once; xterm forgets the first when there is a seventeenth.
  package var mostTiles: Int { 12 }
  package var removal: [UInt8]? { nil }

  package func size(
    inBox box: (width: Int, height: Int), side: Int
  ) -> (width: Int, height: Int) { box }

  package func tileCount(columns: Int, rows: Int, cell: (width: Int, height: Int)) -> Int {
    SixelEncoder.tileCount(
      width: columns * cell.width, height: rows * cell.height, cell: cell,
      largest: capabilities.largestSixel)
  }

  package func tiles(
    of picture: PixelImage, columns: Int, rows: Int, cell: (width: Int, height: Int), isFine: Bool,
    plain: Colour? = nil
  ) -> [PictureTile] {
    tiles(of: picture, cell, isFine ? fine : quick, plain: plain)
  }

  package func still(
    _ picture: PixelImage, columns: Int, cell: (width: Int, height: Int)
  ) throws(ImageError) -> [PictureTile] {
    let width = columns * cell.width
    let height = max(1, width * picture.height / picture.width)
    return tiles(of: picture.resampled(width: width, height: height), cell, fine)
  }

  private var registers: Int { min(256, capabilities.sixelColours ?? 256) }

  private var fine: SixelEncoder.Quality { .fine(colours: registers) }

  /// For a picture that may change at once; the fixed palette needs its 216 registers.
  private var quick: SixelEncoder.Quality { registers < 216 ? fine : .fast }

  private func tiles(
    of picture: PixelImage, _ cell: (width: Int, height: Int), _ quality: SixelEncoder.Quality,
    plain: Colour? = nil
  ) -> [PictureTile] {
    SixelEncoder.tiles(
      of: picture, quality: quality, cell: cell, largest: capabilities.largestSixel,
      plain: registers > OrderedDither.colours ? plain : nil
    ).map { tile in
      PictureTile(
        row: tile.row, column: tile.column,
        bytes: capabilities.sixel ? tile.bytes : capabilities.handedThrough(tile.bytes))
    }
  }
}
