import SPAEScreen
import Testing

@Suite("A screen")
struct ScreenSuite {
  @Test("clips text at its edges and marks what was left out")
  func clips() {
    var screen = Screen(rows: 2, columns: 8)
    screen.put("elephants", row: 0, column: 0, style: Style(.text))
    screen.put("sun", row: 1, column: 6, style: Style(.text))
    screen.put("nowhere", row: 5, column: 0, style: Style(.text))
    #expect(screen.lines == ["elephan…", "      s…"])
  }

  @Test("gives wide characters two cells and never half of one")
  func wide() {
    var screen = Screen(rows: 1, columns: 5)
    #expect(screen.put("a猫猫猫", row: 0, column: 0, style: Style(.text)) == 4)
    #expect(screen.lines == ["a猫…"])
    #expect(screen[0, 2].character == nil)
  }

  @Test("draws a frame with its title")
  func frame() {
    var screen = Screen(rows: 3, columns: 12)
    screen.frame(screen.box, title: "Words", style: Style(.border), titleStyle: Style(.heading))
    #expect(screen.lines == ["┌ Words ───┐", "│          │", "└──────────┘"])
  }

  @Test("survives boxes of any size anywhere", arguments: [-3, 0, 1, 2, 7])
  func anyBox(_ size: Int) {
    for origin in [-2, 0, 1, 9] {
      var screen = Screen(rows: 3, columns: 4)
      let box = Box(row: origin, column: origin, rows: size, columns: size)
      screen.fill(box, style: Style(.popup))
      screen.frame(box, title: "title", style: Style(.border), titleStyle: Style(.heading))
      #expect(screen.lines.count == 3)
    }
  }
}

@Suite("The width of text in cells")
struct DisplayWidthSuite {
  @Test(
    "follows the terminal's",
    arguments: [
      ("", 0), ("cat", 3), ("é", 1), ("e\u{301}", 1), ("猫", 2), ("한글", 4), ("🐈", 2), ("❤️", 2),
      ("\u{7}", 5), ("│", 1), ("…", 1),
    ])
  func widths(_ text: String, _ width: Int) {
    #expect(text.displayWidth == width)
    #expect(text.padded(to: 6).displayWidth == 6)
  }
}

@Suite("The notation of keys")
struct KeyNotationSuite {
  @Test("reads back what it writes")
  func roundTrip() throws {
    let keys: [Key] = [
      .character("a"), .character("<"), .character(" "), .control("r"), .control("["), .alt("x"),
      .escape, .enter, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right,
      .home, .end, .pageUp, .pageDown, .function(12), .mouse(.init(.press, row: 3, column: 14)),
      .mouse(.init(.wheelDown, row: 0, column: 0)),
    ]
    #expect(try Key.keys(from: keys.map(\.notation).joined(separator: "\n")) == keys)
  }

  @Test("names the place of what it cannot read")
  func damaged() {
    #expect(throws: KeyNotationError(line: 2, column: 3, found: "C-rr")) {
      try Key.keys(from: "jj\nab<C-rr>")
    }
    #expect(throws: KeyNotationError(line: 1, column: 1, found: "open")) {
      try Key.keys(from: "<open")
    }
  }
}
