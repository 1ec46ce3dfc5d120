extension Theme {
  /// The theme for terminals with a dark background, or with one that did not tell.
  package static let dark = builtIn(darkSource)

  /// The theme for terminals with a light background.
  package static let light = builtIn(lightSource)

  /// The texts of the themes that need no file; Themes/ holds the same, to begin with.
  package static let builtInSources = [darkSource, lightSource]

  private static func builtIn(_ source: ThemeSource) -> Theme {
    let found = try? Theme(source) { name, _ in builtInSources.first { $0.name == name } }
    return found ?? mono
  }

  private static let darkSource = ThemeSource(
    name: "dark", file: "the built-in theme dark", text: darkText)
  private static let lightSource = ThemeSource(
    name: "light", file: "the built-in theme light", text: lightText)

  private static let darkText = """
    # The dark default: slate, with blue for what can be done and amber for what was done.
    # A theme of your own: inherits = "dark" and the colours you want otherwise; then spae theme check.
    appearance = "dark"

    [palette]
    ground = "#14171c"
    ink = "#d8dee6"
    dim = "#98a2b0"
    line = "#6b7686"
    accent = "#7cc7ff"
    accent-ink = "#10202c"
    cursor = "#d8dee6"
    cursor-ink = "#14171c"
    resting = "#4a5462"
    resting-ink = "#f2f5f8"
    selection = "#2d4f7c"
    selection-ink = "#f2f5f8"
    changed = "#ffb454"
    kin = "#8fd694"
    found = "#e6d36a"
    found-ink = "#2a2608"
    bar = "#2a313b"
    bar-ink = "#d8dee6"
    bar-unsaved = "#ffb454"
    good = "#8fd694"
    warn = "#ffb454"
    bad = "#ff8a80"

    [roles]
    background = { bg = "ground" }
    text = { fg = "ink" }
    faint = { fg = "dim" }
    heading = { fg = "accent", bold = true }
    border = { fg = "line" }
    focusedBorder = { fg = "accent", bold = true }
    word = { fg = "ink" }
    cursor = { fg = "cursor-ink", bg = "cursor", bold = true }
    restingCursor = { fg = "resting-ink", bg = "resting" }
    selection = { fg = "selection-ink", bg = "selection" }
    changedWord = { fg = "changed", bold = true }
    relative = { fg = "kin", underline = true }
    match = { fg = "found-ink", bg = "found" }
    status = { fg = "bar-ink", bg = "bar" }
    mode = { fg = "accent-ink", bg = "accent", bold = true }
    unsaved = { fg = "bar-unsaved", bg = "bar", bold = true }
    key = { fg = "accent", bold = true }
    notice = { fg = "good" }
    warning = { fg = "warn" }
    error = { fg = "bad", bold = true }
    popup = { fg = "ink", bg = "ground" }
    popupBorder = { fg = "accent" }
    popupSelection = { fg = "accent-ink", bg = "accent", bold = true }
    input = { fg = "ink", underline = true }
    picture = { bg = "ground" }

    """

  private static let lightText = """
    # The light default: the dark one's hues on paper white.
    appearance = "light"
    inherits = "dark"

    [palette]
    ground = "#fbfbf9"
    ink = "#23272e"
    dim = "#5c6673"
    line = "#7c8794"
    accent = "#0b5fa5"
    accent-ink = "#ffffff"
    cursor = "#23272e"
    cursor-ink = "#fbfbf9"
    resting = "#c3cad3"
    resting-ink = "#14171c"
    selection = "#bcd8f5"
    selection-ink = "#14171c"
    changed = "#9a4a00"
    kin = "#1c6b2a"
    found = "#f2d94e"
    found-ink = "#2a2608"
    bar = "#e3e6ea"
    bar-ink = "#23272e"
    bar-unsaved = "#8a3f00"
    good = "#1c6b2a"
    warn = "#8a4b00"
    bad = "#b3261e"

    """
}
