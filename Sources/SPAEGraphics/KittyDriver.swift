package import SPAEPixels

/// Draws by the kitty graphics protocol: the terminal enlarges the picture itself.
package struct KittyDriver: PixelDriver {
  private let capabilities: TerminalCapabilities

  private let number: UInt32

  /// That of the one picture that a screen has.
  package static let standardNumber: UInt32 = 5741
  /// The least side that is sent, of the longer ones that the terminal is left to enlarge.
  private static let leastSide = 192

  /// `number` is the picture's: another one with it takes its place.
  package init(_ capabilities: TerminalCapabilities, number: UInt32 = Self.standardNumber) {
    (self.capabilities, self.number) = (capabilities, number)
  }

  package var refines: Bool { false }
  package var mostTiles: Int { 0 }

  package var removal: [UInt8]? {
    capabilities.handedThrough(KittyEncoder.deletion(ofImage: number))
  }

  package func size(
    inBox box: (width: Int, height: Int), side: Int
  ) -> (width: Int, height: Int) {
    let most = max(Self.leastSide, side)
    guard min(box.width, box.height) > most else { return box }
    let scale = Double(most) / Double(min(box.width, box.height))
    return (Int(Double(box.width) * scale), Int(Double(box.height) * scale))
  }

  package func tileCount(columns: Int, rows: Int, cell: (width: Int, height: Int)) -> Int { 1 }

  package func tiles(
    of picture: PixelImage, columns: Int, rows: Int, cell: (width: Int, height: Int), isFine: Bool,
    plain: Colour? = nil
  ) -> [PictureTile] {
    let place = KittyEncoder.Place(columns: columns, rows: rows, image: number)
    // Raw pixels cannot fail: only PNG can.
    return [whole((try? KittyEncoder.bytes(of: picture, form: .raw, place: place)) ?? [])]
  }

  package func still(
    _ picture: PixelImage, columns: Int, cell: (width: Int, height: Int)
  ) throws(ImageError) -> [PictureTile] {
    let place = KittyEncoder.Place(columns: columns)
    return [whole(try KittyEncoder.bytes(of: picture, form: .png, place: place))]
  }

  private func whole(_ bytes: [UInt8]) -> PictureTile {
    PictureTile(row: 0, column: 0, bytes: capabilities.handedThrough(bytes))
  }
}
