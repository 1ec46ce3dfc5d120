import SPAEExplorer
import SPAEScreen
package import SPAETerminal

/// Plays keys and gives the screen that follows from them.
package struct ScriptedExplorer {
  private var explorer: SettledExplorer
  private let output: PictureOutput

  package init(_ explorer: SettledExplorer, output: PictureOutput) {
    self.explorer = explorer
    self.output = output
  }

  /// Presses the keys one after the other, each when all that came before is done.
  package mutating func play(_ script: KeyScript) {
    for case .key(let key) in script.steps where !explorer.hasQuit { explorer.send(.key(key)) }
  }

  /// The screen as lines of text, with the picture in characters.
  package var lines: [String] {
    var view = view(explorer.state)
    output.draw(view.picture, explorer.runner.pictures, into: &view.screen)
    return view.screen.lines
  }
}
