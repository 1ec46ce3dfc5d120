import SPAEExplorer
import SPAEPyramid
import SPAESystem
import SPAETerminal

/// The explorer as lines of text.
struct PlainExplorer {
  private let explorer: HeadlessExplorer

  private var state: Explorer { explorer.state }

  init(_ explorer: HeadlessExplorer) {
    self.explorer = explorer
    explorer.tellAtOnce = { print($0.text, toStandardError: true) }
  }

  /// What stands before a line that is to be typed: the word under the cursor.
  var prompt: String { state.vocabulary[state.pyramid[state.cursor]] }

  /// Does what a line says and tells what came of it; false where it could not be done.
  func answer(_ line: String) -> Bool {
    do throws(PlainCommandError) {
      guard let command = try PlainCommand(line, shape: state.shape) else { return true }
      explorer.settle(.plain(command))
      let isError = state.notice?.kind == .error
      let columns = TerminalProbe.size(else: 120).columns
      for line in plainReply(to: command, state, columns: columns) {
        print(line, toStandardError: isError)
      }
      explorer.closePopups()
      return !isError
    } catch {
      print("\(error)", toStandardError: true)
      return false
    }
  }
}
