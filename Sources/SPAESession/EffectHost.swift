import SPAEExplorer
import SPAEFiles
import SPAEScreen
import SPAESystem

/// Who runs an explorer: it performs the effects on its terminal; its session performs all others.
protocol EffectHost: AnyObject {
  var state: Explorer { get set }
  var session: EffectRunner { get }
  var themes: ThemeLibrary { get }

  /// Performs an effect that only the host can, and gives the answers.
  func perform(_ effect: TerminalEffect) -> [Message]
}

extension EffectHost {
  /// Gives a message to the explorer, and performs what follows from it.
  func send(_ message: Message) {
    var waiting = [message]
    while !waiting.isEmpty {
      for effect in update(&state, waiting.removeFirst()) {
        switch effect {
        case .terminal(let effect): waiting += perform(effect)
        case .session(let effect): waiting += session.perform(effect)
        }
      }
    }
  }

  /// Hands over the theme that is wished for, and says so; or why there is none.
  func chooseTheme(_ name: String, _ use: (Theme) -> Void) -> [Message] {
    do throws(Failure) {
      use(try themes.theme(name))
      return [.notice(Notice("theme \(name)"))]
    } catch {
      return [.notice(Notice(error.lines.joined(separator: "; "), kind: .error))]
    }
  }
}
