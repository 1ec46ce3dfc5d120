import Foundation
import SPAEEngine
import Testing

/// A change to the shipped configuration, and the key that the refusal names.
struct Damage: Sendable, CustomTestStringConvertible {
  enum Change: Sendable {
    case remove
    case set(String)  // JSON
  }

  /// Where, such as `encoder.stages.0.width`.
  let place: String
  let change: Change
  let key: String

  init(_ place: String, _ change: Change, key: String? = nil) {
    (self.place, self.change, self.key) = (place, change, key ?? place)
  }

  var testDescription: String {
    switch change {
    case .remove: "\(place) removed"
    case .set(let json): "\(place) set to \(json)"
    }
  }

  /// The shipped configuration with the damage done.
  func done(to configuration: [UInt8]) throws -> [UInt8] {
    let whole = try JSONSerialization.jsonObject(with: Data(configuration))
    let damaged = try changed(whole, at: place.split(separator: ".").map(String.init)[...])
    return Array(try JSONSerialization.data(withJSONObject: damaged))
  }

  private func changed(_ value: Any, at place: ArraySlice<String>) throws -> Any {
    let key = try #require(place.first)
    let last = place.count == 1
    if var list = value as? [Any] {
      let index = try #require(Int(key))
      if last { list.remove(at: index) }
      guard let new = try last ? replacement : changed(list[index], at: place.dropFirst()) else {
        return list
      }
      if last { list.insert(new, at: index) } else { list[index] = new }
      return list
    }
    var object = try #require(value as? [String: Any])
    object[key] =
      try last ? replacement : changed(try #require(object[key]), at: place.dropFirst())
    return object
  }

  private var replacement: Any? {
    get throws {
      guard case .set(let json) = change else { return nil }
      return try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    }
  }
}

@Suite struct TheConfigurationOfAModel {
  static let path = "folder/config.json"
  static let shipped: [UInt8] =
    (try? Data(
      contentsOf: URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Assets/models/small/config.json"))).map(Array.init) ?? []

  @Test func isReadAsItIsShipped() throws {
    let configuration = try ModelConfiguration(path: Self.path, contents: Self.shipped)
    #expect(configuration.format == 2)
    #expect(configuration.name == "small")
    #expect(configuration.encoder.stages.map(\.width) == [32, 64, 128])
    #expect(configuration.semantic?.blocks.count == 21)
  }

  @Test(arguments: [
    Damage("precision.semantic.largest", .set("[]")),
    Damage("precision.semantic.largest.0", .set("-1"), key: "precision.semantic.largest"),
    Damage("precision.refinement.largest", .set("[1, 2]")),
    Damage("precision.refinement.largest.3", .set("1e-38"), key: "precision.refinement.largest"),
    Damage("precision.refinement.largest.3", .set("1e38"), key: "precision.refinement.largest"),
    Damage("precision.neck", .set("{}")),
    Damage(
      "precision.detection", .set(#"{"largest": [1, 2]}"#), key: "precision.detection.largest"),
    Damage("precision.encoder", .set(#"{"largest": [1, 2]}"#), key: "precision.encoder.largest"),
    Damage(
      "precision.segmentation", .set(#"{"largest": [1, 2]}"#),
      key: "precision.segmentation.largest"),
  ])
  func isRefusedWhenItsPrecisionIsDamaged(damage: Damage) throws {
    let contents = try damage.done(to: Self.shipped)
    let error = try #require(throws: EngineError.self) {
      try ModelConfiguration(path: Self.path, contents: contents)
    }
    guard case .configuration(Self.path, damage.key, _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func mayLackTheSemanticBranch() throws {
    let plain = try ["semantic", "guided", "evidence", "segmentation", "detection", "precision"]
      .reduce(
        Self.shipped
      ) { try Damage($1, .remove).done(to: $0) }
    let configuration = try ModelConfiguration(path: Self.path, contents: plain)
    #expect(configuration.semantic == nil)
  }

  static let missing = [
    "format", "name", "patch", "latent", "vocabulary", "embedding", "text", "encoder", "decoder",
    "encoder.stages", "encoder.attention", "encoder.attention.heads", "encoder.frequencies",
    "encoder.semantic_skip", "decoder.stages", "semantic.input", "semantic.whole_top",
    "guided.candidates",
    "guided.whole_share", "search", "search.revision", "search.decoded_passes",
    "search.linear_passes", "search.step", "search.least_gain", "search.halvings",
    "search.specificity_factor", "search.lemma_factor", "search.lemma_extra",
    "search.blended_stride",
  ].map { Damage($0, .remove) }

  static let unknown = [
    Damage("colour", .set("1")), Damage("encoder.colour", .set("null")),
    Damage("encoder.attention.Heads", .set("4")), Damage("guided.share", .set("0.5")),
    Damage("encoder.stages.1.colour", .set("[]"), key: "encoder.stages[1].colour"),
    Damage("semantic.blocks.20.colour", .set("{}"), key: "semantic.blocks[20].colour"),
  ]

  static let wrongTypes = [
    Damage("format", .set(#""1""#)), Damage("name", .set("1")),
    Damage("patch", .set("8.5")),
    Damage("latent", .set("null")), Damage("vocabulary", .set("true")),
    Damage("text", .set("[384]")), Damage("encoder", .set("[]")),
    Damage("encoder.semantic_skip", .set("1e30")),
    Damage("vocabulary", .set("9223372036854775808")),
    Damage("encoder.stages.1.width", .set("64.25"), key: "encoder.stages[1].width"),
    Damage("encoder.stages.1.width", .set(#""64""#), key: "encoder.stages[1].width"),
    Damage(
      "decoder.stages.0.blocks.1.kernels", .set("[1, 1.5]"),
      key: "decoder.stages[0].blocks[1].kernels[1]"),
    Damage("semantic.blocks.4.output", .set("-1e300"), key: "semantic.blocks[4].output"),
    Damage("semantic.blocks.4.output", .set("null"), key: "semantic.blocks[4].output"),
    Damage("semantic.scale", .set("1e300")), Damage("guided.whole_share", .set("-1e39")),
    Damage("decoder.stages", .set("{}")),
    Damage("guided.candidates", .set("3")), Damage("guided.whole_share", .set(#""0.3""#)),
    Damage("semantic.scale", .set("[]")), Damage("guided.specificity", .set("0.5")),
    Damage("guided.specificity", .set(#"[0, "a", 0]"#), key: "guided.specificity[1]"),
    Damage("guided.specificity", .set("[0, -1e39, 0]"), key: "guided.specificity[1]"),
    Damage("guided.penalty", .set("0.5")),
    Damage("guided.penalty", .set("[0, 0, 1e39]"), key: "guided.penalty[2]"),
  ]

  static let sizes: [Damage] =
    [
      "vocabulary", "embedding", "text", "patch", "latent", "encoder.semantic_skip",
      "encoder.frequencies", "encoder.attention.heads", "encoder.attention.expansion",
      "semantic.input", "semantic.classes", "semantic.grid", "semantic.whole_top",
      "semantic.cell_top", "semantic.stem", "semantic.head",
    ].flatMap { place in
      ["0", "-1", "-9223372036854775808", "9223372036854775807", "16777216"].map {
        Damage(place, .set($0))
      }
    }
    + ["encoder", "decoder"].flatMap { half in
      ["0", "-16", "9223372036854775807"].map {
        Damage("\(half).stages.2.width", .set($0), key: "\(half).stages[2].width")
      }
    }
    + ["kernel", "stride", "expansion", "output"].flatMap { name in
      ["0", "-1", "9223372036854775807"].map {
        Damage("semantic.blocks.3.\(name)", .set($0), key: "semantic.blocks[3].\(name)")
      }
    }

  static let impossible = [
    Damage("format", .set("3")), Damage("format", .set("1")),
    Damage("search.revision", .set("0")), Damage("search.revision", .set("2")),
    Damage("search.step", .set("1.5")), Damage("search.least_gain", .set("1")),
    Damage("search.linear_passes", .set("-1")), Damage("search.halvings", .set("65")),
    Damage("search.decoded_passes", .set("[2, 0, -1]")),
    Damage("search.specificity_factor", .set("0")), Damage("search.lemma_factor", .set("0")),
    Damage("search.lemma_extra", .set("-1")), Damage("search.blended_stride", .set("0")),
    Damage("patch", .set("16")), Damage("latent", .set("24")), Damage("text", .set("100")),
    Damage("encoder.attention.heads", .set("3")),
    Damage("encoder.attention.heads", .set("16")),
    Damage("encoder.attention.blocks", .set("-1")),
    Damage("encoder.attention.blocks", .set("65")),
    Damage("encoder.stages", .set("[]")), Damage("decoder.stages", .set("[]")),
    Damage("encoder.stages.0", .remove, key: "encoder.stages"),
    Damage("decoder.stages.2", .remove, key: "decoder.stages"),
    Damage("encoder.stages.0.blocks.0.kernels", .set("[3]"), key: "encoder.stages[0].blocks"),
    Damage("encoder.stages.0.blocks.0.kernels", .set("[3, 5]"), key: "encoder.stages[0].blocks"),
    Damage("decoder.stages.1.blocks.0.kernels", .set("[]"), key: "decoder.stages[1].blocks"),
    Damage("decoder.stages.1.blocks.0.expansion", .set("0"), key: "decoder.stages[1].blocks"),
    Damage("decoder.stages.1.blocks.0.expansion", .set("9"), key: "decoder.stages[1].blocks"),
    Damage("semantic", .remove, key: "guided"),
    Damage("guided.candidates", .set("[]")), Damage("guided.candidates", .set("[1, 2, 3, 4, 5]")),
    Damage("guided.candidates", .set("[3, 0, 12]")),
    Damage("guided.whole_share", .set("1.5")), Damage("guided.whole_share", .set("-0.1")),
    Damage("guided.specificity", .set("[0, 0.25]")),
    Damage("guided.specificity", .set("[0, 1.5, 0]")),
    Damage("guided.penalty", .set("[0.5]")), Damage("guided.penalty", .set("[0, -0.1, 0]")),
    Damage("semantic.blocks", .set("[]")), Damage("semantic.whole_top", .set("1001")),
    Damage("semantic.places", .set("[970, 1000]")),
  ]

  @Test(arguments: missing + unknown + wrongTypes + sizes + impossible)
  func isRefusedWhenItIsDamaged(damage: Damage) throws {
    let contents = try damage.done(to: Self.shipped)
    let error = try #require(throws: EngineError.self) {
      try ModelConfiguration(path: Self.path, contents: contents)
    }
    guard case .configuration(Self.path, let key, let problem) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(key == damage.key)
    #expect(!problem.isEmpty)
  }

  @Test(arguments: [
    "", " ", "\0", "{", "}", "{}}", "null", "1", "[]", #""format""#, "\u{FEFF}", "{\"format\": }",
    String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
  ])
  func isRefusedWhenItIsNotAnObject(text: String) throws {
    let error = try #require(throws: EngineError.self) {
      try ModelConfiguration(path: Self.path, contents: Array(text.utf8))
    }
    guard case .configuration(Self.path, "", _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func isRefusedAtEveryLengthBelowItsOwn() throws {
    // A shorter text without the white space after the last brace would be whole.
    let end = try #require(Self.shipped.lastIndex(of: UInt8(ascii: "}")))
    for length in stride(from: 0, through: end, by: 7) {
      #expect(throws: EngineError.self) {
        try ModelConfiguration(path: Self.path, contents: Array(Self.shipped.prefix(length)))
      }
    }
  }

  @Test func neverTrapsWhateverBytesChange() {
    var random = Seeded(state: 12)
    for _ in 0..<300 {
      let mutant = random.mutation(of: Self.shipped)
      do throws(EngineError) {
        _ = try ModelConfiguration(path: Self.path, contents: mutant)
      } catch {
        guard case .configuration(Self.path, _, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
  }
}
