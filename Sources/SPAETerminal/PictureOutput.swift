import Glibc
package import SPAEExplorer
package import SPAEGraphics
import SPAEPixels
package import SPAEScreen

/// Puts the explorer's picture on the terminal: into the screen's cells, or over them as pixels.
///
/// Pixels are sent again only when they differ or when something wrote over them.
package struct PictureOutput {
  package let graphics: GraphicsProtocol
  package private(set) var capabilities: TerminalCapabilities
  package let colours: ColourDepth
  /// Who draws with characters, where pixels are drawn too: small pictures in lists.
  package let cells: any CellDriver
  private let driver: (any PictureDriver)?

  /// What the terminal shows now.
  private var placed: Placed?
  /// What that was made from: without another, nothing has to be drawn.
  private var source: Source?
  private var enlargement = Enlargement()
  private var isFine = false
  /// Another number for each picture that was placed.
  private var generation = 0
  /// Tiles of which the picture on the screen is made, and those of parts drawn over it.
  private var tiles = 0

  private struct Placed {
    let box: Box
    let picture: PixelImage
  }

  private struct Source: Equatable {
    let view: PictureView
    let version: Int
    let width: Int
    let height: Int

    /// The words are not drawn, the picture of them is: it comes later, with another version.
    init(_ view: PictureView, _ version: Int, width: Int, height: Int, words: DecodeRequest) {
      var view = view
      view.request = words
      self.view = view
      (self.version, self.width, self.height) = (version, width, height)
    }
  }

  package init(
    graphics: GraphicsProtocol, capabilities: TerminalCapabilities, environment: [String: String]
  ) {
    self.graphics = graphics
    self.capabilities = capabilities
    colours = capabilities.colours(environment: environment)
    cells = graphics.cellDriver(on: capabilities, environment: environment)
    driver = graphics.driver(on: capabilities, environment: environment)
  }

  private var cell: (width: Int, height: Int) { capabilities.cell }

  /// The pixels that are drawn in a character's place.
  package var pixelsOfCell: (width: Int, height: Int) { pixels == nil ? (2, 2) : cell }

  /// The height of a character over its width.
  package var cellAspect: Double { Double(cell.height) / Double(cell.width) }

  /// Takes the size of the characters from the terminal, whose font may have changed.
  package mutating func measure(by terminal: some TerminalBackend) {
    terminal.measure(&capabilities)
  }

  private var pixels: (any PixelDriver)? { driver as? any PixelDriver }

  /// Draws the picture into the screen where characters stand for pixels.
  package func draw(_ view: PictureView?, _ pictures: Pictures, into screen: inout Screen) {
    guard let view, let cells = driver as? any CellDriver else { return }
    let pictures = pictures.cropped(to: view.crop)
    // Two pixels across and two down in each cell.
    let composer = PictureComposer(pictures: pictures, view: view, pixelAspect: cellAspect)
    let size = (width: 2 * view.box.columns, height: 2 * view.box.rows)
    let image = composer.image(width: size.width, height: size.height) {
      $0.resampled(width: size.width, height: size.height)
    }
    guard let image else { return }
    screen.put(image, in: view.box, by: cells)
  }

  /// The bytes that bring the terminal's pixels up to date, if any are needed.
  package mutating func bytes(
    for view: PictureView?, _ pictures: Pictures, wasErased: Bool
  ) -> (bytes: [UInt8], box: Box)? {
    guard let pixels else { return nil }
    if wasErased { (placed, source) = (nil, nil) }
    guard let view else { return removal(by: pixels) }
    let pictures = pictures.cropped(to: view.crop)
    let box = (width: view.box.columns * cell.width, height: view.box.rows * cell.height)
    let (width, height) = pixels.size(
      inBox: box, side: pictures.decoded.map { min($0.width, $0.height) } ?? 0)
    let source = Source(
      view, pictures.version, width: width, height: height,
      words: self.source?.view.request ?? view.request)
    guard source != self.source || placed == nil else { return nil }
    let composer = PictureComposer(pictures: pictures, view: view)
    let image = composer.image(width: width, height: height) {
      enlargement.enlarge($0, width: width, height: height)
    }
    guard let image else { return nil }
    self.source = source
    return change(to: Placed(box: view.box, picture: image), by: pixels)
  }

  /// Whether this differs from what is shown in nothing but its pixels, if that much: characters
  /// that are drawn afterwards stay clear of it.
  package func isInPlace(_ view: PictureView) -> Bool {
    guard let shown = source?.view, let placed, pixels != nil else { return false }
    return placed.box == view.box && shown.content == view.content && shown.crop == view.crop
      && shown.blinkPhase == view.blinkPhase && shown.inset == view.inset
  }

  /// Draws the picture, or only the characters' cells in which sixels differ from the last one.
  private mutating func change(
    to wanted: Placed, by pixels: any PixelDriver
  ) -> (bytes: [UInt8], box: Box)? {
    let before = placed
    let whole = Box(row: 0, column: 0, rows: wanted.box.rows, columns: wanted.box.columns)
    var part = whole
    if let before, before.box == wanted.box {
      guard let found = before.picture.cells(differingFrom: wanted.picture, cell: cell) else {
        return nil
      }
      if tiles + count(found, by: pixels) <= pixels.mostTiles { part = found }
    }
    tiles = count(part, by: pixels) + (part == whole ? 0 : tiles)
    placed = wanted
    isFine = !pixels.refines
    generation += 1
    guard part != whole else {
      return (drawn(wanted.picture, in: wanted.box, by: pixels), wanted.box)
    }
    let crop = wanted.picture.cropped(
      left: part.column * cell.width, top: part.row * cell.height,
      width: part.columns * cell.width, height: part.rows * cell.height)
    let place = Box(
      row: wanted.box.row + part.row, column: wanted.box.column + part.column, rows: part.rows,
      columns: part.columns)
    return (drawn(crop, in: place, by: pixels), place)
  }

  private func count(_ box: Box, by pixels: any PixelDriver) -> Int {
    pixels.tileCount(columns: box.columns, rows: box.rows, cell: cell)
  }

  /// The tiles of a picture, each behind the place that it begins at.
  private func drawn(
    _ picture: PixelImage, in box: Box, by pixels: any PixelDriver, isFine: Bool = false
  ) -> [UInt8] {
    let tiles = pixels.tiles(
      of: picture, columns: box.columns, rows: box.rows, cell: cell, isFine: isFine, plain: nil)
    return tiles.flatMap { tile in
      Array("\u{1B}[\(box.row + tile.row + 1);\(box.column + tile.column + 1)H".utf8) + tile.bytes
    }
  }

  /// Whether a better picture is to be drawn when the keys rest.
  private var isCoarse: Bool { placed != nil && !isFine }

  /// Whether the screen's picture has so many parts that the next ones would need it whole: nobody
  /// has to wait for that if it is sent in between.
  package var isCrowded: Bool {
    guard let pixels, let placed, isCoarse else { return false }
    return tiles > max(count(placed.box, by: pixels), pixels.mostTiles * 2 / 3)
  }

  /// A better picture, drawn elsewhere, for `take` to accept when it is done.
  package struct Refinement: Sendable {
    fileprivate let generation: Int
    fileprivate let output: PictureOutput

    /// Draws it, which takes longer than a frame.
    package func bytes() -> [UInt8] {
      guard let placed = output.placed, let pixels = output.pixels else { return [] }
      return output.drawn(placed.picture, in: placed.box, by: pixels, isFine: true)
    }
  }

  /// What is to be drawn better, if anything is.
  package var refinement: Refinement? {
    isCoarse ? Refinement(generation: generation, output: self) : nil
  }

  /// Where the better picture belongs; nil when another one has come in the meantime.
  package mutating func take(_ refinement: Refinement) -> Box? {
    guard isCoarse, refinement.generation == generation, let placed else { return nil }
    isFine = true
    tiles = pixels.map { count(placed.box, by: $0) } ?? 0
    return placed.box
  }

  private mutating func removal(by pixels: any PixelDriver) -> (bytes: [UInt8], box: Box)? {
    guard placed != nil else { return nil }
    (placed, source) = (nil, nil)
    return pixels.removal.map { ($0, Box(row: 0, column: 0, rows: 1, columns: 1)) }
  }
}

/// The last enlarged picture: of the next one only what differs has to be enlarged.
private struct Enlargement {
  private var last: (small: PixelImage, large: PixelImage)?

  mutating func enlarge(_ small: PixelImage, width: Int, height: Int) -> PixelImage {
    let large = patched(small, width: width, height: height)
    last = (small, large ?? small.resampled(width: width, height: height))
    return last?.large ?? small
  }

  /// The last large picture with what has changed; nil when there is none of this size.
  private func patched(_ small: PixelImage, width: Int, height: Int) -> PixelImage? {
    guard let last, last.small.width == small.width, last.small.height == small.height,
      last.large.width == width, last.large.height == height
    else { return nil }
    guard let changed = last.small.cells(differingFrom: small, cell: (1, 1)) else {
      return last.large
    }
    let rows = Self.reach(changed.row, changed.rows, from: small.height, to: height)
    let columns = Self.reach(changed.column, changed.columns, from: small.width, to: width)
    var large = last.large
    large.put(
      small.resampled(width: width, height: height, rows: rows, columns: columns),
      row: rows.lowerBound, column: columns.lowerBound)
    return large
  }

  /// Which large pixels see any of the small ones: the kernel is two wide, or wider where it shrinks.
  private static func reach(_ first: Int, _ count: Int, from small: Int, to large: Int) -> Range<
    Int
  > {
    let margin = 3 + 2 * small / large
    let start = max(0, (first - margin) * large / small)
    let end = min(large, (first + count + margin) * large / small + 1)
    return start..<end
  }
}

extension PixelImage {
  /// The least rectangle of cells that holds every pixel in which two pictures of one size differ;
  /// nil when they are equal.
  fileprivate func cells(differingFrom other: PixelImage, cell: (width: Int, height: Int)) -> Box? {
    guard width == other.width, height == other.height else {
      return Box(
        row: 0, column: 0, rows: other.height / cell.height, columns: other.width / cell.width)
    }
    let differing = (0..<height).filter { !isEqual(to: other, row: $0, from: 0, to: width) }
    guard let first = differing.first, let last = differing.last else { return nil }
    let columns = (0..<(width + cell.width - 1) / cell.width).filter { column in
      let end = min(width, (column + 1) * cell.width)
      return differing.contains {
        !isEqual(to: other, row: $0, from: column * cell.width, to: end)
      }
    }
    let (top, left) = (first / cell.height, columns[0])
    return Box(
      row: top, column: left, rows: last / cell.height - top + 1,
      columns: columns[columns.count - 1] - left + 1)
  }

  private func isEqual(to other: PixelImage, row: Int, from: Int, to: Int) -> Bool {
    let range = 3 * (row * width + from)..<3 * (row * width + to)
    return unsafe pixels.withUnsafeBytes { mine in
      unsafe other.pixels.withUnsafeBytes { others in
        guard let mine = mine.baseAddress, let others = others.baseAddress else {
          return true
        }
        return unsafe memcmp(mine + range.lowerBound, others + range.lowerBound, range.count) == 0
      }
    }
  }
}
