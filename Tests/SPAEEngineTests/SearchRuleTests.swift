import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// A copy of the shipped model whose configuration differs; the other files are links.
struct ModelCopy {
  static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Assets/models/small")

  let folder: URL

  init(changing change: (inout [String: Any]) -> Void) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.shipped.path)
    where name != "config.json" {
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: name), withDestinationURL: Self.shipped.appending(path: name))
    }
    let data = try Data(contentsOf: Self.shipped.appending(path: "config.json"))
    var content = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    change(&content)
    try JSONSerialization.data(withJSONObject: content)
      .write(to: folder.appending(path: "config.json"))
  }

  /// The same with one rule of the search changed.
  init(rule: String, value: Any) throws {
    try self.init { content in
      var search = content["search"] as? [String: Any] ?? [:]
      search[rule] = value
      content["search"] = search
    }
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}

@Suite struct TheRulesOfTheSearch {
  static let others: [(String, any Sendable)] = [
    ("decoded_passes", [0, 0, 0]), ("linear_passes", 0), ("step", 0.1), ("least_gain", 0.9),
    ("halvings", 0), ("specificity_factor", 6), ("lemma_factor", 1), ("lemma_extra", 0),
    ("blended_stride", 16),
  ]

  @Test(arguments: others.indices)
  func anotherRuleIsAnotherModel(index: Int) throws {
    let shipped = try Model(folder: ModelCopy.shipped.path)
    let copy = try ModelCopy(rule: Self.others[index].0, value: Self.others[index].1)
    defer { copy.remove() }
    let other = try Model(folder: copy.folder.path)
    #expect(try other.identity() != shipped.identity())
  }

  /// A rule that changes no word of any picture would be no rule.
  @Test func theWordsFollowTheRules() throws {
    let picture = ModelCopy.shipped.appending(path: "../../pictures/parrot.png").path
    let image = try ImageFile(path: picture).image
    let words = try Model(folder: ModelCopy.shipped.path).encode(image)
    for (rule, value) in Self.others
    where ["decoded_passes", "linear_passes", "step", "blended_stride"].contains(rule) {
      let copy = try ModelCopy(rule: rule, value: value)
      defer { copy.remove() }
      #expect(try Model(folder: copy.folder.path).encode(image) != words, "\(rule)")
    }
  }

  @Test func anEarlierFormOfTheModelIsKnownByItsIdentity() throws {
    let shipped = try Model(folder: ModelCopy.shipped.appending(path: "../small-2026-11").path)
    // Of the first published weights before their configuration held the rules of the search.
    let former = "f5565de794ff1e89f45d6bcfb26bc19949339ffc7191260e4a69af17239649b2"
    #expect(try shipped.goesByIdentity(former))
    #expect(try shipped.goesByIdentity(shipped.identity()))
    #expect(try !shipped.goesByIdentity(String(repeating: "0", count: 64)))
  }

  /// Files of it open as before: words decode to the same pictures.
  @Test func theModelOfTheSameWeightsIsKnownByItsIdentity() throws {
    let former = "7b2a0ca7c88fb7ebcef684a88b58872912630eb2a9d96796858ddb8530a84c72"
    let model = try Model(folder: ModelCopy.shipped.appending(path: "../small-2026-11e").path)
    #expect(try model.goesByIdentity(former))
  }
}
