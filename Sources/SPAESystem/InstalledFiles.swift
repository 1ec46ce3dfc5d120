/// Where the files are that come with the program.
package enum InstalledFiles {
  /// Beside an installed program, in `PREFIX/share/spae`, and in the project's own tree.
  package static func places(installed: String, inTree: String) -> [String] {
    let folder = FileName.folder(of: FileSystem.resolved("/proc/self/exe") ?? "/")
    var places = ["\(FileName.folder(of: folder))/share/spae/\(installed)"]
    var parent = folder
    for _ in 0..<5 where parent != "/" {
      places.append("\(parent)/\(inTree)")
      parent = FileName.folder(of: parent)
    }
    return places
  }
}
