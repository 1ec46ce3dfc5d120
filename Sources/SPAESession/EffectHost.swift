import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAEScreen
import SPAESystem

/// Who runs an explorer: it performs the effects on its terminal; its session performs all others.
protocol EffectHost: AnyObject {
  var state: Explorer { get set }
  var session: EffectRunner { get }
  var themes: ThemeLibrary { get }

  /// Performs an effect that only the host can, and gives the answers.
  func perform(_ effect: TerminalEffect) -> [Message]

  /// Performs an effect in the session, at once or when there is time, and gives the answers.
  func perform(_ effect: SessionEffect) -> [Message]

  /// Shows a notice before anything else is done.
  func showAtOnce(_ notice: Notice)
}

extension EffectHost {
  func perform(_ effect: SessionEffect) -> [Message] { session.perform(effect) }

  /// Gives a message to the explorer, and performs what follows from it; then the keys that waited
  /// for what it brought are pressed one by one.
  func send(_ message: Message) {
    settle(after: message)
    while let key = state.takeReleasedKey() { settle(after: .key(key)) }
  }

  private func settle(after message: Message) {
    var waiting = [message]
    while !waiting.isEmpty {
      for effect in update(&state, waiting.removeFirst()) {
        switch effect {
        case .terminal(let effect): waiting += perform(effect)
        case .session(let effect):
          if let notice = session.waitBegins(for: effect) { showAtOnce(notice) }
          waiting += perform(effect)
        }
      }
    }
  }

  /// Hands over the theme that is wished for, and says so; or why there is none.
  func chooseTheme(_ name: String, _ use: (Theme) -> Void) -> [Message] {
    [.notice(themes.notice(choosing: name, use))]
  }

  /// Hands over the graphics that are wished for, and says so; or why there are none.
  func chooseGraphics(
    _ name: String, on capabilities: TerminalCapabilities, environment: [String: String],
    _ use: (GraphicsProtocol) throws(Failure) -> Void
  ) -> [Message] {
    do throws(Failure) {
      guard let choice = GraphicsChoice(rawValue: name) else {
        throw Failure("'\(name)' is none of \(GraphicsChoice.names)")
      }
      let graphics = GraphicsProtocol(choice, on: capabilities, environment: environment)
      try use(graphics)
      return [.graphicsChanged(graphics.rawValue)]
    } catch {
      return [.notice(Notice(error.line, kind: .error))]
    }
  }
}

extension ThemeLibrary {
  /// Hands over the theme that is wished for, and says so; or why there is none.
  func notice(choosing name: String, _ use: (Theme) -> Void) -> Notice {
    do throws(Failure) {
      use(try theme(name))
      return Notice("theme \(name)")
    } catch {
      return Notice(error.line, kind: .error)
    }
  }
}
