package import SPAEExplorer
import SPAESystem
import SPAETerminal

/// The explorer without a terminal: after each message it waits until all that follows is done.
package struct SettledExplorer {
  package private(set) var state: Explorer
  package private(set) var hasQuit = false
  package let runner: EffectRunner
  package let editor: ExternalEditor

  package init(state: Explorer, runner: EffectRunner, editor: ExternalEditor) {
    self.state = state
    self.runner = runner
    self.editor = editor
    send(.resized(rows: state.size.rows, columns: state.size.columns))
  }

  package mutating func send(_ message: Message) {
    take(message)
    while true {
      runner.finish()
      let messages = runner.mailbox.take()
      guard !messages.isEmpty else { return }
      for message in messages { take(Self.withoutTime(message)) }
    }
  }

  /// The same keys are to give the same screen, however long a picture took.
  private static func withoutTime(_ message: Message) -> Message {
    guard case .decoded(var decoded) = message else { return message }
    decoded.milliseconds = nil
    return .decoded(decoded)
  }

  package mutating func closePopups() { state.closePopups() }

  private mutating func take(_ message: Message) {
    var waiting = [message]
    while !waiting.isEmpty {
      for effect in update(&state, waiting.removeFirst()) {
        switch effect {
        case .quit: hasQuit = true
        case .openEditor(let pyramid):
          waiting.append(editor.edit(pyramid) { program throws(Failure) in try program.run() })
        default: waiting += runner.run(effect)
        }
      }
    }
  }
}
