package import SPAEPyramid
import SPAEScreen
import SPAESystem

/// A line of the plain mode, in which the explorer is read and told as text.
package enum PlainCommand: Hashable, Sendable {
  case showLayer(Int?)
  case go(CellAddress)
  case describe
  case near(String?)
  case set(String)
  case find(String)
  case action(Action)
  /// What is typed after a colon elsewhere.
  case command(String)
  case help

  /// The commands and what they do.
  package static let usage: [(form: String, help: String)] = [
    ("layer [N]", "print a layer, row by row"),
    ("cell [LAYER ROW COLUMN]", "go to a word and describe it; so does LAYER:ROW,COLUMN"),
    ("left, right, up, down", "go to the next word there"),
    ("in, out", "go to the words within this one, or to the one that contains it"),
    ("near [WORD]", "the words nearest in meaning"),
    ("find WORD", "go to the next cell that holds it"),
    ("set WORD", "change the word"),
    ("bring WORD", "change the word, and bring what it says from a picture of the library"),
    ("edits [paint|exact]", "whether the words beneath a changed one follow it"),
    ("caption", "caption the picture with the language model"),
    ("ask QUESTION", "ask the language model a question about the picture"),
    ("revise WISH", "change words as a wish says, such as: in winter"),
    ("fill", "the language model proposes a word for this cell"),
    ("accept, another, drop", "take the proposed words, show the next ones, or take none"),
    ("frame [N], forward, back", "a film: go to a frame, to the next, to the one before"),
    (".", "repeat the last change here"),
    ("compare [N|NAME]", "how far the picture of another state is from this one"),
    ("undo, redo, tree", "undo, redo, list all states"),
    ("messages", "the messages since the program began"),
    ("earlier 5m, later 2", "go back or forward by time, or by states"),
    ("depth [N]", "decode so many layers; without N all"),
    (
      "save[!] [FILE]",
      "write the words (.spae, .json) or the picture (.png, .jpg, .webp); ! replaces a file"
    ),
    ("size [N|auto]", "encode the picture with 128, 256 or 512 pixels"),
    ("next [N], previous [N]", "the next picture of the list or folder, or the one before"),
    ("gallery", "all pictures of the list or folder"),
    ("edit FILE", "open another file"),
    ("quit, quit!", "leave; with ! discard words that are not saved"),
  ]

  private static let steps: [String: Action] = [
    "left": .left, "right": .right, "up": .up, "down": .down, "in": .descend, "out": .ascend,
    "undo": .undo, "u": .undo, "redo": .redo, "tree": .openHistory, "quit": .quit, "q": .quit,
    "quit!": .quitUnsaved, "q!": .quitUnsaved, "accept": .accept, "another": .nextProposal,
    "drop": .cancel, ".": .repeatChange, "forward": .nextFrame, "back": .previousFrame,
  ]

  /// Reads a line; nil for an empty one.
  package init?(_ line: String, shape: PyramidShape) throws(PlainCommandError) {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let verb = words.first?.lowercased() else { return nil }
    let rest = words.dropFirst().joined(separator: " ")
    switch verb {
    case "layer", "l":
      guard words.count <= 2 else { throw PlainCommandError("layer [N]: one number") }
      self = .showLayer(try Self.layer(words.dropFirst().first, shape))
    case "cell", "c":
      self = words.count == 1 ? .describe : .go(try Self.cell(Array(words.dropFirst()), shape))
    case "near", "n":
      guard words.count <= 2 else { throw PlainCommandError("near [WORD]: one word") }
      self = .near(words.count > 1 ? words[1].lowercased() : nil)
    case "set", "s":
      guard words.count == 2 else {
        throw PlainCommandError("set WORD: one word of the vocabulary")
      }
      self = .set(words[1].lowercased())
    case "find", "f": self = .find(rest.lowercased())
    case "save": self = .command("w \(rest)")
    case "save!": self = .command("w! \(rest)")
    case "next": self = .command("n \(rest)")
    case "previous": self = .command("N \(rest)")
    case "help", "?": self = .help
    default:
      let cell = try Self.namedCell(words, shape)
      let step = try Self.step(words, verb)
      self = cell ?? step ?? .command(line)
    }
  }

  /// A verb that stands alone; some of them mean more with a number behind, as after a colon.
  private static func step(
    _ words: [String], _ verb: String
  ) throws(PlainCommandError) -> PlainCommand? {
    guard let action = steps[verb] else { return nil }
    if words.count == 1 { return .action(action) }
    if commands.contains(action) { return nil }
    throw PlainCommandError("\(verb): nothing follows it")
  }

  private static let commands: [Action] = [.undo, .redo, .openHistory, .quit, .quitUnsaved]

  private static func layer(
    _ text: String?, _ shape: PyramidShape
  ) throws(PlainCommandError) -> Int? {
    guard let text else { return nil }
    guard let layer = Int(text), (1...shape.depth).contains(layer) else {
      throw PlainCommandError("'\(text)' is no layer; there are 1 to \(shape.depth)")
    }
    return layer
  }

  private static func cell(
    _ words: [String], _ shape: PyramidShape
  ) throws(PlainCommandError) -> CellAddress {
    guard words.count == 3, let row = Int(words[1]), let column = Int(words[2]),
      let layer = try layer(words[0], shape)
    else { throw PlainCommandError("cell LAYER ROW COLUMN: three numbers, counted from 1") }
    let (size, cell) = (
      shape.size(ofLayer: layer), CellAddress(layer: layer, row: row - 1, column: column - 1)
    )
    guard shape.contains(cell) else {
      throw PlainCommandError(
        size.isSquare
          ? "layer \(layer) has rows and columns 1 to \(size.rows)"
          : "layer \(layer) has rows 1 to \(size.rows) and columns 1 to \(size.columns)")
    }
    return cell
  }
}

/// Why a line of the plain mode is not understood.
package struct PlainCommandError: Error, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

extension Explorer {
  mutating func perform(_ command: PlainCommand) -> [Effect] {
    notice = nil
    dropTurn()
    if mode.context == .filling, !command.answersProposal { _ = cancel() }
    switch command {
    case .showLayer(let layer):
      if let layer { jump(toLayer: layer) }
      return []
    case .go(let cell):
      cursor = cell
      return []
    case .describe, .help: return []
    case .near(let word):
      guard let word else { return [] }
      return number(of: word).map { [.session(.findNeighbours(of: $0))] } ?? []
    case .set(let word):
      guard let number = number(of: word) else { return [] }
      lastChange = .word(number)
      return edit([cursor], to: number, verb: "edit")
    case .find(let word): return search(word, forward: true)
    case .action(.accept) where mode.context != .filling,
      .action(.nextProposal) where mode.context != .filling:
      say("no word is proposed; fill asks for some", .warning)
      return []
    case .action(let action): return perform(action)
    case .command(let line): return run(line, on: target)
    }
  }

  /// Ends a list or a question that a line has opened, for the next line answers neither; words
  /// that are proposed wait for one more line.
  package mutating func closePopups() {
    if mode.context != .filling { mode = .browsing }
  }
}

extension PlainCommand {
  /// Whether the line can say something to words that are proposed; any other drops them.
  fileprivate var answersProposal: Bool {
    switch self {
    case .action(.accept), .action(.nextProposal), .help: true
    default: false
    }
  }
}

/// What the plain mode answers to a command, once all its effects are done.
///
/// `columns` are those of the terminal, as far as a help has to know them.
package func plainReply(
  to command: PlainCommand, _ state: Explorer, columns: Int = 120
) -> [String] {
  var lines = state.notice.map { [$0.text] } ?? []
  if state.notice?.kind == .error { return lines }
  if case .leaving = state.mode {
    return lines + ["The words are not saved: save writes them, quit! discards them."]
  }
  switch state.mode {
  case .reading(let reading): return lines + reading.lines(width: .max)
  case .filling(let fill): return lines + PlainReply(state).proposal(fill)
  default: break
  }
  switch command {
  case .showLayer: lines += PlainReply(state).layer
  case .help:
    lines += usageLines(PlainCommand.usage, beside: 28, columns: columns)
  case .near(let word?):
    let number = state.vocabulary.number(of: word)
    let near = number.flatMap { state.neighbours[$0] } ?? []
    lines.append(near.map { state.vocabulary[$0] }.joined(separator: " "))
  case .near: lines += PlainReply(state).near
  case .action(.openHistory), .command("history"), .command("tree"):
    lines += PlainReply(state).states
  case .action(.quit), .action(.quitUnsaved), .command: break
  default: lines += PlainReply(state).cell
  }
  return lines.filter { !$0.isEmpty }
}

/// Parts of the state, said in lines.
private struct PlainReply {
  let state: Explorer

  init(_ state: Explorer) { self.state = state }

  /// A layer's words, row by row; changed ones with a star.
  var layer: [String] {
    let (layer, shape) = (state.cursor.layer, state.shape)
    let size = shape.size(ofLayer: layer)
    let rows = (0..<size.rows).map { row in
      (0..<size.columns).map { column in
        let cell = CellAddress(layer: layer, row: row, column: column)
        let isChanged = state.pyramid[cell] != state.saved[cell]
        return state.vocabulary[state.pyramid[cell]] + (isChanged ? "*" : "")
      }
    }
    return ["layer \(layer), \(size.columns) by \(size.rows)"] + rows.aligned
  }

  /// The word under the cursor and what surrounds it.
  var cell: [String] {
    let (cursor, shape) = (state.cursor, state.shape)
    let word = state.vocabulary[state.pyramid[cursor]]
    var first = "\(word), layer \(cursor.layer), row \(cursor.row + 1), column \(cursor.column + 1)"
    let before = state.saved[cursor]
    if before != state.pyramid[cursor] { first += ", was \(state.vocabulary[before])" }
    let origin = state.origin(of: state.pyramid[cursor], at: cursor).map { ["by: \($0)"] } ?? []
    let around = shape.cells(ofLayer: cursor.layer).filter {
      $0 != cursor && abs($0.row - cursor.row) <= 1 && abs($0.column - cursor.column) <= 1
    }
    let beside = around.map { state.vocabulary[state.pyramid[$0]] }.joined(separator: " ")
    return [first] + origin + facts + near + (beside.isEmpty ? [] : ["beside it: \(beside)"])
      + figures
  }

  /// What is proposed, cell by cell.
  func proposal(_ fill: WordFill) -> [String] {
    let changes = fill.cells.map { cell in
      let (old, new) = (state.pyramid[cell], state.shown[cell])
      let place = "layer \(cell.layer), row \(cell.row + 1), column \(cell.column + 1)"
      return "\(place): \(state.vocabulary[old]) > \(state.vocabulary[new])"
    }
    if let revision = fill.revision {
      let count = changes.count.counted("word changes", "words change")
      return [revision.summary, "\(count): accept takes them, drop takes none"]
    }
    let place = "\(fill.selection + 1) of \(fill.proposals.count)"
    return changes + ["proposal \(place): accept takes it, another is the next, drop takes none"]
  }

  var near: [String] {
    let words = state.neighbours[state.pyramid[state.cursor]] ?? []
    return ["near in meaning: " + words.map { state.vocabulary[$0] }.joined(separator: " ")]
  }

  private var facts: [String] {
    let word = state.pyramid[state.cursor]
    let fit = state.fit(of: word, at: state.cursor).map { "fits \(share($0)) of 1.00" }
    let library = (state.facts.counts[word] ?? nil).map {
      "in \($0) picture\($0 == 1 ? "" : "s") of the library"
    }
    let count = state.count(of: word)
    let here = "here \(count == 1 ? "once" : "\(count) times")"
    return [([fit, here, library].compactMap { $0 }).joined(separator: ", ")]
  }

  private var figures: [String] {
    guard let psnr = state.decoded?.psnr else { return [] }
    return ["\(similarity(psnr)) from \(state.shape.layersInWords(toDepth: state.depth))"]
  }

  var states: [String] {
    guard case .history(let list) = state.mode else { return [] }
    return list.rows.map { row in
      let name = row.name.map { " '\($0)'" } ?? ""
      return "\(row.branches) \(row.revision)\(name)\(row.isHead ? " (here)" : "")"
        + "  \(row.time)  \(row.summary)"
    }
  }
}
