/// What the edit of a word does to the words beneath it.
package enum EditStyle: String, CaseIterable, Hashable, Sendable {
  /// They are rewritten, so that the picture follows the new word.
  case paint
  /// They stay.
  case exact

  /// All of them as people write them: "paint, exact".
  package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
