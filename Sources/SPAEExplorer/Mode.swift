public import SPAEPyramid

/// What the keys mean just now.
public enum Mode: Hashable, Sendable {
  case browsing
  /// A block of words is marked, from a cell to the cursor.
  case block(anchor: CellAddress)
  case picking(WordPicker)
  /// A command, a search or a name is typed.
  case typing(Prompt)
  case help(HelpList)
  case history(HistoryList)
  /// Asks before words that are not saved are left.
  case leaving
}

/// A line that is typed at the foot of the screen.
public struct Prompt: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case command, search, name }

  public let kind: Kind
  public var line = LineEditor()
  /// How many commands back the line came from.
  var recalled = 0

  init(_ kind: Kind) { self.kind = kind }

  var sign: String {
    switch kind {
    case .command: ":"
    case .search: "/"
    case .name: "name: "
    }
  }
}

/// The part of the keymap that holds in a mode.
public enum Context: String, CaseIterable, Hashable, Sendable {
  case browsing, block, picking, typing, help, history, leaving
}

extension Mode {
  public var context: Context {
    switch self {
    case .browsing: .browsing
    case .block: .block
    case .picking: .picking
    case .typing: .typing
    case .help: .help
    case .history: .history
    case .leaving: .leaving
    }
  }
}
