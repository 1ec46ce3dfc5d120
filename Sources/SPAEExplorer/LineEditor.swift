package import SPAEScreen

/// A line of text with a cursor in it.
package struct LineEditor: Hashable, Sendable {
  package private(set) var text = ""
  /// Characters left of the cursor.
  package private(set) var position = 0

  package init(_ text: String = "") {
    self.text = text
    position = text.count
  }

  /// Applies a key; false when the key is not for a line.
  package mutating func apply(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(character)
    case .backspace, .control("h"): erase(from: position - 1)
    case .delete: if position < text.count { erase(from: position, to: position + 1) }
    case .control("w"): erase(from: startOfWord)
    case .control("u"): erase(from: 0)
    case .left, .control("b"): position = max(0, position - 1)
    case .right, .control("f"): position = min(text.count, position + 1)
    case .home, .control("a"): position = 0
    case .end, .control("e"): position = text.count
    default: return false
    }
    return true
  }

  private mutating func insert(_ character: Character) {
    text.insert(character, at: text.index(text.startIndex, offsetBy: position))
    position = min(position + 1, text.count)
  }

  private mutating func erase(from start: Int, to end: Int? = nil) {
    let end = end ?? position
    guard start >= 0, start < end else { return }
    let (first, last) = (
      text.index(text.startIndex, offsetBy: start), text.index(text.startIndex, offsetBy: end)
    )
    text.removeSubrange(first..<last)
    position = start
  }

  private var startOfWord: Int {
    let left = Array(text.prefix(position))
    let blanks = left.reversed().prefix { $0 == " " }.count
    let word = left.dropLast(blanks).reversed().prefix { $0 != " " }.count
    return position - blanks - word
  }
}
