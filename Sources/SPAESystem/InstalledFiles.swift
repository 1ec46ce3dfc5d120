import Foundation

/// Where the files are that come with the program.
package enum InstalledFiles {
  /// Beside an installed program, in `PREFIX/share/spae`, and in the project's own tree.
  package static func places(installed: String, inTree: String) -> [String] {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let folder = program.deletingLastPathComponent()
    let share = folder.deletingLastPathComponent().appendingPathComponent("share/spae")
    var places = [share.appendingPathComponent(installed).path]
    var parent = folder
    for _ in 0..<5 {
      places.append(parent.appendingPathComponent(inTree).path)
      parent = parent.deletingLastPathComponent()
    }
    return places
  }
}
