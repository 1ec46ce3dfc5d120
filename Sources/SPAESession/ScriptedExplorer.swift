import SPAEExplorer
import SPAEScreen
import SPAETerminal

/// Plays keys and gives the screen that follows from them.
package struct ScriptedExplorer {
  private let explorer: HeadlessExplorer

  package init(_ explorer: HeadlessExplorer) { self.explorer = explorer }

  /// Presses the keys one after the other, each when all that came before is done; time passes only
  /// where the script rests.
  package func play(_ script: KeyScript) {
    for step in script.steps where !explorer.hasQuit {
      switch step {
      case .key(let key): explorer.settle(.key(key))
      case .rest: explorer.rest()
      }
    }
  }

  /// The screen as lines of text, with the picture in characters.
  package var lines: [String] {
    var view = view(explorer.state)
    explorer.output?.draw(view.picture, explorer.session.pictures, into: &view.screen)
    return view.screen.lines
  }
}
