package import SPAEPixels

/// A part of a picture that a terminal takes as one sixel sequence.
package struct SixelTile: Hashable, Sendable {
  /// Where it begins, in characters down and right of the picture's corner.
  package let row: Int
  package let column: Int
  /// The escape sequence that draws it at the cursor.
  package let bytes: [UInt8]
}

extension SixelEncoder {
  /// Draws a picture as one sixel sequence, or as several where it is too large for one.
  ///
  /// xterm drops a sequence whose raster attributes say more than its `maxGraphicSize`. Tiles begin at
  /// characters' corners, for that is where a cursor can be, and share one palette: no seam shows.
  /// - Parameters:
  ///   - cell: A character in pixels.
  ///   - largest: The most pixels of one sequence; nil where the terminal sets no limit.
  ///   - plain: A colour whose pixels are drawn as they are, by a register of its own.
  package static func tiles(
    of image: PixelImage, quality: Quality, cell: (width: Int, height: Int),
    largest: (width: Int, height: Int)?, plain: Colour? = nil
  ) -> [SixelTile] {
    let picture = indexed(image, quality, plain: plain)
    let columns = starts(image.width, cell: cell.width, largest: largest?.width)
    let rows = starts(image.height, cell: cell.height, largest: largest?.height)
    guard rows.count > 1 || columns.count > 1 else {
      return [SixelTile(row: 0, column: 0, bytes: bytes(of: picture))]
    }
    return rows.flatMap { row in
      columns.map { column in
        SixelTile(
          row: row.lowerBound / cell.height, column: column.lowerBound / cell.width,
          bytes: bytes(of: picture.cropped(rows: row, columns: column)))
      }
    }
  }

  /// How many tiles a picture of a size is drawn in.
  package static func tileCount(
    width: Int, height: Int, cell: (width: Int, height: Int), largest: (width: Int, height: Int)?
  ) -> Int {
    starts(width, cell: cell.width, largest: largest?.width).count
      * starts(height, cell: cell.height, largest: largest?.height).count
  }

  /// The pixels of each tile along one side: whole characters, but for the last.
  private static func starts(_ length: Int, cell: Int, largest: Int?) -> [Range<Int>] {
    guard let largest, length > largest else { return [0..<length] }
    let step = max(1, largest / cell) * cell
    return stride(from: 0, to: length, by: step).map { $0..<min(length, $0 + step) }
  }
}
