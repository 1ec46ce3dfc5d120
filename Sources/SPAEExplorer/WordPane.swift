import SPAEPyramid
import SPAEScreen

/// What there is to say of the word under the cursor.
struct WordPane {
  let state: Explorer
  let box: Box

  private typealias Line = (text: String, role: Role)

  func draw(on screen: inout Screen) {
    guard !box.isEmpty else { return }
    screen.frame(
      box, title: "Word", style: Style(state.focus == .word ? .focusedBorder : .border),
      titleStyle: Style(.heading))
    let inside = box.inside
    for (offset, line) in lines.prefix(inside.rows).enumerated() {
      screen.put(
        line.text, row: inside.row + offset, column: inside.column + 1, width: room,
        style: Style(line.role))
    }
  }

  private var room: Int { box.inside.columns - 2 }
  private var word: Int32 { state.shown[state.cursor] }
  private var before: Int32 { state.saved[state.cursor] }

  /// The most telling first, for not each pane has room for all.
  private var lines: [Line] {
    let near = (state.neighbours[word] ?? []).map { state.vocabulary[$0] }
    return [heading, ("near: " + fitting(near, from: 6), .text)]
      + fit + [
        numbers, ("within: " + fitting(ancestors, " > ", from: 8), .faint),
        ("holds: " + fitting(children, from: 7), .faint),
      ]
  }

  private var heading: Line {
    let cursor = state.cursor
    var text = "\(state.vocabulary[word])   layer \(cursor.layer)"
    text += " (\(cursor.row + 1),\(cursor.column + 1))"
    if before != word { text += "   was: \(state.vocabulary[before])" }
    return (text, before == word ? .heading : .changedWord)
  }

  /// How well it fits, and what made it a candidate: on one line, or on two.
  private var fit: [Line] {
    let origin = state.origin(of: word, at: state.cursor).map { "by: " + $0 }
    let fit = state.fit(of: word, at: state.cursor).map { fit in
      let was = before == word ? nil : state.fit(of: before, at: state.cursor)
      return "fits \(Self.bar(fit)) \(share(fit))" + (was.map { " (was \(share($0)))" } ?? "")
    }
    let parts = [fit, origin].compactMap { $0 }
    let line = parts.joined(separator: "   ")
    return (line.displayWidth <= room ? [line] : parts).filter { !$0.isEmpty }.map { ($0, .text) }
  }

  private static func bar(_ share: Double) -> String {
    let full = Int((share * 8).rounded())
    return String(repeating: "▇", count: full) + String(repeating: "▁", count: 8 - full)
  }

  private var numbers: Line {
    let library = (state.facts.counts[word] ?? nil).map {
      ["in \($0) picture\($0 == 1 ? "" : "s") of the library"]
    }
    return (joined(["here \(state.count(of: word))x"] + (library ?? []) + [covered]), .text)
  }

  /// The pixels that it covers.
  private var covered: String {
    let (shape, document) = (state.shape, state.document)
    let cells = shape.latentCells(of: state.cursor)
    let height = cells.rows.count * document.height / shape.grid.rows
    return "covers \(cells.columns.count * document.width / shape.grid.columns)x\(height)"
  }

  /// As many of the parts as there is room for.
  private func joined(_ parts: [String]) -> String {
    parts.dropFirst().reduce(parts[0]) { text, part in
      text.displayWidth + part.displayWidth + 3 <= room ? "\(text)   \(part)" : text
    }
  }

  /// As many words as are whole in the room behind so many characters.
  private func fitting(_ words: [String], _ separator: String = " ", from start: Int) -> String {
    var text = ""
    for word in words {
      let longer = text.isEmpty ? word : text + separator + word
      guard start + longer.displayWidth <= room else { break }
      text = longer
    }
    return text
  }

  private var ancestors: [String] {
    (1..<state.cursor.layer).map { layer in
      state.vocabulary[state.shown[state.shape.cell(inLayer: layer, at: state.cursor)]]
    }
  }

  private var children: [String] {
    let layer = state.cursor.layer + 1
    guard layer <= state.shape.depth else { return [] }
    return state.shape.cells(ofLayer: layer).filter { state.shape.isWithin($0, state.cursor) }
      .map { state.vocabulary[state.shown[$0]] }
  }
}
