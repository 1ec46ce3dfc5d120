import SPAEScreen

/// The keys of where a person is, filtered by what they type.
package struct HelpList: Hashable, Sendable {
  package let context: Context
  private let keymap: Keymap
  package private(set) var filter = LineEditor()
  package private(set) var selection = 0

  init(context: Context, keymap: Keymap = .standard, topic: String = "") {
    (self.context, self.keymap) = (context, keymap)
    filter = LineEditor(topic)
  }

  /// The entries that the filter leaves.
  package var entries: [Action.Entry] {
    let words = filter.text.lowercased().split(separator: " ")
    let found = keymap.entries(in: context).filter { entry in
      let text = "\(entry.action.name) \(entry.notation) \(entry.help)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
    // Whoever types a key itself means that key, not one whose help has the letter.
    let isTyped = { (entry: Action.Entry) in
      entry.notation.split(separator: " ").contains { $0 == filter.text }
    }
    return found.filter(isTyped) + found.filter { !isTyped($0) }
  }

  package var selected: Action? {
    let entries = entries
    return entries.indices.contains(selection) ? entries[selection].action : nil
  }

  mutating func type(_ key: Key) -> Bool {
    guard filter.apply(key) else { return false }
    selection = 0
    return true
  }

  mutating func move(by step: Int) {
    selection = min(max(0, selection + step), max(0, entries.count - 1))
  }
}
