package import SPAEPixels

/// Draws pictures by one protocol: a `CellDriver` or a `PixelDriver`, each in a file of its own.
package protocol PictureDriver: Sendable {}

/// Draws with characters, which are part of the screen.
package protocol CellDriver: PictureDriver {
  /// The picture in a grid of cells, stretched to fill it.
  func cells(of picture: PixelImage, columns: Int, rows: Int) -> CellGrid
}

/// Draws pixels over the characters.
package protocol PixelDriver: PictureDriver {
  /// Whether a picture that stays can be drawn better than one that changes.
  var refines: Bool { get }

  /// Of how many tiles the picture on the screen may be made when parts of it change; 0 where it is
  /// always drawn whole.
  var mostTiles: Int { get }

  /// What takes the picture away; nil where characters that are drawn over it do.
  var removal: [UInt8]? { get }

  /// How large the picture is sent for a box of so many pixels, when its own shorter side is `side`.
  func size(inBox box: (width: Int, height: Int), side: Int) -> (width: Int, height: Int)

  /// How many tiles a box of cells is drawn in.
  func tileCount(columns: Int, rows: Int, cell: (width: Int, height: Int)) -> Int

  /// Draws a picture over a box of cells, in place of the last one; pixels of the colour `plain` are
  /// drawn as they are, without a dither.
  func tiles(
    of picture: PixelImage, columns: Int, rows: Int, cell: (width: Int, height: Int), isFine: Bool,
    plain: Colour?
  ) -> [PictureTile]

  /// Draws a picture that stays, so many cells wide; it fails only where PNG does.
  func still(
    _ picture: PixelImage, columns: Int, cell: (width: Int, height: Int)
  ) throws(ImageError) -> [PictureTile]
}

/// A part of a picture that a terminal takes as one sequence.
package struct PictureTile: Hashable, Sendable {
  /// Where it begins, in characters down and right of the picture's corner.
  package let row: Int
  package let column: Int
  /// The escape sequence that draws it at the cursor.
  package let bytes: [UInt8]
}

extension TerminalCapabilities {
  /// What tmux does not know itself must be wrapped for the terminal around it.
  func handedThrough(_ bytes: [UInt8]) -> [UInt8] {
    isTmux ? TmuxPassthrough.wrapped(bytes) : bytes
  }
}
