package import SPAEPixels

/// What a terminal answered when it was asked, and what the environment says of it.
package struct TerminalCapabilities: Hashable, Sendable {
  package var kitty = false
  package var sixel = false

  /// How many colours a sixel picture may have, if the terminal told.
  package var sixelColours: Int?

  /// The most pixels that a sixel picture may have, if the terminal told.
  package var largestSixel: (width: Int, height: Int)? {
    storedLargest.map { ($0.width, $0.height) }
  }

  /// The program and its version, such as "foot(1.13.1)", if the terminal told.
  package var name: String?

  /// The colour behind the text, if the terminal told.
  package var background: Colour?

  /// Whether tmux stands between, so that what it does not know itself must be handed through.
  package var isTmux = false

  /// A character cell in pixels, if the terminal told.
  package var cellSize: (width: Int, height: Int)? { storedCell.map { ($0.width, $0.height) } }

  private struct Cell: Hashable { let width: Int, height: Int }
  private var storedCell: Cell?
  private var storedLargest: Cell?
  private var isWindowExact = false

  package init() {}

  /// Reads the answers to `probe`; anything else in them is passed over.
  package init(answers: [UInt8], environment: [String: String] = [:]) {
    isTmux = Self.isTmux(environment)
    for answer in TerminalAnswer.all(in: answers) {
      switch answer {
      case .attributes(let numbers): sixel = numbers.dropFirst().contains(4)
      case .cellSize(let width, let height): storedCell = Cell(width: width, height: height)
      case .secondaryAttributes(let numbers):
        name = name ?? Self.secondaryNames[Array(numbers.prefix(2))]
      case .sixelColours(let colours): sixelColours = colours
      case .largestSixel(let width, let height):
        storedLargest = Cell(width: width, height: height)
      case .background(let colour): background = colour
      case .kitty(let isTaken): kitty = isTaken
      case .name(let name):
        self.name = name
        isTmux = isTmux || name.hasPrefix("tmux ")
      }
    }
  }

  /// Takes the cell's size from the window's, in characters and pixels: at first where none was
  /// told, and again whenever the window or its font has changed.
  ///
  /// Some terminals count their margins in; a window is believed that once agreed with what was told.
  package mutating func useWindow(columns: Int, rows: Int, width: Int, height: Int) {
    guard columns > 0, rows > 0, width >= columns, height >= rows else { return }
    let cell = Cell(width: width / columns, height: height / rows)
    guard max(cell.width, cell.height) <= 200 else { return }
    isWindowExact = isWindowExact || storedCell == nil || storedCell == cell
    if isWindowExact { storedCell = cell }
  }

  // MARK: The question

  /// Terminals that tell their name by secondary device attributes alone.
  ///
  /// mlterm 3.9.0 says that it is a VT320 of firmware 279, as it always does.
  private static let secondaryNames = [[24, 279]: "mlterm"]

  /// The question: kitty graphics, name, secondary attributes, sixel colours and size, cell size,
  /// background and, as a fence that all answer, device attributes.
  ///
  /// tmux and screen take a question in kitty's form for a window's title, so they are not asked.
  package static func probe(environment: [String: String]) -> String {
    let kitty = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\"
    let names = "\u{1B}[>0q\u{1B}[>c"
    let others = "\u{1B}[?1;1;0S\u{1B}[?2;4;0S\u{1B}[16t\u{1B}]11;?\u{1B}\\\u{1B}[c"
    return (isTmux(environment) || isScreen(environment) ? "" : kitty) + names + others
  }

  /// Whether the answer to the fence has come.
  package static func isComplete(_ answers: [UInt8]) -> Bool {
    TerminalAnswer.all(in: answers).contains {
      if case .attributes = $0 { true } else { false }
    }
  }

  private static func isTmux(_ environment: [String: String]) -> Bool {
    environment["TMUX"]?.isEmpty == false || environment["TERM"]?.hasPrefix("tmux") == true
  }

  private static func isScreen(_ environment: [String: String]) -> Bool {
    environment["STY"]?.isEmpty == false || environment["TERM"]?.hasPrefix("screen") == true
  }

  // MARK: What follows

  /// Whether the background is light; nil when the terminal did not tell its colour.
  package var isLight: Bool? {
    background.map { colour in
      299 * Int(colour.red) + 587 * Int(colour.green) + 114 * Int(colour.blue) > 127_500
    }
  }

  private static let trueColourNames = [
    "XTerm(", "kitty(", "foot(", "WezTerm", "iTerm2", "contour", "ghostty", "mlterm", "Konsole",
    "VTE(", "tmux ",
  ]

  /// How many colours it shows: terminals that told their name are known better than by TERM.
  package func colours(environment: [String: String]) -> ColourDepth {
    let stated = ColourDepth(environment: environment)
    guard stated != .none, let name, Self.trueColourNames.contains(where: name.hasPrefix) else {
      return stated
    }
    return .trueColour
  }

  /// The best way to draw: kitty, sixel, quadrants, half blocks, and ASCII where the locale has no
  /// blocks or the terminal no colours.
  package func best(environment: [String: String]) -> GraphicsProtocol {
    if environment["TERM"] == "dumb" { return .none }
    if kitty { return .kitty }
    if sixel { return .sixel }
    return Self.bestBlocks(environment: environment)
  }

  /// The best way to draw with characters alone.
  package static func bestBlocks(environment: [String: String]) -> GraphicsProtocol {
    guard isUnicode(environment), ColourDepth(environment: environment) != .none else {
      return .ascii
    }
    // The console's font has half blocks but no quadrants.
    return environment["TERM"] == "linux" ? .halfBlocks : .quadrants
  }

  private static func isUnicode(_ environment: [String: String]) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    return locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
  }
}
