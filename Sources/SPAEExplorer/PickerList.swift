import SPAEPyramid
import SPAEScreen

/// The list of words to choose from, each with a small picture where there is one.
struct PickerList {
  let picker: WordPicker
  let state: Explorer
  let box: Box

  /// The cells of a small picture: of pixels, or of characters.
  private static let (pixels, characters) = ((rows: 3, columns: 6), (rows: 2, columns: 4))

  func draw(on screen: inout Screen) {
    let inside = Popups.open(box, title: title, on: &screen)
    Popups.draw(picker.line, sign: "> ", in: inside, on: &screen)
    for (offset, candidate) in candidates.enumerated() {
      draw(candidate, at: offset, on: &screen)
    }
    guard picker.candidates.isEmpty else { return }
    let text = picker.note ?? "looking for words ..."
    let lines = Reading(title: "", text: text).lines(width: list.columns - 2)
    for (offset, line) in lines.prefix(list.rows).enumerated() {
      screen.put(
        line, row: list.row + offset, column: list.column + 1, width: list.columns - 2,
        style: Style(.popup))
    }
  }

  /// The small pictures that are drawn in pixels, each as a row of its own.
  var strips: [GalleryView.Strip] {
    guard isInPixels else { return [] }
    return candidates.enumerated().compactMap { offset, candidate in
      candidate.picture.map { number in
        let box = thumbnailBox(offset)
        return GalleryView.Strip(
          box: box, tiles: [GalleryView.Tile(picture: number, box: box, isSelected: false)])
      }
    }
  }

  private var title: String {
    let count = picker.cells.count
    let what = count == 1 ? state.vocabulary[state.pyramid[picker.cells[0]]] : "\(count) words"
    let paints = state.edits == .paint && state.shape.paints(picker.cells[0].layer)
    let verb = picker.method == .library ? "Bring into" : paints ? "Paint" : "Change"
    return "\(verb) \(what), \(picker.method.name)"
  }

  private var list: Box {
    let inside = box.inside
    return Box(
      row: inside.row + 1, column: inside.column, rows: inside.rows - 1, columns: inside.columns)
  }

  private var isInPixels: Bool {
    GraphicsChoice(rawValue: state.graphics)?.drawsPixels == true
      && picker.candidates.contains { $0.picture != nil }
  }

  private var hasThumbnails: Bool { picker.candidates.contains { $0.thumbnail != nil } }

  private var thumbnail: (rows: Int, columns: Int) {
    isInPixels ? Self.pixels : hasThumbnails ? Self.characters : (1, 0)
  }

  private var room: Int { max(1, list.rows / thumbnail.rows) }

  private var first: Int {
    Popups.start(selection: picker.selection, count: picker.candidates.count, room: room)
  }

  /// The candidates in sight.
  private var candidates: ArraySlice<WordPicker.Candidate> {
    picker.candidates.dropFirst(first).prefix(room)
  }

  private func thumbnailBox(_ offset: Int) -> Box {
    Box(
      row: list.row + offset * thumbnail.rows, column: list.column + 1,
      rows: min(thumbnail.rows, list.rows), columns: min(thumbnail.columns, list.columns - 1))
  }

  private func draw(
    _ candidate: WordPicker.Candidate, at offset: Int, on screen: inout Screen
  ) {
    let place = thumbnailBox(offset)
    let style = Style(first + offset == picker.selection ? .popupSelection : .popup)
    screen.fill(
      Box(row: place.row, column: list.column, rows: place.rows, columns: list.columns),
      style: style)
    if isInPixels {
      // What lies beneath pixels never changes, or the terminal would erase them.
      screen.fill(place, with: "\u{A0}", style: Style(.picture))
    } else if let picture = candidate.thumbnail {
      screen.overlay(picture, row: place.row, column: place.column)
    }
    var x = place.column + (place.columns == 0 ? 0 : place.columns + 1)
    let end = list.column + list.columns
    x += screen.put(
      state.vocabulary[candidate.word], row: place.row, column: x, width: end - x, style: style)
    if let part = candidate.part {
      screen.put(" " + part.name, row: place.row, column: x, width: max(0, end - x), style: style)
    } else if let fit = state.fit(of: candidate.word, at: picker.cells[0]) {
      screen.put(share(fit), row: place.row, column: end - 5, style: style)
    }
  }
}
