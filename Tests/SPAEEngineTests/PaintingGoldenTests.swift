import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// What PyTorch makes of edits that paint (painting_golden.py) and this engine makes of them too.
@Suite struct OnEditsThatPaintTheEngineAgreesWithPyTorch {
  static let root = TheEngineAgreesWithPyTorch.root
  static let fixture = root + "/Tests/SPAEEngineTests/Fixtures/painting"

  struct Case: Decodable, Sendable, CustomStringConvertible {
    let name: String
    let picture: String
    let edits: [String]
    let outlines: Bool
    let exact: Bool
    let layer: Int
    let box: [Int]?
    let size: Int

    var description: String { "\(name): \(picture), \(edits.joined(separator: "; "))" }
  }

  static let cases: [Case] = {
    guard let text = FileManager.default.contents(atPath: fixture + ".json") else { return [] }
    return (try? JSONDecoder().decode([Case].self, from: text)) ?? []
  }()

  private let model: Model
  private let golden: Safetensors

  init() throws {
    model = try Model(folder: Self.root + "/Assets/models/small")
    golden = try Safetensors(path: Self.fixture + ".safetensors")
  }

  private func image(_ name: String, _ box: [Int]? = nil) throws -> PixelImage {
    let image = try ImageFile(path: Self.root + "/Assets/pictures/\(name).png").image
    guard let box else { return image }
    return image.cropped(
      left: box[0], top: box[1], width: box[2] - box[0], height: box[3] - box[1])
  }

  @Test func thereAreEdits() { #expect(Self.cases.count >= 6) }

  @Test(arguments: cases) func onEveryWord(of own: Case) throws {
    let picture = try image(own.picture, own.box)
    let before = try model.encode(picture, size: own.size, fit: .whole)
    let evidence = model.evidence(of: picture, fit: .whole, shape: before.shape)
    var painter = Painter(
      model: model, pyramid: before,
      evidence: own.outlines ? evidence : evidence.withoutOutlines)
    let style = Painter.Style(isExact: own.exact, layer: own.layer == 0 ? nil : own.layer)
    let edits = try WordEdit.edits(
      in: own.edits.joined(separator: "\n"), shape: before.shape, vocabulary: model.vocabulary)
    for edit in edits { #expect(try painter.apply(edit.change, style)) }
    let expected = try golden.integers("words.\(own.name)", shape: [before.shape.wordCount])
    #expect(zip(painter.pyramid.words, expected).filter { $0 != $1 }.count == 0)
    #expect(expected != before.words)
  }

  @Test func onAPictureRewrittenTowardsAnother() throws {
    let before = try model.encode(image("moose"))
    let target = try image("pagoda").resampled(width: 128, height: 128)
    let cells = Set(
      (0..<256).filter { (4..<12).contains($0 / 16) && (4..<12).contains($0 % 16) })
    let after = try model.rewrite(before, towards: target, cells: cells, holding: [1, 2])
    let expected = try golden.integers("rewritten", shape: [597])
    #expect(zip(after.words, expected).filter { $0 != $1 }.count == 0)
    #expect(after.words != before.words)
  }
}
