import Glibc

/// Where a person's programs keep their files, by the XDG Base Directory Specification.
///
/// A variable counts where it holds an absolute path; else the folder is one of the home folder.
package struct UserFolders: Sendable {
  private let environment: [String: String]

  package init(environment: [String: String]) { self.environment = environment }

  /// $XDG_CONFIG_HOME or ~/.config: what a person writes.
  package var configuration: String { folder("XDG_CONFIG_HOME") ?? home + "/.config" }

  /// $XDG_STATE_HOME or ~/.local/state: what must outlive the program.
  package var state: String { folder("XDG_STATE_HOME") ?? home + "/.local/state" }

  /// $XDG_DATA_HOME or ~/.local/share: what a person adds to the program's own files.
  package var data: String { folder("XDG_DATA_HOME") ?? home + "/.local/share" }

  /// $XDG_CACHE_HOME or ~/.cache: what can be made again.
  package var cache: String { folder("XDG_CACHE_HOME") ?? home + "/.cache" }

  /// $XDG_RUNTIME_DIR, which ends with the person's session; else the state.
  package var runtime: String { folder("XDG_RUNTIME_DIR") ?? state }

  /// $HOME where it is an absolute path, else the folder that the system's list of users names.
  package var home: String {
    if let home = folder("HOME") { return home }
    guard let user = unsafe getpwuid(getuid()), let folder = unsafe user.pointee.pw_dir else {
      return "/"
    }
    return unsafe FileName.text(at: folder)
  }

  private func folder(_ name: String) -> String? {
    environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
  }
}
