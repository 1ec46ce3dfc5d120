import Foundation
import Testing

/// The package as its manifest and its folders have it.
private struct House {
  struct Room {
    let name: String
    let dependencies: [String]
    let files: [SourceFile]
  }

  struct SourceFile {
    let path: String
    let text: String

    /// The modules that it imports.
    var imports: Set<Substring> {
      Set(
        text.split(separator: "\n").compactMap { line in
          let words = line.split(separator: " ").drop { $0 == "public" || $0 == "package" }
          return words.first == "import" ? words.dropFirst().first : nil
        })
    }
  }

  /// The targets in the order of the manifest, tests excepted.
  let rooms: [Room]

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  init() throws {
    let manifest = try String(
      contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let target = #/\.(?:target|executableTarget|systemLibrary)\(\s*name: "([^"]+)"/#
    let starts = manifest.matches(of: target)
    let end = manifest.range(of: ".testTarget")?.lowerBound ?? manifest.endIndex
    let ends = starts.dropFirst().map(\.range.lowerBound) + [end]
    rooms = try zip(starts, ends).map { start, end in
      let text = manifest[start.range.lowerBound..<end]
      let list = text.firstMatch(of: #/dependencies: \[([^\]]*)\]/#).map { $0.1 } ?? ""
      let names = list.matches(of: #/"([^"]+)"/#).map { String($0.1) }
      let path = text.firstMatch(of: #/path: "([^"]+)"/#).map { String($0.1) }
      return Room(
        name: String(start.1), dependencies: names,
        files: try Self.files(in: path ?? "Sources/\(start.1)"))
    }
  }

  private static func files(in folder: String) throws -> [SourceFile] {
    let base = root.appendingPathComponent(folder)
    let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
    return try (paths ?? []).filter { $0.hasSuffix(".swift") }.map { path in
      let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
      return SourceFile(path: "\(folder)/\(path)", text: text)
    }
  }
}

@Suite("The house")
struct HouseSuite {
  private let house: House

  init() throws { house = try House() }

  @Test("is read whole")
  func whole() {
    let names = house.rooms.map(\.name)
    #expect(names.count > 20)
    for name in ["SPAEPyramid", "SPAETerminal", "SPAESession", "spae"] {
      #expect(names.contains(name))
      #expect(house.rooms.contains { $0.name == name && !$0.files.isEmpty })
    }
  }

  @Test("has no arrow that points upward: a target depends only on targets listed above it")
  func downward() {
    let targets = Set(house.rooms.map(\.name))
    var above: Set<String> = []
    for room in house.rooms {
      for name in room.dependencies where targets.contains(name) {
        #expect(above.contains(name), "\(room.name) depends on \(name), which is listed below it")
      }
      above.insert(room.name)
    }
  }

  @Test("has no arrow that the manifest does not list")
  func listed() {
    let targets = Set(house.rooms.map(\.name))
    for room in house.rooms {
      for file in room.files {
        for name in file.imports where targets.contains(String(name)) {
          #expect(
            room.dependencies.contains(String(name)), "\(file.path) imports \(name)")
        }
      }
    }
  }

  @Test("knows curses only in SPAETerminal")
  func curses() {
    for room in house.rooms where room.name != "SPAETerminal" {
      for file in room.files { #expect(!file.imports.contains("CNcurses"), "\(file.path)") }
    }
  }

  @Test("brings the engine and the explorer together only in SPAESession")
  func session() {
    for room in house.rooms where room.name != "SPAESession" && room.name != "spae" {
      let both = room.dependencies.filter { ["SPAEEngine", "SPAEExplorer"].contains($0) }
      #expect(both.count < 2, "\(room.name) knows \(both)")
    }
  }

  @Test("has a thin program: at most 30 files, each of commands or options")
  func thin() throws {
    let program = try #require(house.rooms.first { $0.name == "spae" })
    #expect(program.files.count <= 30)
    for file in program.files {
      let kinds = #/: (ParsableCommand|ParsableArguments|ExpressibleByArgument)\b/#
      #expect(file.text.contains(kinds), "\(file.path) declares neither a command nor options")
    }
  }
}
