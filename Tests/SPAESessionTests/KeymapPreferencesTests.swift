import SPAEExplorer
import SPAEFiles
import SPAEScreen
import SPAESession
import SPAESystem
import Testing

@Suite("Keys in a person's settings")
struct KeymapPreferencesSuite {
  private func keymap(_ text: String) throws(Failure) -> Keymap {
    try Keymap(try Preferences(text: text, path: "config.toml"))
  }

  @Test("take the place of those of the table")
  func taken() throws {
    let keymap = try keymap("[keys]\nundo = \"U <F5>\"\nhalf-page-down = \"J\"\n")
    #expect(keymap.answer(to: [.function(5)], in: .browsing) == .action(.undo))
    #expect(keymap.answer(to: [.character("J")], in: .browsing) == .action(.halfPageDown))
    #expect(keymap.answer(to: [.character("u")], in: .browsing) == .none)
    #expect(try self.keymap("tint = true") == .standard)
  }

  @Test(
    "are refused with file and line",
    arguments: [
      (
        "tint = true\n[keys]\nundo = \"x\"",
        "config.toml: line 3, column 1: keys.undo: x cannot be it: x is replace-by-mean where you"
          + " browse"
      ),
      (
        "[keys]\nundoo = \"U\"",
        "config.toml: line 2, column 1: keys.undoo: there is no such action; did you mean undo?"
      ),
      ("[keys]\nundo = \"<Hyper>\"", "config.toml: line 2, column 1: keys.undo: <Hyper> is no key"),
      ("[keys]\nundo = 3", "config.toml: line 2, column 1: keys.undo: it is a whole number"),
      ("[keys]\nundo = \"\"", "config.toml: line 2, column 1: keys.undo: it needs a key"),
      ("keys = \"u\"", "config.toml: line 1, column 8: keys is a text; it must be a table"),
    ])
  func refused(_ text: String, _ reason: String) {
    do throws(Failure) {
      _ = try keymap(text)
      Issue.record("it is taken")
    } catch {
      #expect(error.lines.joined().hasPrefix(reason), "\(error.lines)")
    }
  }
}
