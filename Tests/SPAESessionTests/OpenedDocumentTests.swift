import Foundation
import SPAEFiles
import SPAEHistory
import SPAEPyramid
import SPAESession
import Testing

@Suite("A picture's words and history")
final class APicturesWordsAndHistory {
  private let folder = NSTemporaryDirectory() + "spae-place-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func opened() throws -> OpenedDocument {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = folder + "/cat.png"
    if !FileManager.default.fileExists(atPath: file) {
      try FileManager.default.copyItem(atPath: Opened.picture, toPath: file)
    }
    return try OpenedDocument(
      file: file, size: 128, models: ModelLibrary(model: try Opened.model.get()))
  }

  @Test("are beside it, wherever it is opened from")
  func beside() throws {
    var opened = try opened()
    let store = try HistoryStore(path: nil, clock: { Date(timeIntervalSince1970: 1) })
    _ = try opened.history(in: store)
    #expect(opened.files.suggestedPath == folder + "/cat.spae")
    #expect(try store.documents().map(\.path).allSatisfy { $0.hasSuffix("/cat.spae") })
  }

  @Test("are in the current folder where a former version kept them there")
  func former() throws {
    var opened = try opened()
    let store = try HistoryStore(path: nil, clock: { Date(timeIntervalSince1970: 1) })
    let document = opened.document
    let past = try store.open(
      documentPath: "cat.spae", pyramid: document.pyramid,
      vocabularyHash: document.model.vocabulary, label: "cat.png")
    var edited = document.pyramid
    edited[edited.shape.cell(at: 3)] = 7
    try past.commit(edited, verb: "edit")
    let history = try opened.history(in: store)
    #expect(opened.files.suggestedPath == "cat.spae")
    #expect(history.pyramid == edited)
    #expect(try store.documents().count == 1)
  }

  @Test("are not those of another picture of that name in the current folder")
  func another() throws {
    var opened = try opened()
    let store = try HistoryStore(path: nil, clock: { Date(timeIntervalSince1970: 1) })
    let (words, vocabulary) = (opened.document.pyramid, opened.document.model.vocabulary)
    let others = words.words.map { ($0 + 1) % 100 }
    _ = try store.open(
      documentPath: "cat.spae", pyramid: try #require(Pyramid(shape: words.shape, words: others)),
      vocabularyHash: vocabulary, label: "cat.png")
    let history = try opened.history(in: store)
    #expect(opened.files.suggestedPath == folder + "/cat.spae")
    #expect(history.pyramid == words)
  }
}
