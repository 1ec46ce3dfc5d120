import Foundation
import Testing

@Suite("Kinds of the classes that are seen")
struct ClassKindsSuite {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  @Test("are the same words as in PyTorch")
  func sameTable() throws {
    let source = try text("Sources/SPAEEngine/Painting/ClassKinds.swift")
      .replacing(/\s*\\\n\s*/, with: " ").replacing(/\s+/, with: " ")
    let lines = try text("Training/spae/tables/class-kinds.tsv").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    #expect(!lines.isEmpty)
    for line in lines {
      let columns = line.split(separator: "\t")
      let classes = columns[0].split(separator: " ").map { "\"\($0)\"" }
      let row = "( [\(classes.joined(separator: ", "))], \"\"\" \(columns[1]) \"\"\" )"
      #expect(source.contains(row), "\(columns[0])")
    }
    #expect(source.ranges(of: "( [").count == lines.count)
  }
}
