import SPAEFiles
import SPAEPyramid
import SPAEScreen
import SPAESystem
import Testing

@Suite("Preferences")
struct PreferencesSuite {
  private func refusal(of text: String) -> String? {
    do throws(Failure) {
      _ = try Preferences(text: text, path: "config.toml")
      return nil
    } catch {
      return error.lines.joined()
    }
  }

  @Test("wish for nothing when the file is empty")
  func empty() throws {
    let preferences = try Preferences(text: "", path: "config.toml")
    #expect(preferences.graphics == nil)
    #expect(preferences.theme == nil)
    #expect(preferences.tint)
    #expect(!preferences.clipboard && preferences.keys.isEmpty)
  }

  @Test("take every choice of graphics", arguments: GraphicsChoice.allCases)
  func graphics(_ choice: GraphicsChoice) throws {
    let preferences = try Preferences(
      text: "graphics = \"\(choice.rawValue)\"", path: "config.toml")
    #expect(preferences.graphics == choice)
  }

  @Test("take a folder to bring words from, in the home folder too")
  func library() throws {
    let preferences = try Preferences(text: "library = \"~/photos\"", path: "config.toml")
    #expect(preferences.library?.hasSuffix("/photos") == true)
    #expect(preferences.library?.hasPrefix("/") == true)
    #expect(refusal(of: "library = 3")?.contains("a text in quotes") == true)
  }

  @Test("take a size of pictures, a number or what can be used")
  func size() throws {
    #expect(try Preferences(text: "size = 256", path: "config.toml").size == .pixels(256))
    #expect(try Preferences(text: "size = \"auto\"", path: "config.toml").size == .automatic)
    #expect(try Preferences(text: "", path: "config.toml").size == nil)
    let names = "64, 128, 256, 512 or auto"
    #expect(refusal(of: "size = 100")?.hasSuffix("size is 100; it can be \(names)") == true)
    #expect(refusal(of: "size = \"big\"")?.hasSuffix("size is 'big'; it can be \(names)") == true)
    #expect(refusal(of: "size = true")?.contains("it must be \(names)") == true)
  }

  @Test("refuse what is wrong, by line and column, and name what is right")
  func refusals() {
    #expect(
      refusal(of: "theme = \"x\"\ngraphics = \"oil\"")
        == "config.toml: line 2, column 12: graphics is 'oil'; it can be \(GraphicsChoice.names)")
    #expect(refusal(of: "clipboard = 1")?.contains("true or false") == true)
    #expect(refusal(of: "tint = 1")?.contains("true or false") == true)
    #expect(refusal(of: "grafics = \"ascii\"")?.contains("did you mean graphics?") == true)
    #expect(refusal(of: "theme = ")?.contains("line 1") == true)
  }
}
