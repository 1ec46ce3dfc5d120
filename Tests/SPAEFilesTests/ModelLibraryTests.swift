import Foundation
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

@Suite("Models of files")
struct ModelLibraryTests {
  static let first = "e1193159c3aae804dd2e9d2326249ac57e6c951687aec7fd304ba4bacf3b7e61"
  let models: Models

  init() throws { models = try Models() }

  /// The words and the model that a library reads a file with.
  private func read(
    _ path: String, by library: ModelLibrary
  ) throws -> (document: PyramidDocument, model: Model) {
    guard case .pyramid(let document, let model) = try Input(path: path, models: library) else {
      throw Failure("\(path) is read as a picture")
    }
    return (document, model)
  }

  @Test("the first published model keeps its identity")
  func publishedIdentity() throws {
    #expect(try Model(folder: Models.shipped).identity() == Self.first)
    #expect(try Model.identities(ofFolder: Models.shipped).first == Self.first)
  }

  @Test("a file is read with the model that it names", arguments: DocumentFormat.allCases)
  func ownModel(format: DocumentFormat) throws {
    let file = try models.pyramid("cat.\(format)", by: "first", as: format)
    let (document, model) = try read(file, by: models.library("present"))
    #expect(model.folder.hasSuffix("/first"))
    let own = try models.model("first").decode(document.pyramid)
    #expect(try model.decode(document.pyramid) == own)
    #expect(try models.model("present").decode(document.pyramid) != own)
  }

  @Test("a file of the chosen model is read with it, whatever lies beside")
  func chosenModel() throws {
    let file = try models.pyramid("cat.spae", by: "present")
    let library = models.library("present")
    #expect(try read(file, by: library).model === library.chosen())
  }

  @Test("an identity of an earlier form leads to the model, and so does a prefix")
  func earlierForm() throws {
    let library = models.library("present")
    let former = "f5565de794ff1e89f45d6bcfb26bc19949339ffc7191260e4a69af17239649b2"
    #expect(try library.model(identity: former)?.folder.hasSuffix("/first") == true)
    #expect(library.folder(ofIdentity: "e1193159")?.hasSuffix("/first") == true)
    #expect(library.folder(ofIdentity: "0123456789") == nil)
  }

  @Test("a model that was named reads another's words, if it knows them")
  func fixedModel() throws {
    let file = try models.pyramid("cat.spae", by: "first")
    let library = models.library("present", isFixed: true)
    #expect(try read(file, by: library).model === library.chosen())
    try models.replace(file, "vocabulary 0d", "vocabulary ff")
    #expect { try read(file, by: library) } throws: {
      (($0 as? Failure)?.lines.joined() ?? "").contains("another vocabulary's")
    }
  }

  @Test("a model that is nowhere is named, with the folders that were searched and the remedy")
  func missingModel() throws {
    let file = try models.pyramid("cat.spae", by: "present")
    try models.replace(file, "model small ", "model small 00")
    #expect { try read(file, by: models.library("present")) } throws: {
      let text = ($0 as? Failure)?.lines.joined() ?? ""
      return text.contains("made by the model small 00") && text.contains(models.folder)
        && text.contains("/home/.local/share/spae/models") && text.contains("spae convert")
    }
  }

  @Test("a shared file that became another is refused, and the file named")
  func changedSharedFile() throws {
    let vocabulary = models.path("present") + "/vocabulary.txt"
    let words = try String(contentsOfFile: vocabulary, encoding: .utf8)
    try FileManager.default.removeItem(atPath: vocabulary)
    try AtomicFile.write(Array(words.replacing("\ncat\n", with: "\ncatt\n").utf8), to: vocabulary)
    #expect { try models.model("first") } throws: {
      "\($0)".contains("first/vocabulary.txt: not the file")
        && "\($0)".contains("a link to ../present/vocabulary.txt")
    }
  }

  @Test("a link to a file that is gone names both")
  func missingSharedFile() throws {
    try FileManager.default.removeItem(atPath: models.path("present") + "/codebook.safetensors")
    #expect { try models.model("first") } throws: {
      "\($0)".contains(
        "first/codebook.safetensors: a link to ../present/codebook.safetensors: no such file")
    }
  }

  @Test("sums that leave out a file, or list another, are refused")
  func damagedSums() throws {
    try models.replace(models.path("first") + "/SHA256SUMS", "vocabulary.txt", "words.txt")
    #expect { try models.model("first") } throws: {
      "\($0)".contains("first/vocabulary.txt: not the file")
    }
    try models.replace(models.path("first") + "/SHA256SUMS", "words.txt", "vocabulary.txt\n")
    #expect { try models.model("first") } throws: { "\($0)".contains("SHA256SUMS: it must list") }
  }

  @Test("words of two models have caches of their own, and are not compared")
  func separateWords() throws {
    let encoders = try ["present", "first"].map {
      try PictureEncoder(models: models.library($0), workers: 1)
    }
    #expect(encoders[0].cache.folder != encoders[1].cache.folder)
    #expect(encoders[1].cache.folder.hasSuffix(Self.first))
    let file = try models.pyramid("cat.spae", by: "first")
    #expect(try encoders[1].pyramid(of: file).shape.grid.text == "16")
    #expect { try encoders[0].pyramid(of: file) } throws: {
      (($0 as? Failure)?.lines.joined() ?? "").contains("spae convert \(file) moves it")
    }
  }
}
