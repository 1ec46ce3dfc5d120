import SPAEExplorer
import SPAEScreen
import SPAETerminal

/// Plays keys and gives the screen that follows from them.
package struct ScriptedExplorer {
  private let explorer: HeadlessExplorer

  package init(_ explorer: HeadlessExplorer) { self.explorer = explorer }

  /// Presses the keys one after the other, each when all that came before is done.
  package func play(_ script: KeyScript) {
    for case .key(let key) in script.steps where !explorer.hasQuit { explorer.settle(.key(key)) }
  }

  /// The screen as lines of text, with the picture in characters.
  package var lines: [String] {
    var view = view(explorer.state)
    explorer.output?.draw(view.picture, explorer.session.pictures, into: &view.screen)
    return view.screen.lines
  }
}
