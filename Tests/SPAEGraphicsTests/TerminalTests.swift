import SPAEGraphics
import SPAEPixels
import Testing

@Suite struct WhatATerminalAnswers {
  static let unicode = ["LANG": "C.UTF-8", "TERM": "xterm-256color"]

  /// What a terminal said, and what is to be made of it.
  struct Answer: Sendable {
    let terminal: String
    let text: String
    var best = GraphicsProtocol.quadrants
    var name: String?
    var cell: [Int] = []
    var colours: Int?
    var largest: [Int] = []
    var depth = ColourDepth.palette256
    var isLight: Bool?
    var isTmux = false
  }

  static let answers = [
    Answer(
      terminal: "xterm 379",
      text: "\u{1B}P>|XTerm(379)\u{1B}\\\u{1B}[>41;379;0c\u{1B}[?1;3S\u{1B}[?2;3S"
        + "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\\u{1B}[?64;1;2;6;9;15;16;17;18;21;22;28c",
      name: "XTerm(379)", depth: .trueColour, isLight: true),
    Answer(
      terminal: "xterm 379 as a vt340",
      text: "\u{1B}P>|XTerm(379)\u{1B}\\\u{1B}[>19;379;0c\u{1B}[?1;0;1024S\u{1B}[?2;0;1000;1000S"
        + "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\\u{1B}[?63;1;2;4;6;9;15;16;22;28c",
      best: .sixel, name: "XTerm(379)", colours: 1024, largest: [1000, 1000], depth: .trueColour,
      isLight: true),
    Answer(
      terminal: "xterm of 16 registers that may tell its window",
      text: "\u{1B}P>|XTerm(379)\u{1B}\\\u{1B}[?1;0;16S\u{1B}[6;17;8t"
        + "\u{1B}]11;rgb:1010/1414/1818\u{1B}\\\u{1B}[?63;1;2;4;6;9;15;16;22;28c",
      best: .sixel, name: "XTerm(379)", cell: [8, 17], colours: 16, depth: .trueColour,
      isLight: false),
    Answer(
      terminal: "a real vt340", text: "\u{1B}[?63;1;2;3;4;6;7;8;9;15;22;28;29;c", best: .sixel),
    Answer(
      terminal: "foot",
      text: "\u{1B}P>|foot(1.13.1)\u{1B}\\\u{1B}[>1;011301;0c\u{1B}[?1;0;1024S"
        + "\u{1B}[?2;0;10000;10000S\u{1B}[6;16;7t\u{1B}]11;rgb:1111/1111/1111\u{1B}\\"
        + "\u{1B}[?62;4;22c",
      best: .sixel, name: "foot(1.13.1)", cell: [7, 16], colours: 1024, largest: [10000, 10000],
      depth: .trueColour, isLight: false),
    Answer(
      terminal: "kitty",
      text: "\u{1B}_Gi=31;OK\u{1B}\\\u{1B}P>|kitty(0.26.5)\u{1B}\\\u{1B}[>1;4000;26c\u{1B}[6;20;9t"
        + "\u{1B}]11;rgb:0000/0000/0000\u{1B}\\\u{1B}[?62;c",
      best: .kitty, name: "kitty(0.26.5)", cell: [9, 20], depth: .trueColour, isLight: false),
    Answer(
      terminal: "a terminal that knows kitty's form but not this one",
      text: "\u{1B}_Gi=31;ENOTSUPPORTED:no\u{1B}\\\u{1B}[?62;4c", best: .sixel),
    Answer(
      terminal: "tmux 3.3a",
      text: "\u{1B}P>|tmux 3.3a\u{1B}\\\u{1B}[>84;0;0c\u{1B}[?1;2c", name: "tmux 3.3a",
      depth: .trueColour, isTmux: true),
    Answer(
      terminal: "tmux with sixels", text: "\u{1B}P>|tmux 3.4\u{1B}\\\u{1B}[?1;2;4c", best: .sixel,
      name: "tmux 3.4", depth: .trueColour, isTmux: true),
    Answer(
      terminal: "mlterm 3.9.0, whose error about colours is its answer about sizes",
      text: "\u{1B}[>24;279;0c\u{1B}[?1;0;1024S\u{1B}[?1;3;0S\u{1B}[6;22;10t"
        + "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\\u{1B}[?63;1;2;3;4;6;7;15;18;22;29c",
      best: .sixel, name: "mlterm", cell: [10, 22], colours: 1024, depth: .trueColour,
      isLight: true),
    Answer(
      terminal: "the same error before the colours",
      text: "\u{1B}[?1;3;0S\u{1B}[?1;0;256S\u{1B}[?62;4c", best: .sixel, colours: 256),
    Answer(
      terminal: "xterm as a vt320",
      text: "\u{1B}P>|XTerm(379)\u{1B}\\\u{1B}[>24;379;0c\u{1B}[?63;1c",
      name: "XTerm(379)", depth: .trueColour),
    Answer(terminal: "a VT320", text: "\u{1B}[>24;11;0c\u{1B}[?63;1c"),
    Answer(
      terminal: "a largest picture of nothing",
      text: "\u{1B}[?2;0;0;0S\u{1B}[?2;0;1000S\u{1B}[?2;3;900;900S\u{1B}[?62;4c", best: .sixel),
    Answer(
      terminal: "mlterm 3.9.3",
      text: "\u{1B}P>|mlterm(3.9.3)\u{1B}\\\u{1B}[6;16;8t\u{1B}]11;rgb:ff/ff/ff\u{07}"
        + "\u{1B}[?63;1;2;3;4;7;29c",
      best: .sixel, name: "mlterm(3.9.3)", cell: [8, 16], depth: .trueColour, isLight: true),
    Answer(terminal: "a VT100", text: "\u{1B}[?1;2c"),
    Answer(terminal: "none", text: ""),
    Answer(terminal: "keys typed ahead", text: "q\u{1B}[A\u{1B}OP:w\r\u{1B}[?62;4c", best: .sixel),
    Answer(terminal: "keys of escape", text: "\u{1B}\u{1B}\u{1B}[?62;4c", best: .sixel),
    Answer(
      terminal: "a colour cut off before its end", text: "\u{1B}]11;rgb:ffff/ff\u{1B}[?62;4c",
      best: .sixel),
    Answer(terminal: "attributes cut off", text: "\u{1B}[?62;4"),
    Answer(terminal: "a name cut off", text: "\u{1B}P>|foot"),
    Answer(terminal: "a colour of nonsense", text: "\u{1B}]11;rgb:gg/00/00\u{07}\u{1B}[?1c"),
    Answer(
      terminal: "a colour of too many digits", text: "\u{1B}]11;rgb:12345/0/0\u{07}\u{1B}[?1c"),
    Answer(
      terminal: "a colour of six digits", text: "\u{1B}]11;#fefefe\u{07}\u{1B}[?1c", isLight: true),
    Answer(
      terminal: "a colour with alpha", text: "\u{1B}]11;rgba:0000/0000/8080/ffff\u{07}\u{1B}[?1c",
      isLight: false),
    Answer(
      terminal: "numbers out of range", text: "\u{1B}[?\u{1B}[6;;t\u{1B}[6;99999999999999999999;1tc"
    ),
    Answer(terminal: "a cell of nothing", text: "\u{1B}[6;0;0t\u{1B}[?1;3;0S\u{1B}[?1c"),
    Answer(terminal: "a class of 4 without sixels", text: "\u{1B}[?4;6c"),
  ]

  @Test("is understood", arguments: answers.indices)
  func isUnderstood(index: Int) {
    let answer = Self.answers[index]
    let got = TerminalCapabilities(answers: Array(answer.text.utf8))
    #expect(got.best(environment: Self.unicode) == answer.best, "\(answer.terminal)")
    #expect(got.name == answer.name, "\(answer.terminal)")
    let cell = got.cellSize.map { [$0.width, $0.height] } ?? []
    #expect(cell == answer.cell, "\(answer.terminal)")
    #expect(got.sixelColours == answer.colours, "\(answer.terminal)")
    let largest = got.largestSixel.map { [$0.width, $0.height] } ?? []
    #expect(largest == answer.largest, "\(answer.terminal)")
    #expect(got.colours(environment: Self.unicode) == answer.depth, "\(answer.terminal)")
    #expect(got.isLight == answer.isLight, "\(answer.terminal)")
    #expect(got.isTmux == answer.isTmux, "\(answer.terminal)")
  }

  @Test("is no trap wherever it is cut or damaged", arguments: answers.indices)
  func isNoTrap(index: Int) {
    let bytes = Array(Self.answers[index].text.utf8)
    for place in bytes.indices {
      _ = TerminalCapabilities(answers: Array(bytes[..<place]))
      for wrong: UInt8 in [0, 0x1B, 0x3B, 0x7F, 0xFF] {
        var damaged = bytes
        damaged[place] = wrong
        _ = TerminalCapabilities(answers: damaged)
      }
    }
  }

  @Test("is complete with the fence")
  func isCompleteWithTheFence() {
    let early = "\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?1;0;16S\u{1B}[?62;4"
    #expect(!TerminalCapabilities.isComplete(Array(early.utf8)))
    #expect(TerminalCapabilities.isComplete(Array((early + "c").utf8)))
  }

  @Test("without a cell's size has it from the window's")
  func takesTheWindows() {
    var capabilities = TerminalCapabilities()
    capabilities.useWindow(columns: 80, rows: 24, width: 0, height: 0)
    #expect(capabilities.cellSize == nil)
    capabilities.useWindow(columns: 80, rows: 24, width: 800, height: 480)
    capabilities.useWindow(columns: 1, rows: 1, width: 800, height: 480)
    #expect(capabilities.cellSize?.width == 10 && capabilities.cellSize?.height == 20)
  }

  @Test(
    "follows its font where the window once agreed with what was told",
    arguments: [(width: 800, height: 24), (width: 960, height: 20)])
  func followsTheFont(width: Int, height: Int) {
    var capabilities = TerminalCapabilities(answers: Array("\u{1B}[6;20;10t".utf8))
    capabilities.useWindow(columns: 80, rows: 24, width: width, height: 480)
    #expect(capabilities.cellSize?.height == 20)
    capabilities.useWindow(columns: 66, rows: 20, width: width, height: 480)
    #expect(capabilities.cellSize?.height == height)
  }
}

@Suite struct TheEnvironment {
  @Test(
    "tells how many colours there are",
    arguments: [
      (["TERM": "xterm", "COLORTERM": "truecolor"], ColourDepth.trueColour),
      (["TERM": "xterm", "COLORTERM": "24bit"], .trueColour),
      (["TERM": "xterm-kitty"], .trueColour), (["TERM": "xterm-direct"], .trueColour),
      (["TERM": "foot-extra"], .trueColour), (["TERM": "xterm-256color"], .palette256),
      (["TERM": "screen-256color"], .palette256), (["TERM": "xterm"], .palette16),
      (["TERM": "linux"], .palette16), (["TERM": "xterm-16color"], .palette16),
      (["TERM": "dumb"], .none), (["TERM": "vt340"], .none),
      (["TERM": "vte-256color"], .palette256),
      (["TERM": "rxvt-mono"], .none), (["COLORTERM": "truecolor"], .none), ([:], .none),
      (["TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"], .none),
      (["TERM": "xterm", "NO_COLOR": ""], .palette16),
    ])
  func tellsTheColours(environment: [String: String], expected: ColourDepth) {
    #expect(ColourDepth(environment: environment) == expected)
  }

  @Test(
    "tells which characters there are",
    arguments: [
      (["LANG": "C.UTF-8", "TERM": "xterm"], GraphicsProtocol.quadrants),
      (["LANG": "C.UTF-8", "TERM": "linux"], .halfBlocks),
      (["LANG": "C", "TERM": "xterm"], .ascii),
      (["LANG": "en_GB.utf8", "LC_ALL": "C", "TERM": "xterm"], .ascii),
      (["LANG": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1"], .ascii),
      (["LANG": "C.UTF-8", "TERM": "dumb"], .none),
    ])
  func tellsTheCharacters(environment: [String: String], expected: GraphicsProtocol) {
    #expect(TerminalCapabilities().best(environment: environment) == expected)
  }

  @Test(
    "of tmux or screen keeps kitty's question away, which they take for a title",
    arguments: [
      (["TERM": "xterm"], true), (["TERM": "tmux-256color"], false), (["TERM": "screen"], false),
      (["TERM": "xterm", "TMUX": "/tmp/tmux-0/default,1,0"], false),
      (["TERM": "xterm", "STY": "12.pts"], false), (["TERM": "xterm", "TMUX": ""], true),
    ])
  func keepsTheQuestionAway(environment: [String: String], isAsked: Bool) {
    let probe = TerminalCapabilities.probe(environment: environment)
    #expect(probe.contains("\u{1B}_G") == isAsked)
    #expect(probe.hasSuffix("\u{1B}[c"))
  }
}
