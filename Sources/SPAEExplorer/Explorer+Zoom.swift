import SPAEPyramid

// The part of the picture that is shown, and how much of the screen it has.
extension Explorer {
  private static let greatestFactor = 8

  /// Whether the picture has the whole screen: lists are to stand beside it.
  var fillsScreen: Bool {
    guard isFullScreen else { return false }
    switch mode {
    case .browsing, .block, .typing, .filling, .leaving: return true
    case .picking, .help, .history, .reading: return false
    }
  }

  /// Whether a narrow screen shows the picture.
  var showsPictureAlone: Bool { focus == .picture || fillsScreen }

  /// Makes the part half as large, or twice, so many times: around the cursor's cell.
  mutating func zoom(by steps: Int) -> [Effect] {
    let now = crop?.factor ?? 1
    let wanted = steps > 0 ? now << min(steps, 8) : now >> min(-steps, 8)
    let factor = min(max(1, wanted), Self.greatestFactor)
    if factor == now {
      say(
        steps > 0
          ? "the picture is shown at most \(factor) times as large" : "this is the whole picture")
    }
    let (row, column) = middle
    crop =
      factor == 1
      ? nil
      : PictureCrop(
        factor: factor, rows: side(document.height, factor).centred(at: row),
        columns: side(document.width, factor).centred(at: column))
    return []
  }

  private func side(_ whole: Int, _ factor: Int) -> PictureCrop.Side {
    PictureCrop.Side(start: 0, length: max(1, whole / factor), whole: whole)
  }

  /// Moves the part by quarters of it.
  mutating func pan(rows: Int, columns: Int) -> [Effect] {
    guard let before = crop else {
      say("this is the whole picture; + zooms in")
      return []
    }
    func moved(_ side: PictureCrop.Side, _ step: Int) -> PictureCrop.Side {
      PictureCrop.Side(
        start: side.start + step * max(1, side.length / 4), length: side.length,
        whole: side.whole)
    }
    crop?.rows = moved(before.rows, rows)
    crop?.columns = moved(before.columns, columns)
    if crop == before { say("the picture ends here") }
    return []
  }

  /// The pixel in the middle of the cursor's cell.
  private var middle: (row: Int, column: Int) {
    let size = shape.size(ofLayer: cursor.layer)
    return (
      (2 * cursor.row + 1) * document.height / (2 * size.rows),
      (2 * cursor.column + 1) * document.width / (2 * size.columns)
    )
  }

  /// Moves the part to the cursor's cell, where that is outside.
  mutating func keepCursorInSight() {
    let (row, column) = middle
    guard let crop, !crop.rows.contains(row) || !crop.columns.contains(column) else { return }
    self.crop?.rows = crop.rows.centred(at: row)
    self.crop?.columns = crop.columns.centred(at: column)
  }
}
