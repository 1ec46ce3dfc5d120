import Foundation
import SPAEHistory
import SPAEPyramid
import Testing

@Suite("The history of a file that was renamed or copied")
final class TheHistoryOfAnotherFile {
  private let folder: TemporaryFolder
  private let store: HistoryStore

  init() throws { (folder, store) = (try TemporaryFolder(), try HistoryStore()) }

  private func write(_ name: String) throws {
    try Data().write(to: URL(fileURLWithPath: folder(name)))
  }

  private func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: folder(name))
  }

  /// Opens a picture as the explorer does: its words have a name beside it, and perhaps no file.
  private func open(picture name: String) throws -> DocumentHistory {
    let words = (name as NSString).deletingPathExtension + ".spae"
    return try store.open(folder(words), try pyramid(), label: name, origin: .picture)
  }

  @Test("stays that of its picture as long as that is there, whoever has the same words")
  func samePictures() throws {
    try write("a.jpg")
    try write("b.jpg")
    let first = try open(picture: "a.jpg")
    try first.change(3, to: 9)
    #expect(try open(picture: "b.jpg").opening == .new)
    #expect(try store.open(folder("c.spae"), try pyramid()).opening == .new)
    #expect(try open(picture: "a.jpg").head.id == 2)
    try remove("a.jpg")
    try write("d.jpg")
    let renamed = try open(picture: "d.jpg")
    #expect(renamed.document.id == first.document.id && renamed.head.id == 2)
  }

  @Test("stays that of its picture after that was renamed")
  func renamedPicture() throws {
    try write("a.jpg")
    try open(picture: "a.jpg").change(3, to: 9)
    try remove("a.jpg")
    try write("c.jpg")
    let renamed = try open(picture: "c.jpg")
    #expect(renamed.head.id == 2 && renamed.document.path == folder("c.spae"))
    #expect(try store.open(folder("w.spae"), try pyramid()).opening == .new)
    #expect(try open(picture: "c.jpg").head.id == 2)
    try remove("c.jpg")
    try write("e.jpg")
    #expect(try open(picture: "e.jpg").document.id == renamed.document.id)
  }

  @Test("of words with a name of their own never becomes a picture's")
  func wordsAreNoPicture() throws {
    try write("a.jpg")
    try store.open(folder("winter.spae"), try pyramid(), label: "a.jpg").change(3, to: 9)
    #expect(try open(picture: "a.jpg").opening == .new)
    #expect(
      try store.open(folder("snow.spae"), try pyramid([3: 9]), label: "a.jpg").opening
        == .renamed(from: folder("winter.spae")))
  }

  @Test("is copied with the file, and each goes on with its own")
  func copies() throws {
    try write("a.spae")
    let first = try store.open(folder("a.spae"), try pyramid())
    try first.change(3, to: 9, verb: "grass -> snow")
    try first.name(2, "winter")
    try first.markSaved()
    try first.change(4, to: 9)
    let copy = try store.open(folder("b.spae"), try pyramid([3: 9]))
    #expect(copy.opening == .copied(from: first.document.path))
    #expect(copy.head.id == 2 && copy.head.name == "winter" && copy.position.last == 3)
    #expect(try copy.saved().id == 2)
    #expect(try copy.states(to: copy.pyramid).map(\.verb) == ["open", "grass -> snow"])
    #expect(try copy.redo()?.id == 3)
    try copy.change(5, to: 9)
    #expect(try store.history(ofPath: folder("a.spae")).position == (3, 3))
    #expect(try store.check().problems == [])
    #expect(try store.open(folder("b.spae"), try pyramid([3: 9])).recovered?.id == 2)
  }

  @Test("is copied by a renamed file where the picture of both is still there")
  func renamedBesideItsPicture() throws {
    try write("a.jpg")
    let first = try open(picture: "a.jpg")
    try first.change(3, to: 9)
    try first.markSaved()
    try write("b.spae")
    let renamed = try store.open(folder("b.spae"), try pyramid([3: 9]), label: "a.jpg")
    #expect(renamed.opening == .copied(from: first.document.path))
    #expect(try open(picture: "a.jpg").document.id == first.document.id)
    #expect(
      try store.formerHistory(
        of: folder("c.spae"), try pyramid([3: 9]), vocabularyHash: "words")?.isCopied == true)
  }

  @Test("is not copied from a file that was overwritten with the words")
  func overwritten() throws {
    try write("a.spae")
    try store.open(folder("a.spae"), try pyramid()).change(3, to: 9)
    guard case .changedOutside = try store.open(folder("a.spae"), try pyramid([5: 5])).opening
    else {
      Issue.record("no change from outside")
      return
    }
    #expect(try store.open(folder("b.spae"), try pyramid([5: 5])).opening == .new)
  }

  @Test("begins anew in a file that was just written")
  func written() throws {
    try write("a.spae")
    try store.open(folder("a.spae"), try pyramid()).change(3, to: 9)
    try store.open(folder("gone.spae"), try pyramid()).change(4, to: 9)
    for words in [try pyramid(), try pyramid([3: 9])] {
      let name = "new\(words.words[3]).spae"
      #expect(try store.open(folder(name), words, origin: .written).opening == .new)
    }
  }
}
