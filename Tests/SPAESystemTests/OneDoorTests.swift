import SPAESystem
import Testing

/// Reads the sources: a command that prints or opens a file in another way would show, or take, names
/// as they come.
@Suite("One door for text and files") struct OneDoorTests {
  private static let root = FileSystem.absolute(FileName.folder(of: #filePath) + "/../..")

  /// Where the door itself is, and what opens files of its own making.
  private static let exempt = ["Sources/SPAESystem", "Sources/spae/Commands/Bench", "spae-bench"]
  private static let exemptFiles = ["Model+C.swift"]

  private static let files = sources(in: root + "/Sources").filter { path in
    !exempt.contains { path.contains($0) } && !exemptFiles.contains(FileName.last(of: path))
  }

  private static func sources(in folder: String) -> [String] {
    ((try? FileSystem.names(in: folder)) ?? []).map { "\(folder)/\($0)" }.flatMap { path in
      FileSystem.isFolder(path) ? sources(in: path) : path.hasSuffix(".swift") ? [path] : []
    }
  }

  private func lines(_ file: String) -> [String] {
    (FileSystem.text(of: file) ?? "").textLines.filter { line in
      !line.drop { $0 == " " }.hasPrefix("//")
    }
  }

  @Test("The sources are found")
  func found() { #expect(Self.files.count > 100) }

  @Test("Whoever prints imports the filter")
  func printing() throws {
    let call = try Regex(#"(^|[^.\w])print\("#)
    for file in Self.files {
      let lines = lines(file)
      guard lines.contains(where: { $0.contains(call) }) else { continue }
      #expect(lines.contains { $0.hasSuffix("import SPAESystem") }, "\(file)")
    }
  }

  @Test(
    "Nobody writes past the filter, or opens files past the door",
    arguments: [
      #"Swift\.print"#, #"\bf?puts\("#, #"FileHandle\.standard(Output|Error)"#, "contentsOfFile",
      #"Data\(contentsOf"#, #"FileManager\.default"#, #"unsafe open\((?!"/dev/)"#,
      #"unsafe (l?stat|mkdir|rmdir|access|rename|unlink|realpath|opendir|link|symlink)\("#,
      #"CommandLine\.arguments"#, #"split\(separator: "\\n""#,
    ])
  func bypasses(pattern: String) throws {
    let bypass = try Regex(pattern)
    for file in Self.files {
      for line in lines(file) { #expect(!line.contains(bypass), "\(file): \(line)") }
    }
  }
}
