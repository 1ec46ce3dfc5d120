package import SPAEColour

/// How characters look.
package struct Attributes: Hashable, Sendable {
  /// nil is the terminal's own colour, as for `background`.
  package var foreground: RGB?
  package var background: RGB?
  package var bold = false
  package var faint = false
  package var italic = false
  package var underline = false
  package var reverse = false

  package init(foreground: RGB? = nil, background: RGB? = nil) {
    self.foreground = foreground
    self.background = background
  }
}

/// A name for a set of looks, one for each role.
package struct Theme: Hashable, Sendable {
  /// The terminals that a theme is made for.
  package enum Appearance: String, CaseIterable, Sendable {
    case light, dark, any
  }

  package let name: String
  package let appearance: Appearance
  private let looks: [Role: Attributes]

  /// Makes a theme; a role without a look of its own looks like text.
  ///
  /// A look without a foreground takes that of text; one without a background takes that of the
  /// surface it stands on, a popup or the whole screen.
  package init(name: String, appearance: Appearance, looks: [Role: Attributes]) {
    self.name = name
    self.appearance = appearance
    var whole: [Role: Attributes] = [:]
    for role in Role.allCases {
      var look = looks[role] ?? looks[.text] ?? Attributes()
      look.foreground = look.foreground ?? looks[.text]?.foreground
      look.background =
        look.background ?? looks[role.surface]?.background ?? looks[.background]?.background
      whole[role] = look
    }
    self.looks = whole
  }

  package subscript(role: Role) -> Attributes { looks[role] ?? Attributes() }

  /// How a cell of a style looks: a background from a picture gets a foreground to be read on it.
  package func attributes(of style: Style) -> Attributes {
    var look = self[style.role]
    if let background = style.background {
      look.background = background
      look.foreground = style.foreground ?? background.readable
    } else if let foreground = style.foreground {
      look.foreground = foreground
    }
    return look
  }
}

extension Role {
  /// The role that paints what this one stands on.
  fileprivate var surface: Role {
    switch self {
    case .popup, .popupBorder, .popupSelection, .input: .popup
    case .status, .mode, .unsaved: .status
    default: .background
    }
  }
}
