import Foundation
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

@Suite("Pyramids are moved to the present model")
struct PyramidConverterTests {
  let models: Models
  private let castle = CellAddress(layer: 2, row: 0, column: 1)
  private let low = CellAddress(layer: 6, row: 3, column: 4)

  init() throws { models = try Models() }

  private func outcome(
    _ path: String, source: String? = nil, fit: Fit? = nil,
    history: @escaping (PyramidDocument) -> [CellAddress]? = { _ in nil }
  ) throws -> PyramidConverter.Outcome {
    try PyramidConverter(models: models.library("present"), fit: fit)
      .converted(path, source: source, history: history)
  }

  private func converted(
    _ path: String, source: String? = nil, fit: Fit? = nil,
    history: @escaping (PyramidDocument) -> [CellAddress]? = { _ in nil }
  ) throws -> PyramidConverter.Conversion {
    let outcome = try outcome(path, source: source, fit: fit, history: history)
    guard case .converted(let found) = outcome else { throw Failure("\(path): not converted") }
    return found
  }

  /// A castle in layer 2 and another word in layer 6.
  private func edit(_ pyramid: inout Pyramid, _ vocabulary: Vocabulary) {
    pyramid[castle] = vocabulary.number(of: "castle") ?? 0
    pyramid[low] = pyramid[low] == 7 ? 8 : 7
  }

  private func fresh(_ picture: String = Models.picture, fit: Fit = .crop) throws -> Pyramid {
    try models.model("present").encode(ImageFile(path: picture).image, fit: fit)
  }

  @Test("from its picture, with the edits of the upper layers")
  func picture() throws {
    try models.bringPicture()
    let file = try models.pyramid("cat.spae", by: "first", edit: edit)
    let found = try converted(file)
    #expect(found.basis == .picture(models.path("cat.png"), .crop))
    #expect(found.edits?.carried == [castle])
    #expect(found.edits?.left == [low])
    var expected = try fresh()
    expected[castle] = try models.model("present").vocabulary.number(of: "castle") ?? 0
    #expect(found.document.pyramid == expected)
    #expect(found.document.model == (try models.model("present").name()))
    #expect(found.document.comments.map(\.text) == ["# mine"])
    #expect(found.document.source.name == "cat.png")
  }

  @Test("from a picture of another place, by JSON")
  func namedPicture() throws {
    let file = try models.pyramid("cat.json", by: "first", as: .json)
    let found = try converted(file, source: Models.picture)
    #expect(found.basis == .picture(Models.picture, .crop))
    #expect(found.document.pyramid == (try fresh()))
    #expect(found.edits?.carried.isEmpty == true && found.edits?.left.isEmpty == true)
  }

  @Test("a picture became a square as the words tell")
  func fit() throws {
    let wide = models.path("wide.png")
    let cat = try ImageFile(path: Models.picture).image
    try AtomicFile.write(try cat.resampled(width: 300, height: 200).bytes(as: .png), to: wide)
    let file = try models.pyramid("wide.spae", by: "first", of: wide, fit: .pad)
    let found = try converted(file)
    #expect(found.basis == .picture(wide, .pad))
    #expect(found.document.pyramid == (try fresh(wide, fit: .pad)))
  }

  @Test("without the picture from the decoded one; the history tells of edits")
  func decoded() throws {
    let file = try models.pyramid("cat.spae", by: "first", edit: edit)
    #expect(try converted(file).edits == nil)
    let found = try converted(file) { _ in [castle] }
    #expect(found.basis == .decoded)
    #expect(found.edits?.carried == [castle])
    let model = try models.model("present")
    let picture = try model.decode(found.document.pyramid)
    let original = try ImageFile(path: Models.picture).image.fitted(to: 128, fit: .crop)
    #expect(picture.psnr(to: original) > 14)
    #expect(model.vocabulary[found.document.pyramid[castle]] == "castle")
  }

  @Test("another picture is not taken: an error where it was named, else a note")
  func otherPicture() throws {
    let dog = Models.root + "/Assets/pictures/dog.png"
    let file = try models.pyramid("cat.spae", by: "first")
    #expect { try converted(file, source: dog) } throws: {
      (($0 as? Failure)?.lines.joined() ?? "").contains("of 597 words agree with those of \(file)")
    }
    try models.bringPicture(dog)
    let found = try converted(file)
    #expect(found.basis == .decoded)
    #expect(found.notes.first?.contains("cat.png is not used") == true)
  }

  @Test("words without guidance are no edits")
  func otherOptions() throws {
    try models.bringPicture()
    let image = try ImageFile(path: Models.picture).image
    let plain = try models.model("first").encode(image, semanticWeight: 0)
    let file = try models.pyramid("cat.spae", by: "first") { pyramid, _ in pyramid = plain }
    let found = try converted(file)
    #expect(found.basis == .picture(models.path("cat.png"), .crop))
    #expect(found.edits?.carried.isEmpty == true && found.edits?.left.isEmpty == true)
    #expect(found.notes.first?.contains("other options") == true)
  }

  @Test("what may be painted is made from the decoded picture, with a note; a few words are edits")
  func paint() throws {
    try models.bringPicture()
    for (count, basis) in [
      (20, PyramidConverter.Conversion.Basis.picture(models.path("cat.png"), .crop)),
      (100, .decoded),
    ] {
      let file = try models.pyramid("cat\(count).spae", by: "first") { pyramid, _ in
        for cell in pyramid.shape.cells(ofLayer: 6).prefix(count) {
          pyramid[cell] = pyramid[cell] == 7 ? 8 : 7
        }
      }
      let found = try converted(file)
      #expect(found.basis == basis)
      #expect(found.notes.contains { $0.contains("history import") } == (basis == .decoded))
    }
  }

  @Test("what is of the present model stays")
  func current() throws {
    let file = try models.pyramid("cat.spae", by: "present")
    guard case .current(let name) = try outcome(file) else {
      Issue.record("it was converted")
      return
    }
    #expect(name == (try models.model("present").name()))
  }

  @Test("a model that is nowhere can be left by the picture alone")
  func missingModel() throws {
    let file = try models.pyramid("cat.spae", by: "first")
    try models.replace(file, "model small ", "model small 00")
    #expect { try converted(file) } throws: {
      (($0 as? Failure)?.lines.joined() ?? "").contains("made by the model small 00")
    }
    let found = try converted(file, source: Models.picture)
    #expect(found.document.pyramid == (try fresh()))
    #expect(found.edits == nil)
    #expect(found.notes.first?.contains("its name and size alone") == true)
  }
}
