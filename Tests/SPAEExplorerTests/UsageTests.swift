import SPAEExplorer
import Testing

@Suite("The usage of commands")
struct UsageOfCommands {
  @Test("is the name and what may follow it", arguments: CommandName.allCases)
  func usage(_ command: CommandName) {
    let (form, help) = command.usage
    let whole = form.replacing(":e[dit]", with: ":edit")
    for (dialect, sign) in [(Dialect.keys, ":"), (.lines, "")] {
      var world = World(dialect: dialect)
      world.type(":help :\(command.rawValue)<CR>")
      let name = dialect.command(command)
      let rest = whole.dropFirst(1 + command.rawValue.count)
      #expect(name.hasPrefix(sign))
      #expect(world.state.notice?.text == "\(name)\(rest)  \(help)")
    }
  }

  @Test("of :edit is shown where it is forced")
  func edit() {
    var world = World()
    world.type(":e! cat.png<CR>")
    #expect(world.state.notice?.text.hasPrefix("usage: :edit [FILE]  open another file") == true)
  }
}
