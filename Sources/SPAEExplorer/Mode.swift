package import SPAEPyramid

/// What the keys mean just now.
package enum Mode: Hashable, Sendable {
  case browsing
  /// A block of words is marked, from a cell to the cursor.
  case block(anchor: CellAddress)
  case picking(WordPicker)
  /// A command, a search or a name is typed.
  case typing(Prompt)
  case help(HelpList)
  case history(HistoryList)
  /// Words that the language model proposes are tried.
  case filling(WordFill)
  case reading(Reading)
  /// Asks before words that are not saved are left.
  case leaving

  /// Whether a list or a text lies over the panes.
  var hasPopup: Bool {
    switch self {
    case .picking, .help, .history, .reading: true
    default: false
    }
  }
}

/// A line that is typed at the foot of the screen.
package struct Prompt: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case command, search, name }

  package let kind: Kind
  package var line = LineEditor()
  /// How many commands back the line came from.
  var recalled = 0
  /// The cells that a command works on: those that were marked when it was begun.
  let cells: [CellAddress]

  init(_ kind: Kind, on cells: [CellAddress]) {
    self.kind = kind
    self.cells = cells
  }

  var sign: String {
    switch kind {
    case .command: ":"
    case .search: "/"
    case .name: "name: "
    }
  }
}

/// The part of the keymap that holds in a mode.
package enum Context: String, CaseIterable, Hashable, Sendable {
  case browsing, block, picking, typing, help, history, filling, reading, leaving, gallery
}

extension Mode {
  package var context: Context {
    switch self {
    case .browsing: .browsing
    case .block: .block
    case .picking: .picking
    case .typing: .typing
    case .help: .help
    case .history: .history
    case .filling: .filling
    case .reading: .reading
    case .leaving: .leaving
    }
  }
}

extension Mode {
  /// Whether keys move among the words, so that the foot is free.
  var isAmongWords: Bool {
    switch self {
    case .browsing, .block: true
    default: false
    }
  }
}
