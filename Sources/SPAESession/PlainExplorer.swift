import Foundation
import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import SPAESystem

/// The explorer as lines of text, for screen readers, pipes and scripts.
package struct PlainExplorer {
  private let explorer: HeadlessExplorer
  private let isTerminal: Bool
  private var hasFailed = false
  private var input = LineReader(descriptor: STDIN_FILENO)

  private var state: Explorer { explorer.state }

  package init(_ explorer: HeadlessExplorer, isTerminal: Bool) {
    self.explorer = explorer
    self.isTerminal = isTerminal
  }

  /// Reads lines until one quits or none is left; false when some could not be done.
  package mutating func run() -> Bool {
    if let notice = state.notice, notice.kind != .plain { print(notice.text) }
    while !explorer.hasQuit, let line = next() { answer(line) }
    return !hasFailed
  }

  private mutating func next() -> String? {
    if isTerminal {
      StandardOutput.write("\(state.vocabulary[state.pyramid[state.cursor]])> ".utf8)
      StandardOutput.flush()
    }
    return input.next()
  }

  private mutating func answer(_ line: String) {
    do throws(PlainCommandError) {
      guard let command = try PlainCommand(line, shape: state.shape) else { return }
      explorer.settle(.plain(command))
      let isError = state.notice?.kind == .error
      hasFailed = hasFailed || isError
      for line in plainReply(to: command, state) { print(line, toStandardError: isError) }
      explorer.closePopups()
    } catch {
      hasFailed = true
      print("\(error)", toStandardError: true)
    }
    StandardOutput.flush()
  }
}
