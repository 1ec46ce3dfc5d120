import SPAEPyramid
import SPAEScreen

/// Where things are on the screen: it follows from the size, the focus, and the room that the words
/// of the upper layers and of the one in hand want.
///
/// Wide screens show pyramid, word and picture at once; narrow ones the picture instead of the
/// words while it has the focus.
struct Layout {
  static let leastRows = 12
  static let leastColumns = 40
  private static let leastWords = 34
  private static let leastFigures = 34
  private static let wide = 64
  /// What words leave to a picture that could use more: columns, and of all columns eighths.
  private static let leastPicture = (columns: 32, eighths: 3)

  let screen: Box
  let pyramid: Box
  let word: Box
  /// The frame of the picture; empty where it is not shown.
  let picture: Box
  /// The row of a film's time; empty where no film is open.
  let timeLine: Box
  let isTooSmall: Bool
  /// Whether words or the picture are shown, and not both.
  let isNarrow: Bool

  init(_ state: Explorer) {
    self.init(
      rows: state.size.rows, columns: state.size.columns, aspect: state.cellAspect,
      grid: state.shape.grid, showsPicture: state.showsPictureAlone,
      hidesWords: state.fillsScreen, hasTimeLine: state.film != nil
    ) { base, most, height in
      PyramidArrangement.width(of: state, base: base, most: most, height: height)
    }
  }

  /// The columns that words want, given those that the picture leaves anyway, those that they may
  /// get at most, and the lines there are; all of them within the frame.
  typealias WordsWidth = (_ base: Int, _ most: Int, _ height: Int) -> Int

  /// `aspect` is the height of a character over its width; the picture has the shape of its grid.
  init(
    rows: Int, columns: Int, aspect: Double, grid: GridSize, showsPicture: Bool,
    hidesWords: Bool = false, hasTimeLine: Bool = false, wordsWidth: WordsWidth
  ) {
    screen = Box(row: 0, column: 0, rows: rows, columns: columns)
    isTooSmall = rows < Self.leastRows || columns < Self.leastColumns
    let below = hasTimeLine ? 2 : 1
    timeLine = Box(
      row: rows - below, column: 0, rows: below - 1, columns: hasTimeLine ? columns : 0)
    let height = max(0, rows - 1 - below)  // between the title and the foot
    let wordHeight = rows >= 36 ? 8 : rows >= 20 ? 6 : 4
    isNarrow = columns < Self.wide
    let isWide = !isNarrow && !hidesWords
    self.aspect = aspect * Double(grid.columns) / Double(grid.rows)
    let wanted = Int((Double(height - 3) * self.aspect).rounded()) + 2
    // The figures below a slender picture need room too.
    let least = min(Self.leastFigures, Int((Double(height - 3) * aspect).rounded()) + 2)
    let base = columns - min(max(wanted, least), columns - Self.leastWords)
    let left =
      isWide ? Self.left(base, columns, height - wordHeight - 2, wordsWidth) : columns
    let pictureWidth = isWide ? columns - left : columns
    let hidden = Box(row: 0, column: 0, rows: 0, columns: 0)
    let shown = isWide || showsPicture
    picture =
      shown ? Box(row: 1, column: isWide ? left : 0, rows: height, columns: pictureWidth) : hidden
    let hidesWords = shown && !isWide
    pyramid =
      hidesWords ? hidden : Box(row: 1, column: 0, rows: height - wordHeight, columns: left)
    word =
      hidesWords
      ? hidden : Box(row: 1 + height - wordHeight, column: 0, rows: wordHeight, columns: left)
  }

  /// The columns of the words: more than the picture leaves where they need them.
  private static func left(
    _ base: Int, _ columns: Int, _ height: Int, _ wordsWidth: WordsWidth
  ) -> Int {
    let picture = max(leastPicture.columns, columns * leastPicture.eighths / 8)
    let most = max(base, columns - picture)
    let wanted = wordsWidth(base - 2, most - 2, height) + 2
    // In steps, so that not each letter of an edit gives the picture another size.
    return max(base, min(most, (wanted + 1) / 2 * 2))
  }

  /// The columns over the rows of characters that the picture covers.
  private let aspect: Double

  /// The room for pictures: the frame without the line of figures.
  var canvas: Box {
    var box = picture.inside
    box.rows -= 1
    return box
  }

  /// The cells that the picture covers, in the middle of its room.
  var image: Box {
    let room = canvas
    guard !room.isEmpty else { return room }
    let rows = max(1, min(room.rows, Int((Double(room.columns) / aspect).rounded(.down))))
    let columns = max(1, min(room.columns, Int((Double(rows) * aspect).rounded())))
    return Box(
      row: room.row + (room.rows - rows) / 2, column: room.column + (room.columns - columns) / 2,
      rows: rows, columns: columns)
  }

  /// The foot of the screen, one line.
  var foot: Box {
    Box(row: screen.rows - 1, column: 0, rows: 1, columns: screen.columns)
  }

  /// Where a list pops up: over the words, so that the picture stays in sight.
  var popup: Box {
    guard !pyramid.isEmpty else {
      return Box(row: 1, column: 0, rows: screen.rows - 2 - timeLine.rows, columns: screen.columns)
    }
    return Box(
      row: pyramid.row, column: 0, rows: pyramid.rows + word.rows, columns: pyramid.columns)
  }

  /// Where the list of words stands: below the layer in hand, or at least below the cursor.
  func picker(of state: Explorer) -> Box {
    guard !pyramid.isEmpty else { return popup }
    let whole = popup
    let lines = PyramidPane(state, box: pyramid).linesInHand
    let least = min(whole.rows - 2, screen.rows < 20 ? 5 : 8)
    let top = max(
      min(lines.end, whole.row + whole.rows - least), min(lines.cursor, pyramid.row + 1) + 1)
    return Box(
      row: top, column: whole.column, rows: whole.row + whole.rows - top, columns: whole.columns)
  }

  /// The cell of a layer whose pixels are at a place of the screen.
  func cell(inPictureAt mouse: Key.Mouse, of state: Explorer) -> CellAddress? {
    let box = image
    guard box.contains(row: mouse.row, column: mouse.column) else { return nil }
    let size = state.shape.size(ofLayer: state.cursor.layer)
    return CellAddress(
      layer: state.cursor.layer,
      row: PictureCrop.part(
        at: mouse.row - box.row, count: size.rows, shown: box.rows, state.crop?.rows),
      column: PictureCrop.part(
        at: mouse.column - box.column, count: size.columns, shown: box.columns,
        state.crop?.columns))
  }
}
