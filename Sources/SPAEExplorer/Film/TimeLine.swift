import SPAEPyramid
import SPAEScreen

/// The row of a film's time: whether it runs, where it is, its cuts, and where edits hold.
struct TimeLine {
  let state: Explorer
  let box: Box

  func draw(on screen: inout Screen) {
    guard let film = state.film, !box.isEmpty else { return }
    let left = " \(film.verb)\(speed(film)) \(time(film, film.frame)) "
    let right = " \(time(film, film.extent.frames))\(film.extent.isScanned ? "" : "+") "
    screen.put(left, row: box.row, column: box.column, style: Style(.text))
    let room = box.columns - left.displayWidth - right.displayWidth
    guard room >= 8 else { return }
    let bar = Bar(film: film, columns: room)
    for column in 0..<room {
      screen.put(
        bar.sign(at: column), row: box.row, column: box.column + left.displayWidth + column,
        style: Style(bar.role(at: column)))
    }
    screen.put(
      right, row: box.row, column: box.column + left.displayWidth + room, style: Style(.faint))
  }

  private func speed(_ film: FilmState) -> String {
    let speed = film.speed == 1 ? "" : " \(decimal(film.speed, film.speed < 1 ? 2 : 0))x"
    return speed + (film.loops ? " loop" : "")
  }

  private func time(_ film: FilmState, _ frame: Int) -> String {
    filmTime(film.rate.seconds(toFrame: frame))
  }

  /// The frame at a place of the row; nil beside the bar.
  func frame(at mouse: Key.Mouse) -> Int? {
    guard let film = state.film, box.contains(row: mouse.row, column: mouse.column) else {
      return nil
    }
    let left = " \(film.verb)\(speed(film)) \(time(film, film.frame)) "
    let right = " \(time(film, film.extent.frames))\(film.extent.isScanned ? "" : "+") "
    let room = box.columns - left.displayWidth - right.displayWidth
    let column = mouse.column - box.column - left.displayWidth
    guard room >= 8, (0..<room).contains(column) else { return nil }
    return Bar(film: film, columns: room).frames(at: column).lowerBound
  }
}

/// The columns of a time line; each stands for some frames.
private struct Bar {
  let film: FilmState
  let columns: Int

  func frames(at column: Int) -> Range<Int> {
    let count = max(1, film.extent.frames)
    let start = column * count / columns
    return start..<max(start + 1, (column + 1) * count / columns)
  }

  /// The first column of those that stand for a frame.
  private func column(of frame: Int) -> Int {
    let count = max(1, film.extent.frames)
    return min(columns - 1, frame * columns / count)
  }

  private func isHere(_ column: Int) -> Bool { self.column(of: film.frame) == column }

  private func isEdited(_ column: Int) -> Bool {
    film.edited.contains { $0.overlaps(frames(at: column)) }
  }

  /// The first frame is no cut.
  private func isCut(_ column: Int) -> Bool {
    let cuts = film.extent.cuts
    let place = cuts.partitioned { self.column(of: $0) >= column }
    return place < cuts.count && cuts[place] > 0 && self.column(of: cuts[place]) == column
  }

  func sign(at column: Int) -> String {
    if isHere(column) { return "●" }
    if isCut(column) { return "┼" }
    return isEdited(column) ? "═" : "─"
  }

  func role(at column: Int) -> Role {
    if isHere(column) { return .cursor }
    if isEdited(column) { return .changedWord }
    return isCut(column) ? .heading : .faint
  }
}

extension [Int] {
  /// The first place from which on a condition holds, in an ascending list.
  fileprivate func partitioned(by holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension FilmState {
  /// What it does.
  fileprivate var verb: String { isPlaying ? "plays" : isPainted ? "rests" : "paints" }
}
