import Foundation
package import SPAEScreen
package import SPAESystem

/// The themes that can be had by name: the user's own, the installed ones, the built-in ones.
package struct ThemeLibrary {
  /// The first that has a name counts.
  package let folders: [String]

  /// Looks in `$XDG_CONFIG_HOME/spae/themes`, beside the program, and in the project's tree.
  package init(environment: [String: String] = SystemEnvironment.variables) {
    folders =
      [UserFolders(environment: environment).configuration + "/spae/themes"]
      + InstalledFiles.places(installed: "themes", inTree: "Themes")
  }

  private init(folders: [String]) { self.folders = folders }

  /// All names there are.
  package var names: [String] {
    let found = folders.flatMap { folder in
      ((try? FileSystem.names(in: folder)) ?? [])
        .filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }
    }
    return Set(found + Theme.builtInSources.map(\.name) + [Theme.mono.name]).sorted()
  }

  /// The theme of a name, or of a file: a path with a slash or with `.toml` at its end.
  ///
  /// Throws `Failure` with one line: what is wrong, where, and what to do.
  package func theme(_ wish: String) throws(Failure) -> Theme {
    if wish.contains("/") || wish.hasSuffix(".toml") { return try theme(file: wish) }
    guard let source = source(named: wish) else {
      if wish == Theme.mono.name { return .mono }
      throw Failure(unknown(wish))
    }
    return try theme(source)
  }

  /// The theme of a file; those beside it can be inherited.
  package func theme(file: String) throws(Failure) -> Theme {
    guard let source = Self.source(file: file) else {
      throw Failure("\(file): the file cannot be read, or is no text")
    }
    let folder = FileSystem.absolute(FileName.folder(of: file))
    let known = folders.contains { FileSystem.absolute($0) == folder }
    return try ThemeLibrary(folders: known ? folders : [folder] + folders).theme(source)
  }

  private func theme(_ source: ThemeSource) throws(Failure) -> Theme {
    do throws(ThemeError) {
      return try Theme(source, among: names) { parent(named: $0, of: $1) }
    } catch {
      throw Failure("\(error)")
    }
  }

  /// The theme that is wished for, else the one for the terminal's background; and what is wrong
  /// with the wish, in which case the built-in default stands in for it.
  package func chosen(wish: String?, isLight: Bool?) -> (theme: Theme, complaint: String?) {
    let name = isLight == true ? "light" : "dark"
    do {
      return (try theme(wish ?? name), nil)
    } catch {
      let standIn = isLight == true ? Theme.light : Theme.dark
      return (standIn, error.lines.joined() + "; the theme '\(name)' is used")
    }
  }

  // MARK: Finding

  private func source(named name: String) -> ThemeSource? {
    let found = folders.lazy.compactMap { Self.source(file: "\($0)/\(name).toml") }.first
    return found ?? Theme.builtInSources.first { $0.name == name }
  }

  /// What a theme inherits is looked for in its own folder and in those behind it, so that a
  /// user's `dark` can inherit the installed one and does not change what others inherit.
  private func parent(named name: String, of child: ThemeSource) -> ThemeSource? {
    let own = FileSystem.absolute(FileName.folder(of: child.file))
    let first = folders.firstIndex { FileSystem.absolute($0) == own } ?? folders.count
    let begin = name == child.name ? first + 1 : first
    return ThemeLibrary(folders: Array(folders.dropFirst(begin))).source(named: name)
  }

  private static func source(file: String) -> ThemeSource? {
    guard let text = FileSystem.text(of: file) else { return nil }
    return ThemeSource(name: FileName.stem(of: file), file: file, text: text)
  }

  private func unknown(_ name: String) -> String {
    let near = Spelling.nearest(to: name, among: names).map { "did you mean '\($0)'? " } ?? ""
    return "there is no theme '\(name)'; \(near)spae theme list names all"
  }
}
