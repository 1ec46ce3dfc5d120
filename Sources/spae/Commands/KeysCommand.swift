import ArgumentParser
import SPAEExplorer
import SPAEFiles
import SPAEScreen
import SPAESession
import SPAESystem

/// `spae keys`: the keys and commands of the explorer, from the table that makes its key map.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "List the keys and commands of the explorer.")

  @Flag(help: "Write the manual page spae-keys(7).")
  var man = false

  func run() throws {
    let keymap = try man ? .standard : Keymap(Preferences())
    for line in man ? manual : list(keymap) { print(line) }
  }

  private static let titles: [(context: Context, title: String)] = [
    (.browsing, "Browsing"), (.block, "A marked block"), (.picking, "Choosing a word"),
    (.typing, "Typing a command, a search or a name"), (.help, "The help"),
    (.history, "The tree of states"), (.filling, "Words that the language model proposes"),
    (.reading, "A caption or an answer"), (.leaving, "Leaving words that are not saved"),
    (.gallery, "A gallery"),
  ]

  /// With the keys that a person's settings give.
  private func list(_ keymap: Keymap) -> [String] {
    let keys = Self.titles.flatMap { context, title in
      [title] + keymap.entries(in: context).map { "  " + $0.notation.padded(to: 18) + $0.help }
        + [""]
    }
    return keys + ["Commands"]
      + CommandName.allCases.map { "  " + $0.usage.form.padded(to: 26) + $0.usage.help }
      + ["", "Commands of a gallery"]
      + GalleryCommand.allCases.map { "  " + $0.usage.form.padded(to: 26) + $0.usage.help }
  }

  // MARK: The manual page, in mdoc(7)

  private var manual: [String] {
    let head = [
      ".Dd November 24, 2026", ".Dt SPAE-KEYS 7", ".Os", ".Sh NAME", ".Nm spae-keys",
      ".Nd the keys and commands of the explorer", ".Sh DESCRIPTION",
      "Keys are written as in vim: <C-r> is r with Control, <CR> is Enter.",
      "A number before a key says how often: 3l moves three words. 3G and :3 go to layer 3.",
      "A number, and a key that begins a longer one, wait for the rest without a limit of time;",
      "the last line shows what is pending, and <Esc> drops it.", ".Pp",
      "In brackets stands the name of what a key does, by which", ".Xr spae-config 5",
      "gives it other keys.", ".Pp",
      "Every accepted change makes a state.  States are numbered from 1, the words as they were when",
      "the file was first opened.  The first line shows the number of the state you are in, and the",
      "greatest number: state 3/7.  The tree lists all states; :undo N, :compare N and",
      ".Xr spae.history 1", "take the same numbers, and the names that :mark gives.", ".Pp",
      "After a colon, :2:1,2 goes to a word by its layer, row and column, :2:1,2 = WORD changes it,",
      "and :OLD -> NEW replaces a word wherever it is; one edit a line.", ".Pp",
      "The dot repeats the last change, however it was typed: a word, a pasted block and what was",
      "brought at the cursor, OLD -> NEW wherever OLD is, and a wish of :revise by asking again.",
      ".Pp",
      "A message that is longer than the last line takes more lines, until the next key; :messages",
      "lists those since the program began.  They, what was yanked, the last change, the last search",
      "and the settings of :set stay when another picture is opened.",
    ]
    let keys = Self.titles.flatMap { context, title in
      section(
        title,
        Keymap.entries(in: context).map { ($0.notation, "\($0.help) [\($0.action.dashedName)]") })
    }
    let commands = section(
      "Commands", CommandName.allCases.map { ($0.usage.form, $0.usage.help) })
    let others = section(
      "Commands of a gallery", GalleryCommand.allCases.map { ($0.usage.form, $0.usage.help) })
    return head + keys + commands + others
      + [".Sh SEE ALSO", ".Xr spae.explore 1 ,", ".Xr spae-config 5"]
  }

  private func section(_ title: String, _ entries: [(String, String)]) -> [String] {
    [".Ss \(title)", ".Bl -tag -width 12n"]
      + entries.flatMap { [".It Li \"\(escaped($0))\"", escaped($1)] } + [".El"]
  }

  /// Text that mdoc takes for nothing but text.
  private func escaped(_ text: String) -> String {
    let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("\"", with: "\\(dq").replacing("^", with: "\\(ha")
    return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
  }
}
