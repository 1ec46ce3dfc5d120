import SPAEExplorer
import SPAEGraphics
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

@Suite("The explorer without a terminal")
struct HeadlessExplorerSuite {
  /// An explorer that draws its picture with characters, or none for nil.
  private func explorer(_ graphics: GraphicsProtocol?) throws -> HeadlessExplorer {
    let output = PictureOutput(
      graphics: graphics ?? .none, capabilities: TerminalCapabilities(),
      environment: Opened.environment)
    let opened = try Opened(output: output)
    return HeadlessExplorer(
      state: opened.state, session: opened.session, editor: opened.editor, themes: opened.themes,
      output: graphics == nil ? nil : output, environment: Opened.environment,
      size: (24, 80))
  }

  private func press(_ keys: String, _ explorer: HeadlessExplorer) throws {
    for key in try Key.keys(from: keys) { explorer.settle(.key(key)) }
  }

  /// The screen after some keys.
  private func lines(after keys: String, _ graphics: GraphicsProtocol = .ascii) throws -> [String] {
    let explorer = try explorer(graphics)
    try press(keys, explorer)
    return ScriptedExplorer(explorer).lines
  }

  private func error(_ explorer: HeadlessExplorer) -> String? {
    explorer.state.notice.flatMap { $0.kind == .error ? $0.text : nil }
  }

  @Test("gives the same screen for the same keys, and tells no times")
  func same() throws {
    let (first, second) = (try lines(after: "<CR>x"), try lines(after: "<CR>x"))
    #expect(first == second)
    let telling = first.filter { $0.contains(" ms") }
    #expect(telling.isEmpty)
  }

  @Test("shows the picture and what is near before any key")
  func greets() throws {
    let lines = try lines(after: "")
    let near = lines.first { $0.contains("near: ") }
    #expect(near?.contains("near:  ") == false)
    let ink = lines[2..<18].joined().filter { "-+*#%".contains($0) }.count
    #expect(ink > 100)
  }

  @Test("says what an undo took back, and what a redo did again")
  func undone() throws {
    let explorer = try explorer(.ascii)
    try press("ikitten<CR>u", explorer)
    let undone = try #require(explorer.state.notice?.text)
    #expect(undone.hasPrefix("undid edit: 1 (1,1) ") && undone.contains(" > kitten; state 1"))
    try press("<C-r>", explorer)
    let redone = try #require(explorer.state.notice?.text)
    #expect(redone.hasPrefix("redid edit: 1 (1,1) ") && redone.contains("; state 2"))
  }

  @Test("writes the picture larger where a scale is given, and shows a part of it by zoom")
  func scaled() throws {
    let whole = try lines(after: "4G")
    let part = try lines(after: "4G++")
    #expect(part[1].contains("zoom"))
    let pictures = [whole, part].map { $0[2..<18].map { String($0.dropFirst(49)) } }
    #expect(pictures[0] != pictures[1])
  }

  @Test("tells how well a word fits, and how often it stands here")
  func facts() throws {
    let lines = try lines(after: "3G")
    #expect(lines.contains { $0.contains("fits ") })
  }

  @Test("draws the heat of the word under the cursor")
  func heat() throws {
    let plain = try lines(after: "<CR>")
    let heat = try lines(after: "<CR>H")
    let next = try lines(after: "<CR>Hl")
    // Below the title and above the figures stands the picture, right of the words.
    let pictures = [plain, heat, next].map { $0[2..<18].map { String($0.dropFirst(41)) } }
    let different = Set(pictures).count
    #expect(different == 3)
  }

  @Test("refuses a theme that there is none of, by keys and by lines")
  func theme() throws {
    let scripted = try explorer(.ascii)
    try press(":theme nosuch<CR>", scripted)
    #expect(error(scripted)?.contains("nosuch") == true)
    let shown = ScriptedExplorer(scripted).lines.contains { $0.contains("nosuch") }
    #expect(shown)
    let plain = try explorer(nil)
    plain.settle(.plain(.command("theme nosuch")))
    #expect(error(plain)?.contains("nosuch") == true)
    plain.settle(.plain(.command("theme light")))
    #expect(error(plain) == nil)
  }

  @Test("draws with other characters when it is asked to")
  func graphics() throws {
    let ascii = try lines(after: "")
    let explorer = try explorer(.ascii)
    try press(":graphics quadrants<CR>", explorer)
    let quadrants = ScriptedExplorer(explorer).lines
    let isOther = ascii[5] != quadrants[5]
    #expect(isOther)
    let graphics = explorer.state.graphics
    #expect(graphics == "quadrants")
  }

  @Test("takes every choice of graphics, but no pixels", arguments: GraphicsChoice.allCases)
  func choices(_ choice: GraphicsChoice) throws {
    let explorer = try explorer(GraphicsProtocol.none)
    try press(":graphics \(choice.rawValue)<CR>", explorer)
    let isPixels = choice == .kitty || choice == .sixel
    #expect(error(explorer)?.contains("choose one of blocks, ") == (isPixels ? true : nil))
    let graphics = explorer.state.graphics
    #expect((graphics == "none") == (isPixels || choice == .none))
  }

  @Test("says that nothing is drawn where only lines are told")
  func noGraphics() throws {
    let explorer = try explorer(nil)
    explorer.settle(.plain(.command("graphics ascii")))
    #expect(error(explorer)?.contains("no picture") == true)
  }

  @Test("has no shell to go back to")
  func suspend() throws {
    let explorer = try explorer(.ascii)
    try press("<C-z>", explorer)
    let notice = explorer.state.notice?.text
    #expect(notice?.contains("no terminal") == true)
  }

  @Test("ends by q")
  func quits() throws {
    let explorer = try explorer(.ascii)
    try press("q", explorer)
    #expect(explorer.hasQuit)
  }
}
