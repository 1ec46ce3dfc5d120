import SPAEPyramid
import Testing

@Suite struct AnEditOfAPyramid {
  private func pyramid(_ changes: [Int: Int32] = [:]) throws -> Pyramid {
    let shape = try #require(PyramidShape(grid: 8))
    let words = (0..<shape.wordCount).map { changes[$0] ?? Int32($0) }
    return try #require(Pyramid(shape: shape, words: words))
  }

  @Test(
    "lists the cells that differ, and makes the one pyramid of the other",
    arguments: [[:], [0: 7], [0: 7, 148: 9, 21: 22]] as [[Int: Int32]])
  func roundTrip(changed: [Int: Int32]) throws {
    let (old, new) = (try pyramid(), try pyramid(changed))
    let edit = Edit(from: old, to: new)
    #expect(edit.changes.map(\.index) == changed.keys.sorted())
    #expect(edit.isEmpty == changed.isEmpty)
    #expect(edit.applied(to: old) == new)
    #expect(edit.inverse.applied(to: new) == old)
    #expect(edit.inverse.inverse == edit)
  }

  @Test("is refused by a pyramid that it was not made for", arguments: [-1, 0, 149, Int.max])
  func mismatch(index: Int) throws {
    let edit = Edit(changes: [.init(index: index, old: 5, new: 6)])
    #expect(edit.applied(to: try pyramid()) == nil)
  }
}
