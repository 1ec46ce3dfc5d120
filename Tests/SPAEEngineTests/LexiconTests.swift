import Foundation
import SPAEEngine
import SPAEPyramid
import Testing

@Suite struct AModelsWordsWithoutItsNetworks {
  private static let folder = TheEngineAgreesWithPyTorch.root + "/Assets/models/small"

  @Test func areThoseOfTheModel() throws {
    let (lexicon, model) = (try Lexicon(folder: Self.folder), try Model(folder: Self.folder))
    #expect(lexicon.vocabulary.words == model.vocabulary.words)
    let word = try #require(model.vocabulary.number(of: "flower"))
    let (found, expected) = (
      lexicon.codebook.neighbours(of: word, count: 20),
      model.codebook.neighbours(of: word, count: 20)
    )
    #expect(found.map(\.word) == expected.map(\.word))
    #expect(found.map(\.similarity) == expected.map(\.similarity))
  }

  /// A file that is not needed may be missing; one that is needed is named.
  @Test func needThreeFiles() throws {
    let copy = try ModelCopy { _ in }
    defer { copy.remove() }
    try copy.remove("semantic.safetensors")
    #expect(try Lexicon(folder: copy.folder.path).vocabulary.count > 0)
    try copy.remove("codebook.safetensors")
    let error = #expect(throws: EngineError.self) { try Lexicon(folder: copy.folder.path) }
    #expect(error.map { "\($0)".contains("codebook.safetensors") } ?? false)
  }
}

extension ModelCopy {
  /// Removes one of its files.
  fileprivate func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: folder.appending(path: name))
  }
}
