import SPAEExplorer
import SPAEGraphics
import SPAEScreen
import SPAESession
import SPAETerminal
import Testing

@Suite("The name of a state")
struct StateNameSuite {
  private let explorer: HeadlessExplorer

  init() throws {
    let output = PictureOutput(
      graphics: .ascii, capabilities: TerminalCapabilities(), environment: Opened.environment)
    explorer = try Opened(output: output).explorer(output)
  }

  private var notice: String { explorer.state.notice?.text ?? "" }

  @Test("that another state had is said to have been there, and which one is lost")
  func moved() throws {
    try explorer.press(":mark dawn<CR>")
    #expect(notice == "this state is called 'dawn'")
    try explorer.press("ikitten<CR>mdawn<CR>")
    #expect(notice == "this state is called 'dawn'; until now that was the name of state 1")
    try explorer.press(":mark dusk<CR>")
    #expect(notice == "this state is called 'dusk', no longer 'dawn'")
    try explorer.press(":mark dusk<CR>")
    #expect(notice == "this state is called 'dusk'")
  }

  @Test("is taken by :compare, as its number is")
  func compared() throws {
    try explorer.press(":mark at dawn<CR>ikitten<CR>:compare at dawn<CR>")
    #expect(explorer.state.comparison?.revision == 1 && explorer.state.picture == .comparison)
    try explorer.press(":compare<CR>:compare dusk<CR>")
    #expect(notice == "no state is called 'dusk'; the tree lists the states' numbers and names")
    #expect(explorer.state.comparison == nil && explorer.state.notice?.kind == .error)
    try explorer.press(":compare 9<CR>")
    #expect(notice == "there is no state 9; the tree lists which there are")
  }
}
