package import SPAEScreen

/// Which action a sequence of keys means in a context.
package enum Keymap {
  package enum Answer: Hashable, Sendable {
    case action(Action)
    /// The keys begin a longer sequence.
    case incomplete
    case none
  }

  private static let actions: [Context: [[Key]: Action]] = {
    var actions: [Context: [[Key]: Action]] = [:]
    for entry in Action.allCases.map(\.entry) {
      for context in entry.contexts {
        for keys in entry.keys { actions[context, default: [:]][keys] = entry.action }
      }
    }
    return actions
  }()

  /// Looks a sequence up.
  package static func answer(to keys: [Key], in context: Context) -> Answer {
    let known = actions[context] ?? [:]
    if let action = known[keys] { return .action(action) }
    let begins = known.keys.contains { $0.count > keys.count && $0.starts(with: keys) }
    return begins ? .incomplete : .none
  }

  /// The actions of a context, in the table's order.
  package static func entries(in context: Context) -> [Action.Entry] {
    Action.allCases.map(\.entry).filter { $0.contexts.contains(context) }
  }
}
