import Foundation
import SPAEHistory
import SPAEPyramid
import Testing

@Suite("The history of a picture that is no square")
struct RectangleSuite {
  static let grids = ["12x8", "8x12", "256x64", "64x256", "17x16"]

  private func filled(_ grid: String, _ store: HistoryStore) throws -> Pyramid {
    let size = try #require(GridSize(text: grid))
    let history = try store.open(try pyramid(size))
    let last = try pyramid(size).words.count - 1
    let edited = try pyramid(size, [0: 12_000, last: 7])
    try history.commit(edited, verb: "edit")
    return edited
  }

  @Test("is there when the store is opened again", arguments: grids)
  func reopened(grid: String) throws {
    let folder = try TemporaryFolder()
    let edited = try filled(grid, HistoryStore(folder("history.sqlite")))
    let store = try HistoryStore(folder("history.sqlite"))
    #expect(try store.documents().map(\.grid.text) == [grid])
    let history = try store.history(ofPath: "/a.spae")
    #expect(history.pyramid == edited)
    try history.undo()
    #expect(history.pyramid.words.allSatisfy { $0 == 0 })
    #expect(try store.check().problems.isEmpty)
  }

  @Test("comes back from its export", arguments: grids)
  func exchanged(grid: String) throws {
    let (store, copy) = (try HistoryStore(), try HistoryStore())
    _ = try filled(grid, store)
    let lines = try store.exported()
    #expect(lines[1].contains("\"grid\":\"\(grid)\""))
    #expect(try copy.importLines(lines) == (1, 2))
    #expect(try copy.exported() == lines)
  }

  @Test("is another document than that of the middle square, and than its transpose")
  func apart() throws {
    let store = try HistoryStore()
    for grid in ["8", "12x8", "8x12", "12x8"] { _ = try filled(grid, store) }
    #expect(try store.documents().map(\.grid.text) == ["8", "12x8", "8x12"])
  }

  @Test("is refused on a grid that no pyramid has", arguments: ["9", "40x8", "x", "0", "8x8x8"])
  func refused(grid: String) throws {
    let store = try HistoryStore()
    _ = try filled("12x8", store)
    let lines = try store.exported().map {
      $0.replacing("\"grid\":\"12x8\"", with: "\"grid\":\"\(grid)\"")
    }
    #expect(throws: HistoryError.self) { try HistoryStore().importLines(lines) }
  }
}
