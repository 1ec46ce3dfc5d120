import SPAEExplorer
import SPAEGraphics
import SPAEPixels
import SPAEScreen

/// Puts the explorer's picture on the terminal: into the screen's cells, or over them as pixels.
///
/// Pixels are sent again only when they differ or when something wrote over them.
struct PictureOutput {
  let graphics: GraphicsProtocol
  private(set) var capabilities: TerminalCapabilities
  let cells: CellStyle

  /// What the terminal shows now.
  private var placed: Placed?
  private var isFine = false

  private struct Placed: Equatable {
    let box: Box
    let picture: PixelImage
  }

  private static let number: UInt32 = 5741  // this picture's, for kitty

  init(
    graphics: GraphicsProtocol, capabilities: TerminalCapabilities, environment: [String: String]
  ) {
    self.graphics = graphics
    self.capabilities = capabilities
    let colours = capabilities.colours(environment: environment)
    let blocks =
      graphics == .sixel || graphics == .kitty
      ? TerminalCapabilities.bestBlocks(environment: environment) : graphics
    let style: BlockStyle =
      switch blocks {
      case .quadrants: .quadrants
      case .halfBlocks: .halfBlocks
      default: .ascii(isLight: capabilities.isLight ?? false)
      }
    cells = CellStyle(style: style, colours: colours)
  }

  /// A character's size in pixels.
  var cell: (width: Int, height: Int) { capabilities.cellSize ?? (8, 16) }

  /// The height of a character over its width.
  var cellAspect: Double { Double(cell.height) / Double(cell.width) }

  /// Takes the size of the characters from the terminal, whose font may have changed.
  mutating func measure() { TerminalProbe.measure(&capabilities) }

  private var isPixels: Bool { graphics == .sixel || graphics == .kitty }

  /// Draws the picture into the screen where characters stand for pixels.
  func draw(_ view: PictureView?, _ pictures: Pictures, into screen: inout Screen) {
    guard let view, !isPixels, graphics != .none else { return }
    let composer = PictureComposer(pictures: pictures, view: view)
    // Two pixels across and two down in each cell.
    let size = (width: 2 * view.box.columns, height: 2 * view.box.rows)
    guard let image = composer.image(width: size.width, height: size.height) else { return }
    screen.put(image, in: view.box, style: cells)
  }

  /// The bytes that bring the terminal's pixels up to date, if any are needed.
  mutating func bytes(
    for view: PictureView?, _ pictures: Pictures, wasErased: Bool
  ) -> (bytes: [UInt8], box: Box)? {
    guard isPixels else { return nil }
    if wasErased { placed = nil }
    guard let view else { return removal() }
    let composer = PictureComposer(pictures: pictures, view: view)
    let (width, height) = (view.box.columns * cell.width, view.box.rows * cell.height)
    guard let image = composer.image(width: width, height: height) else { return nil }
    let wanted = Placed(box: view.box, picture: image)
    guard wanted != placed else { return nil }
    placed = wanted
    isFine = graphics == .kitty
    return (encoded(image, box: view.box, quality: quick), view.box)
  }

  /// For a picture that may change at once; the fixed palette needs its 216 registers.
  private var quick: SixelEncoder.Quality {
    let colours = capabilities.sixelColours ?? 256
    return colours < 216 ? .fine(colours: colours) : .fast
  }

  /// Whether a better picture is to be drawn when the keys rest.
  var isCoarse: Bool { graphics == .sixel && placed != nil && !isFine }

  /// The better picture.
  mutating func fineBytes() -> (bytes: [UInt8], box: Box)? {
    guard isCoarse, let placed else { return nil }
    isFine = true
    let colours = min(256, capabilities.sixelColours ?? 256)
    let bytes = encoded(placed.picture, box: placed.box, quality: .fine(colours: colours))
    return (bytes, placed.box)
  }

  private mutating func removal() -> (bytes: [UInt8], box: Box)? {
    guard placed != nil else { return nil }
    placed = nil
    guard graphics == .kitty else { return nil }
    let bytes = handedThrough(KittyEncoder.deletion(ofImage: Self.number))
    return (bytes, Box(row: 0, column: 0, rows: 1, columns: 1))
  }

  private func encoded(
    _ image: PixelImage, box: Box, quality: SixelEncoder.Quality
  ) -> [UInt8] {
    if graphics == .sixel {
      let bytes = SixelEncoder.bytes(of: image, quality: quality)
      return capabilities.sixel ? bytes : handedThrough(bytes)
    }
    let place = KittyEncoder.Place(columns: box.columns, rows: box.rows, image: Self.number)
    // Raw pixels cannot fail: only PNG can.
    return handedThrough((try? KittyEncoder.bytes(of: image, form: .raw, place: place)) ?? [])
  }

  /// What tmux does not know itself must be wrapped for the terminal around it.
  private func handedThrough(_ bytes: [UInt8]) -> [UInt8] {
    capabilities.isTmux ? TmuxPassthrough.wrapped(bytes) : bytes
  }
}
