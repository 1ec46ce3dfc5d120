import Foundation
import SPAEExplorer
import SPAEPyramid
import SPAESystem
import SPAETerminal

/// A person's own editor on all the words, as a file that reads like a saved one.
package struct ExternalEditor {
  package let files: PyramidFiles

  package init(files: PyramidFiles) { self.files = files }

  /// Opens the editor and waits for its end; the words that it left, or what is wrong with them.
  ///
  /// What goes wrong leaves the text where it is, and the message names the place.
  func edit(
    _ pyramid: Pyramid, run: (ForegroundProgram) throws(Failure) -> ForegroundProgram.Ending
  ) -> Message {
    let file: TemporaryText
    do { file = try TemporaryText(files.text(of: pyramid)) } catch {
      return .notice(Notice(error.reason, kind: .error))
    }
    let name = Self.name
    do {
      let ending = try run(ForegroundProgram(line: Self.line(name), argument: file.path))
      if ending.isMissing {
        file.remove()
        let remedy = "set VISUAL or EDITOR to another"
        return .notice(Notice("the editor '\(name)' cannot be run: \(remedy)", kind: .error))
      }
      if let reason = ending.reason { throw Failure(reason) }
      let edited = try files.pyramid(from: try file.text())
      file.remove()
      return .edited(edited)
    } catch {
      return .notice(Notice(error.reason + "; text kept in \(file.inWords)", kind: .error))
    }
  }

  private static var name: String {
    let environment = SystemEnvironment.variables
    let named = ["VISUAL", "EDITOR"].lazy.compactMap { environment[$0] }
    return named.first { $0.contains { !$0.isWhitespace } } ?? "vi"
  }
}

extension ExternalEditor {
  /// The editor may come with options of its own, so the shell reads it; and steps aside where it
  /// is a plain command, for whoever kills the shell means the editor.
  private static func line(_ name: String) -> String {
    let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || " _./+:@,-".contains($0) }
    guard isPlain, let program = name.split(separator: " ").first else { return "\(name) \"$1\"" }
    // The shell's own complaint would stay on the screen that is beneath the explorer's.
    return "command -v \(program) >/dev/null || exit 127; exec \(name) \"$1\""
  }
}

extension ForegroundProgram.Ending {
  /// Whether the shell found no such program, or none that can be run.
  fileprivate var isMissing: Bool { self == .exited(status: 126) || self == .exited(status: 127) }

  /// Why the editor did not do its work; nil where it did.
  fileprivate var reason: String? {
    switch self {
    case .exited(0): nil
    // So a shell tells of a program that it ran.
    case .exited(let status) where (129...192).contains(status): Self.killed(status - 128)
    case .exited(let status): "the editor ended with status \(status)"
    case .killed(let signal): Self.killed(signal)
    case .abandoned: "the editor did not end"
    }
  }

  private static func killed(_ signal: Int32) -> String {
    "signal \(signal) (\(unsafe String(cString: strsignal(signal)))) ended the editor"
  }
}

/// A text in a temporary file that only its owner can read.
private struct TemporaryText {
  let path: String

  init(_ text: String) throws(Failure) {
    let folder = SystemEnvironment.variables["TMPDIR"] ?? "/tmp"
    let template = unsafe FileName.copied("\(folder)/spae-XXXXXX.spae")
    defer { unsafe free(template) }
    let descriptor = unsafe template.map { unsafe mkstemps($0, 5) } ?? -1
    guard descriptor >= 0, let template = unsafe template else {
      throw Failure("no temporary file can be made in \(folder): \(SystemError.last)")
    }
    path = unsafe FileName.text(at: template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    defer { close(descriptor) }
    try AtomicFile.put(Array(text.utf8), into: descriptor, named: path)
  }

  func text() throws(Failure) -> String {
    guard let bytes = try? FileSystem.bytes(of: path) else {
      throw Failure("the editor left no file")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure("the editor left no text in UTF-8")
    }
    return text
  }

  func remove() { FileSystem.remove(path) }

  /// Its path, with the names of what an editor that was ended left beside it.
  var inWords: String {
    let (folder, stem) = (FileName.folder(of: path), FileName.stem(of: path))
    let names = (try? FileSystem.names(in: folder)) ?? []
    let others = names.filter { $0.contains(stem) && $0 != FileName.last(of: path) }
    return others.isEmpty ? path : "\(path); unsaved text in \(others.joined(separator: ", "))"
  }
}
