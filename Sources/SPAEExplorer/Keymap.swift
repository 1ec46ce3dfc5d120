package import SPAEScreen

/// Which action a sequence of keys means in a context: the table of actions, with what a person
/// changed in it.
package struct Keymap: Hashable, Sendable {
  package enum Answer: Hashable, Sendable {
    case action(Action)
    /// The keys begin a longer sequence.
    case incomplete
    case none
  }

  /// The keys of the table.
  package static let standard = Keymap()

  /// The keys of the actions that a person gave others.
  private var changed: [Action: [[Key]]] = [:]
  private var actions: [Context: [[Key]: Action]] = [:]

  private init() { index() }

  /// The table with other keys for some actions; throws where one of them cannot be pressed, or means
  /// something else already.
  package init(_ changes: [Change]) throws(Conflict) {
    for change in changes { changed[change.action] = change.keys }
    for change in changes { try check(change) }
    index()
  }

  private mutating func index() {
    for entry in Action.allCases.map(entry) {
      for context in entry.contexts {
        for keys in entry.keys { actions[context, default: [:]][keys] = entry.action }
      }
    }
  }

  /// An action with the keys that it has here.
  package func entry(of action: Action) -> Action.Entry {
    let entry = action.entry
    return changed[action].map {
      Action.Entry(action: action, keys: $0, help: entry.help, contexts: entry.contexts)
    } ?? entry
  }

  /// Looks a sequence up.
  package func answer(to keys: [Key], in context: Context) -> Answer {
    let known = actions[context] ?? [:]
    if let action = known[keys] { return .action(action) }
    let begins = known.keys.contains { $0.count > keys.count && $0.starts(with: keys) }
    return begins ? .incomplete : .none
  }

  /// The keys that one from a terminal means. Escape and a key that are typed in haste, or come late
  /// over a slow line, come as that key held with Alt: where that is no action they are both.
  package func keys(
    meantBy key: Key, after pending: [Key], in context: Context
  ) -> [Key] {
    guard case .alt(let character) = key, answer(to: pending + [key], in: context) == .none else {
      return [key]
    }
    return [.escape, .character(character)]
  }

  /// The actions of a context, in the table's order.
  package func entries(in context: Context) -> [Action.Entry] {
    Action.allCases.map(entry).filter { $0.contexts.contains(context) }
  }

  /// Looks a sequence up in the table itself.
  package static func answer(to keys: [Key], in context: Context) -> Answer {
    standard.answer(to: keys, in: context)
  }

  /// The actions of a context in the table itself.
  package static func entries(in context: Context) -> [Action.Entry] {
    standard.entries(in: context)
  }

  // MARK: Changes

  /// Other keys for an action.
  package struct Change: Hashable, Sendable {
    package let action: Action
    package let keys: [[Key]]

    /// Reads the keys as they are written, several ways with a blank between them.
    package init(_ action: Action, _ text: String) throws(KeyNotationError) {
      self.action = action
      var keys: [[Key]] = []
      for way in text.split(separator: " ") { keys.append(try Key.keys(from: String(way))) }
      self.keys = keys
    }
  }

  /// Why a change cannot be made.
  package struct Conflict: Error, Hashable, CustomStringConvertible {
    package let action: Action
    package let description: String
  }

  private func check(_ change: Change) throws(Conflict) {
    let entry = entry(of: change.action)
    guard !entry.keys.isEmpty else {
      throw Conflict(action: change.action, description: "it needs a key")
    }
    for context in entry.contexts.sorted(by: { $0.rawValue < $1.rawValue }) {
      for keys in entry.keys { try check(keys, of: change.action, in: context) }
    }
  }

  private func check(_ keys: [Key], of action: Action, in context: Context) throws(Conflict) {
    let written = keys.map(\.notation).joined()
    if context.isTyped, case .character = keys[0] {
      throw Conflict(action: action, description: "\(written) is text where \(context.place)")
    }
    if context.takesNumbers, case .character(let first) = keys[0], "123456789".contains(first) {
      throw Conflict(action: action, description: "\(written) begins a number before a key")
    }
    for other in entries(in: context) where other.action != action {
      for theirs in other.keys where theirs.starts(with: keys) || keys.starts(with: theirs) {
        let own = theirs.map(\.notation).joined()
        let meaning = "\(own) is \(other.action.dashedName) where \(context.place)"
        throw Conflict(
          action: action, description: "\(written) cannot be it: \(meaning)")
      }
    }
  }
}

extension Context {
  /// Whether letters are text.
  fileprivate var isTyped: Bool {
    switch self {
    case .picking, .typing, .help: true
    default: false
    }
  }

  /// Where a person is, in words.
  fileprivate var place: String {
    switch self {
    case .browsing: "you browse"
    case .block: "a block is marked"
    case .picking: "a word is chosen"
    case .typing: "a line is typed"
    case .help: "the help is open"
    case .history: "the tree is open"
    case .filling: "words are proposed"
    case .reading: "a text is read"
    case .leaving: "you are asked before you leave"
    case .gallery: "a gallery is open"
    }
  }
}

extension Action {
  /// The name as the configuration has it: "replace-by-mean".
  package var dashedName: String { name.replacing(" ", with: "-") }

  package init?(dashedName: String) {
    guard let action = Self.allCases.first(where: { $0.dashedName == dashedName }) else {
      return nil
    }
    self = action
  }
}

extension Explorer {
  package func keysMeant(by key: Key) -> [Key] {
    keymap.keys(meantBy: key, after: pendingKeys, in: mode.context)
  }
}

extension Gallery {
  package func keysMeant(by key: Key) -> [Key] {
    keymap.keys(meantBy: key, after: pendingKeys, in: context)
  }
}
