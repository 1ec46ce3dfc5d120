import SPAEPyramid
import SPAEScreen

/// What there is to say of the word under the cursor.
struct WordPane {
  let state: Explorer
  let box: Box

  func draw(on screen: inout Screen) {
    guard !box.isEmpty else { return }
    screen.frame(
      box, title: "Word", style: Style(state.focus == .word ? .focusedBorder : .border),
      titleStyle: Style(.heading))
    let inside = box.inside
    for (offset, line) in lines.prefix(inside.rows).enumerated() {
      screen.put(
        line.text, row: inside.row + offset, column: inside.column + 1,
        width: inside.columns - 2, style: Style(line.role))
    }
  }

  private var lines: [(text: String, role: Role)] {
    let (cursor, words) = (state.cursor, state.shown)
    let word = words[cursor]
    var first = "\(state.vocabulary[word])   layer \(cursor.layer)"
    first += " (\(cursor.row + 1),\(cursor.column + 1))"
    let before = state.saved[cursor]
    if before != word { first += "   was: \(state.vocabulary[before])" }
    let near = (state.neighbours[word] ?? []).map { state.vocabulary[$0] }
    let origin = state.origin(of: word, at: cursor).map { ("by: " + $0, Role.text) }
    return [
      (first, before == word ? .heading : .changedWord),
      ("near: " + near.joined(separator: " "), .text),
    ] + (origin.map { [$0] } ?? []) + [
      ("within: " + ancestors.joined(separator: " > "), .faint),
      ("holds: " + children.joined(separator: " "), .faint),
    ]
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
