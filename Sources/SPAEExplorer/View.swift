import SPAEPyramid
package import SPAEScreen

/// What the terminal is to show: characters, and a picture in their midst.
package struct View: Hashable, Sendable {
  package var screen: Screen
  package var picture: PictureView?
  /// Small pictures in a list, where they are drawn in pixels.
  package var strips: [GalleryView.Strip] = []
}

/// Draws the state; it stores nothing and asks nothing.
package func view(_ state: Explorer) -> View {
  var screen = Screen(rows: state.size.rows, columns: state.size.columns)
  let layout = Layout(state)
  guard !layout.isTooSmall else {
    drawTooSmall(layout, on: &screen)
    return View(screen: screen, picture: nil)
  }
  TitleLine(state: state).draw(on: &screen)
  PyramidPane(state, box: layout.pyramid).draw(on: &screen)
  WordPane(state: state, box: layout.word).draw(on: &screen)
  let pane = PicturePane(state: state, layout: layout)
  pane.draw(on: &screen)
  TimeLine(state: state, box: layout.timeLine).draw(on: &screen)
  drawPopup(state, layout, on: &screen)
  let foot = FootLine(state: state)
  foot.draw(on: &screen)
  let strips = pickerList(state, layout)?.strips ?? []
  return View(
    screen: screen, picture: pane.view(below: layout.popup),
    strips: strips.filter { foot.message?.box.intersects($0.box) != true })
}

/// Only what is to be drawn in pixels, without the characters around it.
package func pictureView(_ state: Explorer) -> PictureView? {
  let layout = Layout(state)
  guard !layout.isTooSmall else { return nil }
  return PicturePane(state: state, layout: layout).view(below: layout.popup)
}

private func pickerList(_ state: Explorer, _ layout: Layout) -> PickerList? {
  guard case .picking(let picker) = state.mode else { return nil }
  return PickerList(picker: picker, state: state, box: layout.picker(of: state))
}

/// Draws the list of the mode, if it has one.
private func drawPopup(_ state: Explorer, _ layout: Layout, on screen: inout Screen) {
  switch state.mode {
  case .picking: pickerList(state, layout)?.draw(on: &screen)
  case .help(let list): Popups.draw(list, in: layout.popup, on: &screen)
  case .history(let list): Popups.draw(list, in: layout.popup, on: &screen)
  case .reading(let reading): Popups.draw(reading, in: layout.popup, on: &screen)
  default: break
  }
}

private func drawTooSmall(_ layout: Layout, on screen: inout Screen) {
  let lines = [
    "This terminal has \(screen.columns) columns and \(screen.rows) rows;",
    "the explorer needs \(Layout.leastColumns) and \(Layout.leastRows).", "Make it larger, or ZQ.",
  ]
  for (row, line) in lines.enumerated() {
    screen.put(line, row: row, column: 0, style: Style(.warning))
  }
}
