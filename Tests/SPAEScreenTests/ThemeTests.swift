import Foundation
import SPAEColour
import SPAEScreen
import TOML
import Testing

/// The bundled themes.
private let folder = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Themes")

private let bundledNames = [
  "dark", "dawn", "ember", "fjord", "high-contrast-dark", "high-contrast-light", "light", "mono",
  "moss", "okabe-ito-dark", "okabe-ito-light", "paper", "phosphor",
]

private func bundled(_ name: String) -> ThemeSource? {
  let file = folder.appending(path: "\(name).toml")
  guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
  return ThemeSource(name: name, file: "\(name).toml", text: text)
}

@Suite("The bundled themes")
struct BundledThemeSuite {
  @Test("are these files")
  func files() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.sorted() == bundledNames.map { "\($0).toml" })
  }

  @Test("can be read: 4.5 to 1 for text, 3 to 1 for what is faint", arguments: bundledNames)
  func contrast(_ name: String) throws {
    let theme = try Theme(#require(bundled(name)), find: { name, _ in bundled(name) })
    #expect(theme.name == name)
    guard name != "mono" else { return }
    let isHigh = name.hasPrefix("high-contrast")
    for role in Role.allCases {
      let look = theme[role]
      let (foreground, background) = (try #require(look.foreground), try #require(look.background))
      let contrast = foreground.contrast(with: background)
      let isFaint = role == .faint || role == .border
      let least = isHigh ? (isFaint ? 4.5 : 7) : (isFaint ? 3 : 4.5)
      #expect(contrast >= least, "\(role) of \(name)")
      #expect(!look.faint, "faint would take contrast away")
    }
    let isLight = (theme[.background].background?.luma ?? 0) > 0.5
    #expect(theme.appearance == (isLight ? .light : .dark))
  }

  @Test("keep apart what must be told apart", arguments: bundledNames)
  func distinct(_ name: String) throws {
    let theme = try Theme(#require(bundled(name)), find: { name, _ in bundled(name) })
    let roles: [Role] = [
      .word, .cursor, .restingCursor, .selection, .changedWord, .relative, .match,
    ]
    #expect(Set(roles.map { theme[$0] }).count == roles.count)
    #expect(theme[.popup] != theme[.popupSelection])
    #expect(theme[.border] != theme[.focusedBorder])
  }

  @Test("stand in the program as in their files")
  func builtIn() throws {
    for source in Theme.builtInSources {
      #expect(bundled(source.name)?.text == source.text)
    }
    #expect(
      Theme.dark == (try Theme(#require(bundled("dark")), find: { name, _ in bundled(name) })))
    #expect(
      Theme.light == (try Theme(#require(bundled("light")), find: { name, _ in bundled(name) })))
    #expect(
      Theme.mono == (try Theme(#require(bundled("mono")), find: { name, _ in bundled(name) })))
  }
}

@Suite("The manual page of themes")
struct ThemeManualSuite {
  @Test("names each role once, in its order")
  func roles() throws {
    let page = folder.deletingLastPathComponent().appending(path: "man/spae-theme.5")
    let text = try String(contentsOf: page, encoding: .utf8)
    let section =
      try #require(text.components(separatedBy: ".Sh ROLES").last)
      .components(separatedBy: ".Sh").first ?? ""
    let named = section.split(separator: "\n").filter { $0.hasPrefix(".It Li ") }
    #expect(named.map { String($0.dropFirst(7)) } == Role.allCases.map(\.rawValue))
  }
}

@Suite("A theme")
struct ThemeSuite {
  private let parent = ThemeSource(
    name: "parent", file: "parent.toml",
    text: """
      appearance = "light"
      [palette]
      ink = "#102030"
      paper = "#fff0E0"
      [roles]
      background = { bg = "paper" }
      text = "ink"
      cursor = { fg = "paper", bg = "ink", bold = true, italic = true }
      popup = { bg = "#eeeeee" }
      popupSelection = { underline = true }
      """)

  private func theme(_ text: String) throws(ThemeError) -> Theme {
    try Theme(ThemeSource(name: "mine", file: "mine.toml", text: text), among: ["parent"]) {
      name, _ in name == "parent" ? parent : nil
    }
  }

  private func look(_ foreground: RGB?, _ background: RGB?) -> Attributes {
    Attributes(foreground: foreground, background: background)
  }

  @Test("gives a role the text's colour and the ground of its surface where it says none")
  func roles() throws {
    let theme = try theme("inherits = 'parent'")
    let (ink, paper) = (RGB(0x10, 0x20, 0x30), RGB(0xFF, 0xF0, 0xE0))
    #expect(theme.appearance == .light)
    #expect(theme[.text] == look(ink, paper))
    #expect(theme[.word] == look(ink, paper))
    var cursor = look(paper, ink)
    (cursor.bold, cursor.italic) = (true, true)
    #expect(theme[.cursor] == cursor)
    var selection = look(ink, RGB(0xEE, 0xEE, 0xEE))
    selection.underline = true
    #expect(theme[.popupSelection] == selection)
    #expect(theme[.changedWord].bold, "as mono has it")
  }

  @Test("replaces colours and roles of the one it inherits")
  func inherits() throws {
    let theme = try theme(
      """
      inherits = "parent"
      appearance = "dark"
      palette.paper = "#000000"
      roles.cursor = { reverse = true }
      roles.text.fg = "default"
      """)
    #expect(theme.appearance == .dark)
    #expect(theme[.background].background == RGB.black)
    var cursor = look(nil, .black)
    cursor.reverse = true
    #expect(theme[.cursor] == cursor)
  }

  @Test("writes black or white on the colours of a picture, whichever can be read")
  func tints() throws {
    let theme = Theme.dark
    let onYellow = theme.attributes(of: Style(.changedWord, background: RGB(250, 240, 90)))
    #expect(onYellow.foreground == .black)
    #expect(onYellow.background == RGB(250, 240, 90))
    #expect(onYellow.bold == theme[.changedWord].bold)
    #expect(theme.attributes(of: Style(.word, background: RGB(20, 30, 90))).foreground == .white)
    let both = Style(.picture, foreground: RGB(1, 2, 3), background: RGB(4, 5, 6))
    #expect(theme.attributes(of: both) == look(RGB(1, 2, 3), RGB(4, 5, 6)))
  }

  @Test(
    "names the place of what is wrong in its file",
    arguments: [
      ("colours = 1", 1, 1, .unknownKey("colours", near: nil)),
      ("# x\n[palete]\na = \"#000000\"", 2, 2, .unknownKey("palete", near: "palette")),
      ("appearance = \"dim\"", 1, 14, .appearance("dim")),
      (
        "appearance = 3", 1, 14,
        .wrongType(of: "appearance", expected: "a text in quotes", got: "a whole number")
      ),
      ("[palette]\n# é\nink = '#12345'", 3, 7, .badColour("#12345")),
      ("[palette]\nink = '#+23456'", 2, 7, .badColour("#+23456")),
      ("[palette]\nink = 'red'", 2, 7, .badColour("red")),
      ("palette = []", 1, 11, .wrongType(of: "palette", expected: "a table", got: "a list")),
      ("[roles]\nword = '#000000'\ncursr = {}", 3, 1, .unknownRole("cursr", near: "cursor")),
      ("[roles.curser]\nbold = true", 1, 8, .unknownRole("curser", near: "cursor")),
      (
        "palette.ink = '#000000'\n[roles]\nword = { fg = 'inkk' }", 3, 15,
        .unknownColour("inkk", near: "ink")
      ),
      ("[roles]\nword = { fg = '#ab' }", 2, 15, .badColour("#ab")),
      ("[roles]\nword = { bold = true, twinkle = 1 }", 2, 23, .unknownKey("twinkle", near: nil)),
      ("[roles]\nword = { bold = true, boldd = true }", 2, 23, .unknownKey("boldd", near: "bold")),
      (
        "[roles]\nword = { fg = '#000000', bold = 'yes' }", 2, 33,
        .wrongType(of: "bold", expected: "true or false", got: "a text")
      ),
      (
        "[roles]\nword = 7", 2, 8,
        .wrongType(of: "word", expected: "a table or a colour", got: "a whole number")
      ),
      ("inherits = 'parnt'", 1, 12, .unknownTheme("parnt", near: "parent")),
      (
        "a = 1\u{0}", 1, 6,
        .syntax("expected the end of the line, found the control character U+0000")
      ),
    ] as [(String, Int, Int, ThemeError.Problem)])
  func damaged(_ text: String, _ line: Int, _ column: Int, _ problem: ThemeError.Problem) {
    let place = TextPlace(line: line, column: column)
    #expect(throws: ThemeError(file: "mine.toml", place: place, problem: problem)) {
      try theme(text)
    }
  }

  @Test("names the line at which it is no TOML any more")
  func syntax() {
    for (text, line) in [("appearance = \"dark\"\n[palette\n", 2), ("\nword = { bold =", 2)] {
      do {
        _ = try theme(text)
        Issue.record("\(text) was read")
      } catch {
        #expect(error.place.line == line)
        if case .syntax = error.problem { continue }
        Issue.record(error)
      }
    }
  }

  @Test("may be empty: it is mono then")
  func empty() throws {
    let theme = try theme("")
    #expect(Role.allCases.allSatisfy { theme[$0] == Theme.mono[$0] })
  }

  @Test("that inherits itself is refused with the whole circle")
  func cycle() {
    let a = ThemeSource(name: "a", file: "a.toml", text: "inherits = 'b'")
    let b = ThemeSource(name: "b", file: "b.toml", text: "# b\ninherits = 'a'")
    let expected = ThemeError(
      file: "b.toml", place: TextPlace(line: 2, column: 12), problem: .cycle(["a", "b", "a"]))
    #expect(throws: expected) {
      try Theme(a) { name, _ in name == "a" ? a : b }
    }
  }

  @Test("names the file in which a colour is missing, not the one that inherits it")
  func foreignColour() {
    let broken = ThemeSource(
      name: "broken", file: "broken.toml", text: "[roles]\ntext = 'ink'")
    let child = ThemeSource(
      name: "child", file: "child.toml", text: "inherits = 'broken'\npalette.pink = '#ff8888'")
    let expected = ThemeError(
      file: "broken.toml", place: TextPlace(line: 2, column: 8),
      problem: .unknownColour("ink", near: "pink"))
    #expect(throws: expected) {
      try Theme(child) { _, _ in broken }
    }
  }
}

@Suite("A palette")
struct PaletteSuite {
  @Test(
    "has a nearest colour for each",
    arguments: [
      (Palette.colours8, RGB(250, 20, 10), 1), (.colours8, RGB(250, 250, 250), 7),
      (.colours16, RGB(250, 20, 10), 9), (.colours16, RGB(20, 20, 30), 0),
      (.colours16, RGB(130, 130, 130), 8), (.colours256, RGB(0, 0, 0), 16),
      (.colours256, RGB(255, 255, 255), 231), (.colours256, RGB(95, 135, 175), 67),
      (.colours256, RGB(8, 8, 8), 232), (.colours256, RGB(119, 118, 117), 243),
    ])
  func nearest(_ palette: Palette, _ colour: RGB, _ number: Int) {
    #expect(palette.nearest(to: colour) == number)
  }

  @Test("keeps text readable where both colours become one", arguments: Palette.allCases)
  func apart(_ palette: Palette) {
    let both = palette.nearest(foreground: RGB(18, 18, 20), background: RGB(19, 19, 19))
    #expect(both.foreground != both.background)
    #expect(palette.nearest(foreground: nil, background: .black).foreground == nil)
    let same = palette.nearest(foreground: .black, background: .black)
    #expect(same.foreground == same.background)
  }

  @Test(
    "leaves the roles of every bundled theme readable",
    arguments: bundledNames.filter { $0 != "mono" }, Palette.allCases)
  func themes(_ name: String, _ palette: Palette) throws {
    let theme = try Theme(#require(bundled(name)), find: { name, _ in bundled(name) })
    for role in Role.allCases {
      let look = theme[role]
      let (foreground, background) = (try #require(look.foreground), try #require(look.background))
      let both = palette.nearest(foreground: foreground, background: background)
      let shown = palette.colour(try #require(both.foreground))
        .contrast(with: palette.colour(try #require(both.background)))
      let wanted = 0.6 * min(4.5, foreground.contrast(with: background))
      #expect(shown >= wanted, "\(role) of \(name)")
    }
  }
}

@Suite("Colours")
struct ColourSuite {
  @Test("are written with six digits and read back")
  func hex() {
    #expect(RGB(hex: "#00aBff") == RGB(0, 0xAB, 0xFF))
    #expect(RGB(0, 0xAB, 0xFF).hex == "#00abff")
    for wrong in ["", "#", "00abff", "#00abf", "#00abfff", "#00abfg", "#-0abff", "#é0abff"] {
      #expect(RGB(hex: wrong) == nil, "\(wrong)")
    }
  }

  @Test("have the contrast that WCAG gives them")
  func contrast() {
    #expect(RGB.black.contrast(with: .white) == 21)
    #expect(abs(RGB(0x77, 0x77, 0x77).contrast(with: .white) - 4.48) < 0.01)
    #expect(RGB(0x77, 0x77, 0x77).readable == .black)
  }
}
