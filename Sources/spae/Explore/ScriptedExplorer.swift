import SPAEExplorer
import SPAEScreen

/// The explorer without a terminal: plays keys and gives the screen that follows from them.
struct ScriptedExplorer {
  private var state: Explorer
  private let runner: EffectRunner
  private let editor: OutsideEditor
  private let output: PictureOutput
  private var hasQuit = false

  init(state: Explorer, runner: EffectRunner, editor: OutsideEditor, output: PictureOutput) {
    self.state = state
    self.runner = runner
    self.editor = editor
    self.output = output
    send(.resized(rows: state.size.rows, columns: state.size.columns))
    settle()
  }

  /// Presses the keys one after the other, each when all that came before is done.
  mutating func play(_ keys: [Key]) {
    for key in keys where !hasQuit {
      send(.key(key))
      settle()
    }
    send(.keysRested)
    settle()
  }

  /// The screen as lines of text, with the picture in characters.
  var lines: [String] {
    var view = view(state)
    output.draw(view.picture, runner.pictures, into: &view.screen)
    return view.screen.lines
  }

  private mutating func settle() {
    while true {
      runner.finish()
      let messages = runner.mailbox.take()
      guard !messages.isEmpty else { return }
      for message in messages { send(message) }
    }
  }

  private mutating func send(_ message: Message) {
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
