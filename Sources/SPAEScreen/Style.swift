package import SPAEColour

/// What a piece of the screen is for; a theme says how that looks.
package enum Role: String, CaseIterable, Hashable, Sendable {
  /// The background of everything.
  case background
  case text
  /// Text that matters less: hints, words that the picture does not use at this depth.
  case faint
  case heading
  case border
  case focusedBorder
  /// A word of the pyramid.
  case word
  /// The word under the cursor.
  case cursor
  /// The word under the cursor while another pane has the keys.
  case restingCursor
  /// Words in a marked block.
  case selection
  /// A word that differs from the file's.
  case changedWord
  /// The parents and children of the word under the cursor.
  case relative
  /// Text that a search or a filter found.
  case match
  case status
  case mode
  /// The mark of words that are not saved.
  case unsaved
  case key
  case notice
  case warning
  case error
  case popup
  case popupBorder
  case popupSelection
  /// Where a person types.
  case input
  /// The box of the picture.
  case picture
}

/// How a cell of the screen is to look: its role, and colours that come from a picture.
package struct Style: Hashable, Sendable {
  package var role: Role
  /// Replaces the theme's foreground.
  package var foreground: RGB?
  /// Replaces the theme's background; the theme then picks a foreground that can be read on it.
  package var background: RGB?

  package init(_ role: Role, foreground: RGB? = nil, background: RGB? = nil) {
    self.role = role
    self.foreground = foreground
    self.background = background
  }
}
