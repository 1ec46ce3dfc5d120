import CNcurses
import CTerminalGuard
import Glibc
package import SPAEGraphics
package import SPAEScreen
import SPAESystem

/// The terminal in the hands of curses, from `init` to `leave`; one thread uses it.
///
/// Curses draws, and sends only what differs. Keys are read here: it knows neither mouse reports
/// beyond column 223 on every terminal, nor bracketed paste.
@safe
package final class CursesTerminal {
  /// How characters look; another theme takes effect with the next drawing.
  package var theme: Theme {
    didSet { forgetLooks() }
  }

  /// Rows and columns of the terminal, as of the last `resized`.
  package private(set) var size: (rows: Int, columns: Int)

  package let descriptor: Int32
  let signals: SignalPipe
  package var decoder = KeyDecoder()
  private(set) var isEntered = false

  private let curses: OpaquePointer
  private let file: UnsafeMutablePointer<FILE>
  private let isUnicode: Bool
  private var colours: CursesColours
  private var looks: [Style: Look] = [:]
  private var shown: Screen?

  /// How a style looks, in the terms of curses.
  private struct Look {
    let attributes: attr_t
    let pair: Int32
  }

  // Synchronized output: what is sent in between is shown at once.
  private static let beginSynchronizedUpdate = Array("\u{1B}[?2026h".utf8)
  private static let endSynchronizedUpdate = Array("\u{1B}[?2026l".utf8)
  // Presses, drags and the wheel as SGR reports; pasted text in brackets.
  private static let modesOn = Array("\u{1B}[?1002h\u{1B}[?1006h\u{1B}[?2004h".utf8)
  private static let modesOff = Array(
    "\u{1B}[?2026l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?2004l".utf8)

  /// Takes the terminal: the alternate screen, raw keys, the mouse, signals.
  ///
  /// Throws `TerminalError` where there is none, or one that the system does not know.
  package init(theme: Theme, colours wanted: ColourDepth) throws(TerminalError) {
    self.theme = theme
    isUnicode = Self.setLocale()
    // GNU screen passes COLORTERM on from the terminal around it, and knows only 256 colours.
    let isDirect = unsafe wanted == .trueColour && getenv("STY") == nil
    descriptor = try Self.openTerminal()
    signals = try SignalPipe()
    guard spae_guard_install(descriptor) == 0 else {
      throw .failed("taking the terminal", status: errno)
    }
    guard let file = unsafe fdopen(descriptor, "r+"),
      let curses = unsafe Self.start(file, descriptor, isDirect: isDirect)
    else {
      spae_guard_remove()
      signals.close()
      close(descriptor)
      throw .unknownTerminal(Self.name)
    }
    unsafe self.file = file
    unsafe self.curses = curses
    colours = CursesColours(wanted: wanted)
    size = Self.size(of: descriptor)
    prepare()
  }

  deinit {
    leave()
  }

  // MARK: Drawing

  /// Shows a screen, sending only what differs from the last one.
  ///
  /// With `force` all is sent again, also what other programs wrote over; a picture then has to be
  /// placed again, as after `resized` and `continued`.
  package func draw(_ screen: Screen, force: Bool) {
    guard isEntered else { return }
    let isWhole = force || shown.map { !$0.hasSize(of: screen) } ?? true
    if isWhole { startOver(force: force) }
    for row in 0..<min(screen.rows, size.rows) where !isShown(screen, row) { put(screen, row) }
    place(cursor: screen.cursor)
    // As one: nobody is to see the screen while it is empty.
    if isWhole { send(Self.beginSynchronizedUpdate) }
    refresh()
    if isWhole { send(Self.endSynchronizedUpdate) }
    shown = screen
  }

  /// Draws a picture over a box that was drawn with the role `picture`, in one write.
  ///
  /// The bytes are a picture by sixel, kitty or the like, which begins where the cursor is.
  package func place(picture bytes: [UInt8], at box: Box) {
    guard isEntered, !box.isEmpty else { return }
    let start = "\u{1B}7\u{1B}[\(box.row + 1);\(box.column + 1)H"
    send(
      Self.beginSynchronizedUpdate + Array(start.utf8) + bytes + Array("\u{1B}8".utf8)
        + Self.endSynchronizedUpdate)
  }

  private func startOver(force: Bool) {
    shown = nil
    let look = look(of: Style(.background))
    spae_curses_background(look?.attributes ?? 0, look?.pair ?? 0)
    unsafe werase(spae_curses_window())
    if force { unsafe clearok(spae_curses_physical_screen(), true) }
  }

  private func isShown(_ screen: Screen, _ row: Int) -> Bool {
    guard let shown else { return false }
    return (0..<screen.columns).allSatisfy { screen[row, $0] == shown[row, $0] }
  }

  private func put(_ screen: Screen, _ row: Int) {
    guard screen.columns > 0 else { return }
    var style = screen[row, 0].style
    var look = look(of: style, on: screen)
    for column in 0..<min(screen.columns, size.columns) {
      let cell = screen[row, column]
      guard let character = cell.character else { continue }
      if cell.style != style {
        style = cell.style
        look = self.look(of: style, on: screen)
      }
      put(character, isPicture: style.role == .picture, look, Int32(row), Int32(column))
    }
  }

  private func put(
    _ character: Character, isPicture: Bool, _ look: Look, _ row: Int32, _ column: Int32
  ) {
    if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7F, !isPicture {
      spae_curses_put_one(row, column, wchar_t(ascii), look.attributes, look.pair)
    } else {
      let text =
        isPicture && isUnicode && Self.blanks.contains(character)
        ? [Self.pictureBlank(row, column)] : scalars(of: character)
      unsafe spae_curses_put(row, column, text + [0], look.attributes, look.pair)
      guard text == Self.unknown, character.displayWidth == 2 else { return }
      spae_curses_put_one(row, column + 1, wchar_t(UInt8(ascii: " ")), look.attributes, look.pair)
    }
  }

  private static let unknown = [wchar_t(UInt8(ascii: "?"))]
  private static let blanks: Set<Character> = [" ", "\u{A0}"]

  /// A blank of a picture, which is none to curses: it erases blanks by codes that also erase the
  /// picture over them.
  ///
  /// Nor is it the same in any two rows: where a row is like another one before, curses takes the
  /// screen for scrolled, and scrolls the picture along. Of two spaces each column writes a binary
  /// digit of the row's number.
  private static func pictureBlank(_ row: Int32, _ column: Int32) -> wchar_t {
    let (noBreakSpace, enSpace): (wchar_t, wchar_t) = (0xA0, 0x2002)
    return row >> (column % 8) & 1 == 0 ? noBreakSpace : enSpace
  }

  /// What curses is to write: a character with its marks, as far as the C library knows it.
  private func scalars(of character: Character) -> [wchar_t] {
    guard isUnicode else { return [wchar_t(character.plain.value)] }
    let scalars = character.unicodeScalars.map { wchar_t($0.value) }
    guard let first = scalars.first, spae_width(first) == Int32(character.displayWidth) else {
      return Self.unknown
    }
    return [first] + scalars.dropFirst().prefix(while: { spae_width($0) == 0 }).prefix(4)
  }

  private func place(cursor: (row: Int, column: Int)?) {
    curs_set(cursor == nil ? 0 : 1)
    guard let cursor else { return }
    move(Int32(cursor.row), Int32(cursor.column))
  }

  // MARK: Looks

  private func forgetLooks() {
    looks = [:]
    shown = nil
  }

  private func look(of style: Style, on screen: Screen) -> Look {
    if let look = looks[style] { return look }
    if looks.count >= Self.mostLooks { forgetLooks(except: screen) }
    if let look = look(of: style) { return look }
    forgetLooks(except: screen)
    return look(of: style) ?? Look(attributes: theme.attributes(of: style).curses, pair: 0)
  }

  /// Pictures bring new colours all day: what is remembered of them has an end.
  private static let mostLooks = 1 << 16

  /// nil when curses has no pair of colours left.
  private func look(of style: Style) -> Look? {
    if let look = looks[style] { return look }
    let attributes = colours.isMonochrome ? Theme.mono[style.role] : theme.attributes(of: style)
    guard let pair = colours.pair(for: attributes) else { return nil }
    let look = Look(attributes: attributes.curses, pair: pair)
    looks[style] = look
    return look
  }

  /// Takes back the pairs of colours that are no longer on the screen.
  private func forgetLooks(except screen: Screen) {
    var kept: [Style: Look] = [:]
    for each in [shown, screen].compactMap({ $0 }) {
      for row in 0..<each.rows {
        for column in 0..<each.columns {
          let style = each[row, column].style
          if kept[style] == nil { kept[style] = looks[style] }
        }
      }
    }
    looks = kept
    colours.keep(Set(kept.values.map(\.pair)))
  }

  // MARK: Taking and giving back

  /// Gives the terminal back as it was; nothing is drawn after that.
  package func leave() {
    guard isEntered else { return }
    exit()
    spae_guard_remove()
    signals.close()
    unsafe delscreen(curses)
    unsafe fclose(file)
  }

  /// Takes the terminal again after others had it.
  package func enter() {
    spae_guard_arm(1)
    reset_prog_mode()
    send(Self.modesOn)
    isEntered = true
    measure()
  }

  package func exit() {
    guard isEntered else { return }
    send(Self.modesOff)
    curs_set(1)
    endwin()
    spae_guard_arm(0)
    isEntered = false
  }

  private func prepare() {
    raw()
    noecho()
    nonl()
    typeahead(-1)  // else curses leaves a drawing half done when a key waits
    def_prog_mode()
    let restoring =
      Self.modesOff + Terminfo.bytes("sgr0") + Terminfo.bytes("cnorm") + Terminfo.bytes("rmcup")
    unsafe spae_guard_set_escape(restoring, restoring.count)
    enter()
  }

  /// Asks the terminal for its size, and tells curses; all is drawn anew.
  ///
  /// Each terminal has its own idea of what is left on the screen after a resize.
  package func measure() {
    size = Self.size(of: descriptor)
    resize_term(Int32(size.rows), Int32(size.columns))
    shown = nil
    unsafe clearok(spae_curses_physical_screen(), true)
  }

  /// Writes bytes past curses, all of them; of a terminal that is gone the next poll will tell.
  func send(_ bytes: [UInt8]) { try? FileSystem.write(bytes, to: descriptor) }
}

// MARK: What the system is asked for

extension CursesTerminal {
  /// Takes the environment's characters, and nothing else of its locale: numbers keep their points.
  private static func setLocale() -> Bool {
    unsafe setlocale(LC_CTYPE, "")
    if isUnicodeLocale { return true }
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let wish = names.lazy.compactMap { unsafe getenv($0).map { unsafe String(cString: $0) } }
      .first { !$0.isEmpty }
    // A locale that is named and not installed: its characters are known all the same.
    guard let wish = wish?.uppercased(), wish.contains("UTF-8") || wish.contains("UTF8") else {
      return false
    }
    unsafe setlocale(LC_CTYPE, "C.UTF-8")
    return isUnicodeLocale
  }

  private static var isUnicodeLocale: Bool {
    unsafe nl_langinfo(nl_item(CODESET)).map { unsafe String(cString: $0) } == "UTF-8"
  }

  private static func openTerminal() throws(TerminalError) -> Int32 {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { throw .noTerminal }
    // Started in the background: stop, as everything does that reads the terminal. Only a job that
    // no shell looks after comes through here, and has no terminal to use.
    for _ in 0..<100 where !isForeground(terminal) { kill(0, SIGTTIN) }
    guard isForeground(terminal) else {
      close(terminal)
      throw .noTerminal
    }
    guard placesCursor(terminal) else {
      close(terminal)
      throw .withoutCursor(name)
    }
    return terminal
  }

  /// Whether characters can be placed; true where the system does not know the terminal.
  private static func placesCursor(_ terminal: Int32) -> Bool {
    var status: Int32 = 0
    guard unsafe setupterm(nil, terminal, &status) == OK else { return true }
    return Terminfo.string("cup") != nil
  }

  private static var name: String { unsafe getenv("TERM").map { unsafe String(cString: $0) } ?? "" }

  /// Whether this program's job has the terminal.
  package static func isForeground(_ terminal: Int32) -> Bool { tcgetpgrp(terminal) == getpgrp() }

  private static func start(
    _ file: UnsafeMutablePointer<FILE>, _ terminal: Int32, isDirect: Bool
  ) -> OpaquePointer? {
    let start = { unsafe newterm(nil, file, file) }
    return unsafe isDirect ? DirectColourEntry.whileSet(terminal: terminal, start) : start()
  }

  private static func size(of terminal: Int32) -> (rows: Int, columns: Int) {
    var window = winsize()
    guard unsafe ioctl(terminal, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0,
      window.ws_row > 0
    else { return (24, 80) }
    return (Int(window.ws_row), Int(window.ws_col))
  }
}

extension Screen {
  fileprivate func hasSize(of other: Screen) -> Bool {
    (rows, columns) == (other.rows, other.columns)
  }
}

extension Attributes {
  /// The marks beside the colours, for curses.
  fileprivate var curses: attr_t {
    var marks: attr_t = 0
    if bold { marks |= spae_curses_bold() }
    if faint { marks |= spae_curses_faint() }
    if italic { marks |= spae_curses_italic() }
    if underline { marks |= spae_curses_underline() }
    if reverse { marks |= spae_curses_reverse() }
    return marks
  }
}

extension Character {
  /// What stands for it on a terminal that has only ASCII.
  fileprivate var plain: Unicode.Scalar {
    switch self {
    case "─", "━", "╌", "═": "-"
    case "│", "┃", "╎", "║": "|"
    case "┌", "┐", "└", "┘", "├", "┤", "┬", "┴", "┼", "╭", "╮", "╯", "╰": "+"
    case "…": "~"
    case "•", "●", "◆", "·": "*"
    case "▸", "▶", "→", "›": ">"
    case "◂", "◀", "←", "‹": "<"
    case "▲", "↑": "^"
    case "▼", "↓": "v"
    case "█", "▓", "▒", "░", "▀", "▄": "#"
    default:
      unicodeScalars.first.flatMap { $0.isASCII && $0.value >= 0x20 ? $0 : nil } ?? "?"
    }
  }
}
