/// How many colours a terminal shows.
package enum ColourDepth: Hashable, Sendable {
  case none
  /// The eight colours of ANSI, and the same brighter.
  case palette16
  /// A cube of 6x6x6 colours and 24 greys; the first 16 are a theme's and not relied on.
  case palette256
  case trueColour

  /// What the environment says: NO_COLOR asks for none, COLORTERM tells of all, else TERM decides.
  package init(environment: [String: String]) {
    let term = environment["TERM"] ?? ""
    if environment["NO_COLOR"]?.isEmpty == false || Self.isColourless(term) {
      self = .none
    } else if ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
      || term.hasSuffix("-direct")
      || Self.trueColourTerms.contains(where: term.hasPrefix)
    {
      self = .trueColour
    } else {
      self = Self.smallTerms.contains(term) || term.hasSuffix("-16color") ? .palette16 : .palette256
    }
  }

  private static let trueColourTerms = [
    "xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour",
  ]

  /// Those whose entries in terminfo promise no more than eight or sixteen colours, and keep to it.
  private static let smallTerms: Set = [
    "linux", "ansi", "cygwin", "xterm", "xterm-color", "rxvt", "screen", "tmux", "konsole",
  ]

  private static func isColourless(_ term: String) -> Bool {
    let isOld = term.hasPrefix("vt") && term.dropFirst(2).first?.isNumber == true
    return term.isEmpty || term == "dumb" || isOld || term.hasSuffix("-mono")
      || term.hasSuffix("-m")
  }
}
