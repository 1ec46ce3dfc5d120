import SPAEExplorer

/// The explorer without a terminal: after each message it waits until all that follows is done.
struct SettledExplorer {
  private(set) var state: Explorer
  private(set) var hasQuit = false
  let runner: EffectRunner
  let editor: OutsideEditor

  init(state: Explorer, runner: EffectRunner, editor: OutsideEditor) {
    self.state = state
    self.runner = runner
    self.editor = editor
    send(.resized(rows: state.size.rows, columns: state.size.columns))
  }

  mutating func send(_ message: Message) {
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

  mutating func closePopups() { state.closePopups() }

  private mutating func take(_ message: Message) {
    var waiting = [message]
    while !waiting.isEmpty {
      for effect in update(&state, waiting.removeFirst()) {
        switch effect {
        case .quit: hasQuit = true
        case .openEditor(let pyramid): waiting.append(editor.edit(pyramid))
        default: waiting += runner.run(effect)
        }
      }
    }
  }
}
