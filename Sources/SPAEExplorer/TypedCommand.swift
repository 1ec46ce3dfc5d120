/// A command that is typed after a colon: by its name, by another, or by the beginning of its name.
protocol TypedCommand: RawRepresentable<String>, CaseIterable {
  static var otherNames: [String: Self] { get }
}

extension TypedCommand {
  /// The command that a word begins, as in vim; a single letter must be the whole name.
  init?(typed: String) {
    let isBeginning = typed.count >= 2
    let found =
      Self(rawValue: typed) ?? Self.otherNames[typed]
      ?? Self.allCases.first { isBeginning && $0.rawValue.hasPrefix(typed) }
    guard let found else { return nil }
    self = found
  }
}
