extension Theme {
  /// The theme without colours: whatever must be told apart is bold, underlined or reversed.
  ///
  /// It is complete: other themes begin with it, and terminals without colours use it.
  package static let mono = Theme(
    name: "mono", appearance: .any,
    looks: [
      .background: Attributes(),
      .text: Attributes(),
      .faint: marked(\.faint),
      .heading: marked(\.bold),
      .border: marked(\.faint),
      .focusedBorder: marked(\.bold),
      .word: Attributes(),
      .cursor: marked(\.reverse),
      .restingCursor: marked(\.reverse, \.faint),
      .selection: marked(\.reverse, \.underline),
      .changedWord: marked(\.bold),
      .relative: marked(\.underline),
      .match: marked(\.bold, \.underline),
      .status: marked(\.reverse),
      .mode: marked(\.reverse, \.bold),
      .unsaved: marked(\.reverse, \.bold, \.underline),
      .key: marked(\.bold),
      .notice: Attributes(),
      .warning: marked(\.bold),
      .error: marked(\.bold, \.reverse),
      .popup: Attributes(),
      .popupBorder: marked(\.bold),
      .popupSelection: marked(\.reverse),
      .input: marked(\.underline),
      .picture: Attributes(),
    ])

  private static func marked(_ marks: WritableKeyPath<Attributes, Bool>...) -> Attributes {
    var look = Attributes()
    for mark in marks { look[keyPath: mark] = true }
    return look
  }
}
