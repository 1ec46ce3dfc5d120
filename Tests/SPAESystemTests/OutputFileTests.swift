import Foundation
import Glibc
import SPAESystem
import Testing

@Suite("Files that a command writes") struct OutputFileTests {
  /// A folder of its own, removed with the test.
  private final class Folder {
    let path: String

    init() throws {
      path = "/tmp/spae-output-\(getpid())-\(UInt64.random(in: 0 ... .max))"
      try FileSystem.makeFolder(path)
    }

    deinit {
      for name in (try? FileSystem.names(in: path)) ?? [] { FileSystem.remove("\(path)/\(name)") }
      unsafe rmdir(path)
    }

    func text(_ name: String) -> String? { FileSystem.text(of: "\(path)/\(name)") }
    var names: [String] { (try? FileSystem.names(in: path)) ?? [] }
  }

  private let folder: Folder

  init() throws { folder = try Folder() }

  private var file: String { folder.path + "/file" }

  private func write(_ text: String, force: Bool = false) throws {
    try OutputFile(file, mayReplace: force).write(Array(text.utf8))
  }

  @Test("A new file is written whole, and nothing is left beside it")
  func new() throws {
    try write("one")
    #expect(folder.text("file") == "one" && folder.names == ["file"])
  }

  @Test("A name that cannot be written is refused beforehand")
  func beforehand() throws {
    try OutputFile(file, mayReplace: false).refuseUnwritable()
    let without = OutputFile(folder.path + "/none/file", mayReplace: true)
    let refusal = #expect(throws: Failure.self) { try without.refuseUnwritable() }
    #expect(refusal.map { "\($0)".contains("make its folder first") } == true)
    try write("one")
    #expect(throws: Failure.self) {
      try OutputFile(file, mayReplace: false).refuseUnwritable()
    }
  }

  @Test("What exists stays, unless it says the same or may be replaced")
  func existing() throws {
    try write("one")
    try write("one")
    #expect(throws: Failure.self) { try write("two") }
    #expect(folder.text("file") == "one" && folder.names == ["file"])
    try write("two", force: true)
    #expect(folder.text("file") == "two" && folder.names == ["file"])
  }

  @Test("The caller knows its own files")
  func judged() throws {
    try write("one")
    let output = OutputFile(file)
    try output.write(Array("two".utf8)) { $0 == Array("one".utf8) ? .same : .foreign("") }
    #expect(folder.text("file") == "one")
    try output.write(Array("two".utf8)) { _ in .unedited }
    #expect(folder.text("file") == "two")
    #expect(throws: Failure.self) { try output.write([]) { _ in .foreign("it is mine") } }
  }

  @Test("A name that is taken is refused before the work")
  func taken() throws {
    try OutputFile(file).refuseTaken()
    try write("one")
    #expect(throws: Failure.self) { try OutputFile(file).refuseTaken() }
    try OutputFile(file, mayReplace: true).refuseTaken()
    #expect(throws: Failure.self) { try write("two") }
    #expect(folder.names == ["file"])
  }

  @Test("A link stays, and what it leads to is made or replaced", arguments: [true, false])
  func links(force: Bool) throws {
    #expect(unsafe symlink("second", file) == 0)
    #expect(unsafe symlink(folder.path + "/end", folder.path + "/second") == 0)
    try OutputFile(file).refuseTaken()
    try write("one", force: force)
    #expect(folder.names == ["end", "file", "second"] && folder.text("end") == "one")
    #expect(throws: Failure.self) { try OutputFile(file).refuseTaken() }
    #expect(throws: Failure.self) { try write("two") }
    try write("two", force: true)
    for (link, end) in [("file", "second"), ("second", folder.path + "/end")] {
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/" + link) == end)
    }
    #expect(folder.text("end") == "two")
  }

  @Test("A circle of links is refused, and stays", arguments: [true, false])
  func circle(force: Bool) throws {
    #expect(unsafe symlink("file", file) == 0)
    #expect(throws: Failure.self) { try write("one", force: force) }
    #expect(FileSystem.isTaken(file) && folder.text("file") == nil && folder.names == ["file"])
  }

  @Test("A file keeps its mode where it is replaced")
  func mode() throws {
    try write("one")
    #expect(unsafe chmod(file, 0o640) == 0)
    try write("two", force: true)
    #expect(FileSystem.status(of: file).map { $0.st_mode & 0o777 } == 0o640)
  }

  @Test("Of many that begin at once, one makes the file")
  func race() async throws {
    let path = file
    let made = try await withThrowingTaskGroup(of: Bool.self) { group in
      for writer in UInt8(0)..<16 {
        group.addTask { try AtomicFile.create([UInt8](repeating: writer, count: 4096), at: path) }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(made == 1 && folder.names == ["file"])
    let bytes = try FileSystem.bytes(of: path)
    #expect(bytes.count == 4096 && Set(bytes).count == 1)
  }

  @Test("Of many that replace what they have read, none loses what another one wrote")
  func raceToReplace() async throws {
    try write("")
    let path = file
    let written = await withTaskGroup(of: Int.self) { group in
      for writer in UInt8(0)..<8 {
        group.addTask { (0..<20).count { _ in Self.hasAppended(writer, to: path) } }
      }
      return await group.reduce(0, +)
    }
    #expect(written > 0 && folder.text("file")?.utf8.count == written)
  }

  /// Adds a byte to what a file holds, unless that is changed meanwhile.
  private static func hasAppended(_ byte: UInt8, to path: String) -> Bool {
    do {
      let before = try FileSystem.bytes(of: path)
      try OutputFile(path).write(before + [byte]) { $0 == before ? .unedited : .foreign("changed") }
      return true
    } catch { return false }
  }

  @Test("A folder, and a folder that is missing, are refused by name")
  func folders() throws {
    #expect(throws: Failure.self) { try OutputFile(folder.path).write([1]) }
    #expect(throws: Failure.self) { try OutputFile(folder.path + "/no/file").write([1]) }
    try OutputFile("/dev/null").write([1])
  }
}
