import Foundation
import SPAEHistory
import SPAEPyramid

/// The store that every later version must open: branches, a name, two documents, an old clock.
enum Fixture {
  static func write(to path: String) throws {
    let store = try HistoryStore(path: path, clock: { Date(timeIntervalSince1970: 1_700_000_000) })
    let history = try opened(store)
    for step in 0..<6 {
      if step == 3 { try history.jump(to: 2) }
      var words = history.pyramid.words
      words[step] = Int32(1000 + step)
      try history.commit(
        Pyramid(shape: history.pyramid.shape, words: words) ?? history.pyramid,
        verb: "replace")
    }
    try history.name(4, "castle")
    try history.jump(to: 3)
    try history.markSaved()
    _ = try store.open(
      documentPath: "/another.spae", pyramid: try firstPyramid(), vocabularyHash: "other",
      label: "another")
  }
}
