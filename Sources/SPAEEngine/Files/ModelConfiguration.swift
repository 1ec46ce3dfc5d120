import FoundationEssentials

/// Every size of a model, as `config.json` holds it. The engine has no size of its own.
package struct ModelConfiguration: Codable, Hashable, Sendable {
  /// A residual block: two convolutions with an inner width of expansion x width.
  package struct Block: Codable, Hashable, Sendable {
    package var kernels: [Int]
    package var expansion: Int
  }

  /// The blocks that work at one resolution.
  package struct Stage: Codable, Hashable, Sendable {
    package var width: Int
    package var blocks: [Block]
  }

  package struct Attention: Codable, Hashable, Sendable {
    package var blocks: Int
    package var heads: Int
    package var expansion: Int
  }

  package struct Encoder: Codable, Hashable, Sendable {
    package var stages: [Stage]
    package var attention: Attention
    package var frequencies: Int
    /// The hidden width of the path from the evidence straight to the latent.
    package var semanticSkip: Int

    enum CodingKeys: String, CodingKey {
      case stages, attention, frequencies
      case semanticSkip = "semantic_skip"
    }
  }

  package struct Decoder: Codable, Hashable, Sendable {
    package var stages: [Stage]
  }

  /// An inverted bottleneck of the semantic branch.
  package struct MobileBlock: Codable, Hashable, Sendable {
    package var kernel: Int
    package var stride: Int
    package var expansion: Int
    package var output: Int
  }

  /// The frozen classifier and what is kept of its answer.
  package struct Semantic: Codable, Hashable, Sendable {
    package var input: Int
    package var classes: Int
    package var grid: Int
    package var wholeTop: Int
    package var cellTop: Int
    package var scale: Float
    package var stem: Int
    package var head: Int
    package var blocks: [MobileBlock]
    /// The classes that are places (seashore, valley), which stuff fills: they do not make the
    /// classifier sure of what stands in a cell.
    package var places: [Int]?

    enum CodingKeys: String, CodingKey {
      case input, classes, grid, scale, stem, head, blocks, places
      case wholeTop = "whole_top"
      case cellTop = "cell_top"
    }
  }

  /// How many candidate words each position of the first layers has, and how they are scored.
  package struct Guided: Codable, Hashable, Sendable {
    /// Of each guided layer: the number of candidates of a position.
    package var candidates: [Int]
    /// The weight of the whole picture's evidence beside the position's own, 0 to 1.
    package var wholeShare: Float
    /// Of each layer: the share of a word's mean score at the other positions that is subtracted.
    package var specificity: [Float]?
    /// Of each layer: the share of the picture's error that a word must save for each point that
    /// its score is lower than the best candidate's.
    package var penalty: [Float]?
    /// Names of colours that are candidates too, where the picture has their colour.
    package var colours: Colours?

    enum CodingKeys: String, CodingKey {
      case candidates, specificity, penalty, colours
      case wholeShare = "whole_share"
    }
  }

  /// Names of colours that are candidates beside the evidence's words.
  package struct Colours: Codable, Hashable, Sendable {
    /// Of each layer: how many names a position has, those nearest to its region's mean colour.
    package var counts: [Int]
    /// What such a name scores, beside the scores of the evidence.
    package var score: Float
    package var names: [NamedColour]
  }

  /// The name of a colour, and the colour in sRGB; in JSON `["red", 229, 0, 0]`.
  package struct NamedColour: Codable, Hashable, Sendable {
    package var name: String
    /// 0 to 255, as the other two.
    package var red: Int
    package var green: Int
    package var blue: Int

    package init(from decoder: any Swift.Decoder) throws {
      var row = try decoder.unkeyedContainer()
      name = try row.decode(String.self)
      red = try row.decode(Int.self)
      green = try row.decode(Int.self)
      blue = try row.decode(Int.self)
    }

    package func encode(to encoder: any Swift.Encoder) throws {
      var row = encoder.unkeyedContainer()
      try row.encode(name)
      for channel in [red, green, blue] { try row.encode(channel) }
    }
  }

  /// The rules by which words are searched. Two models that differ here give different words.
  package struct Search: Codable, Hashable, Sendable {
    /// The revision of the encoder's code. It grows when the same numbers give other words.
    package var revision: Int
    /// Refinement passes by the decoded picture: of the last layer, the one above it, and so on.
    package var decodedPasses: [Int]
    /// Refinement passes by the linear decoder's picture, of each layer above those.
    package var linearPasses: Int
    /// The step of an unguided pass towards the linear decoder's least error, 0 to 1.
    package var step: Float
    /// The share by which a guided layer must reduce the error, or its penalty is halved.
    package var leastGain: Float
    /// How often a guided layer's penalty is halved at most.
    package var halvings: Int
    /// Candidates that are scored for each one kept, where specificity counts.
    package var specificityFactor: Int
    /// Words that are ranked for each candidate kept, so that forms of one lemma can be skipped.
    package var lemmaFactor: Int
    /// Words that are ranked beyond those.
    package var lemmaExtra: Int
    /// The stride from which on a cell without words blends the positions around it.
    package var blendedStride: Int

    enum CodingKeys: String, CodingKey {
      case revision, step, halvings
      case decodedPasses = "decoded_passes"
      case linearPasses = "linear_passes"
      case leastGain = "least_gain"
      case specificityFactor = "specificity_factor"
      case lemmaFactor = "lemma_factor"
      case lemmaExtra = "lemma_extra"
      case blendedStride = "blended_stride"
    }

    /// The revision of this encoder: it encodes with models of this one alone.
    package static let currentRevision = 1
  }

  /// Which parts compute in whole numbers: those that are named; all others in float32.
  package struct Precision: Codable, Hashable, Sendable {
    /// A part's layers.
    package struct Layers: Codable, Hashable, Sendable {
      /// The largest number that the input of each layer of bytes has as a byte.
      package var largest: [Float]

      package init(largest: [Float]) { self.largest = largest }
    }

    /// The frozen classifier: one number for each block that expands, one for the head.
    package var semantic: Layers?
    /// The decoder, where it makes pictures by which words are refined: one number for the latents,
    /// each up-convolution, each block's norm and SiLU, and the last norm, as they are used.
    package var refinement: Layers?
    /// The segmentation branch up to its features: three numbers for each block (its input, its
    /// expansion, what it filters), one for the head.
    package var segmentation: Layers?
    /// The encoder's convolutions up to the latent grid: one number for each that halves a side, and
    /// for each block's norm and SiLU, as they are used.
    package var encoder: Layers?
    /// The detection branch: one number for each group of its convolutions whose bytes lie beside each
    /// other or are added, in the order in which the first of each gives some.
    package var detection: Layers?
  }

  /// The form of this file.
  package var format: Int
  /// Identities of this model in earlier forms, whose words and pictures are the same.
  package var formerIdentities: [String]?
  package var name: String
  package var patch: Int
  package var latent: Int
  package var vocabulary: Int
  package var embedding: Int
  package var text: Int
  package var guided: Guided?
  package var search: Search
  package var semantic: Semantic?
  package var segmentation: Segmentation?
  package var detection: Detection?
  package var evidence: Evidence?
  /// Words that people may type and no picture is given by itself.
  package var reserved: [String]?
  package var encoder: Encoder
  package var decoder: Decoder
  package var precision: Precision?

  enum CodingKeys: String, CodingKey {
    case format, name, patch, latent, vocabulary, embedding, text, guided, search, semantic
    case segmentation, detection, evidence, reserved, encoder, decoder, precision
    case formerIdentities = "former_identities"
  }
}

extension ModelConfiguration {
  /// Reads and checks a configuration; `path` is named in errors.
  package init(path: String, contents: [UInt8]) throws(EngineError) {
    let data = Data(contents)
    if let format = (try? JSONDecoder().decode(Format.self, from: data))?.format,
      format != Self.currentFormat
    {
      let remedy = "this program reads format \(Self.currentFormat); use the program it came with"
      throw .configuration(path: path, key: "format", problem: "\(format): \(remedy)")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
      try refuseUnknownKeys(in: data, path: path)
    } catch let error as EngineError {
      throw error
    } catch let error as DecodingError {
      // Foundation does not say where a number stands that its type cannot hold.
      let misfit = error.key.isEmpty ? Self.misfit(in: data) : nil
      throw .configuration(
        path: path, key: misfit?.key ?? error.key, problem: misfit?.problem ?? error.problem)
    } catch {
      throw .configuration(path: path, key: "", problem: "not JSON")
    }
    if let (key, problem) = firstProblem {
      throw .configuration(path: path, key: key, problem: problem)
    }
  }

  /// What is looked at first: another format has other keys.
  private struct Format: Decodable {
    var format: Int
  }

  private static let currentFormat = 2

  /// Numbers of a patch: three colours of each pixel.
  var patchNumbers: Int { 3 * patch * patch }

  private func refuseUnknownKeys(in data: Data, path: String) throws {
    let given = try JSONDecoder().decode(JSONValue.self, from: data)
    let known = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(self))
    if let key = given.unknownKey(known: known) {
      throw EngineError.configuration(path: path, key: key, problem: "unknown key")
    }
  }

  /// The first number that is no whole one, or too large for its type, and its key.
  private static func misfit(in data: Data) -> (key: String, problem: String)? {
    (try? JSONDecoder().decode(JSONValue.self, from: data))?.firstNumber { key, number in
      if isFloat(key) { return Float(number).isFinite ? nil : "\(number) is too large" }
      return Int(exactly: number) == nil ? "\(number) is not a whole number of 64 bits" : nil
    }
  }

  private static func isFloat(_ key: String) -> Bool {
    [
      "guided.whole_share", "guided.colours.score", "semantic.scale", "search.step",
      "search.least_gain",
    ].contains(key)
      || key.hasPrefix("guided.specificity") || key.hasPrefix("guided.penalty")
      || key.hasPrefix("evidence.") || key.hasPrefix("precision.")
  }

  /// The first key whose value the engine cannot run, and why.
  private var firstProblem: (key: String, problem: String)? {
    func outside(_ key: String, _ value: Int, _ range: ClosedRange<Int>) -> (String, String)? {
      range.contains(value)
        ? nil : (key, "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    var problems: [(String, String)?] = [
      patch == 8 ? nil : ("patch", "\(patch): only patches of 8 pixels are supported"),
      latent == 16 || latent == 32
        ? nil : ("latent", "\(latent): only 16 and 32 components are supported"),
      outside("vocabulary", vocabulary, 1...1_000_000),
      embedding % 16 == 0
        ? outside("embedding", embedding, 16...8192) : ("embedding", "not a multiple of 16"),
      text % 16 == 0 ? outside("text", text, 16...1024) : ("text", "not a multiple of 16"),
      outside("encoder.frequencies", encoder.frequencies, 1...16),
      outside("encoder.semantic_skip", encoder.semanticSkip, 1...65_536),
      outside("encoder.attention.blocks", encoder.attention.blocks, 0...64),
      outside("encoder.attention.expansion", encoder.attention.expansion, 1...8),
      outside("encoder.attention.heads", encoder.attention.heads, 1...256),
    ]
    problems += search.problems(outside)
    problems += stageProblems("encoder.stages", encoder.stages)
    problems += stageProblems("decoder.stages", decoder.stages)
    if let width = encoder.stages.last?.width, (1...256).contains(encoder.attention.heads),
      width % (16 * encoder.attention.heads) != 0
    {
      problems.append(
        ("encoder.attention.heads", "a head must be a multiple of 16 wide; \(width) is the whole"))
    }
    if let guided {
      problems.append(semantic == nil ? ("guided", "needs a semantic branch") : nil)
      problems.append(outside("guided.candidates", guided.candidates.count, 1...4))
      problems += guided.candidates.map { outside("guided.candidates", $0, 1...10_000) }
      problems.append(
        (0...1).contains(guided.wholeShare) ? nil : ("guided.whole_share", "not between 0 and 1"))
      let layers = guided.candidates.count
      func oneForEach(_ key: String, _ values: [Float]) -> (String, String)? {
        values.count == layers ? nil : (key, "\(values.count) values for \(layers) layers")
      }
      if let specificity = guided.specificity {
        let key = "guided.specificity"
        problems += specificity.map { (0...1).contains($0) ? nil : (key, "not between 0 and 1") }
        problems.append(oneForEach(key, specificity))
      }
      if let colours = guided.colours {
        let (key, count) = ("guided.colours.counts", colours.names.count)
        problems.append(outside(key, colours.counts.count, 0...layers))
        problems += colours.counts.map { outside(key, $0, 0...count) }
        for (index, colour) in colours.names.enumerated() {
          let key = "guided.colours.names[\(index)]"
          problems += [colour.red, colour.green, colour.blue].map { outside(key, $0, 0...255) }
        }
        problems.append(colours.score.isFinite ? nil : ("guided.colours.score", "not finite"))
      }
      if let penalty = guided.penalty {
        let key = "guided.penalty"
        problems += penalty.map { $0 >= 0 && $0.isFinite ? nil : (key, "not 0 or more") }
        problems.append(oneForEach(key, penalty))
      }
    }
    if let semantic {
      problems += [
        outside("semantic.input", semantic.input, 32...1024),
        outside("semantic.classes", semantic.classes, 1...100_000),
        semantic.grid == 4 ? nil : ("semantic.grid", "only a grid of 4 is supported"),
        outside("semantic.whole_top", semantic.wholeTop, 1...semantic.classes.clamped(1...100_000)),
        outside("semantic.cell_top", semantic.cellTop, 1...semantic.classes.clamped(1...100_000)),
        semantic.scale.isFinite ? nil : ("semantic.scale", "not a finite number"),
        outside("semantic.stem", semantic.stem, 1...4096),
        outside("semantic.head", semantic.head, 1...65_536),
        outside("semantic.blocks", semantic.blocks.count, 1...256),
        semantic.places?.first { $0 < 0 || $0 >= semantic.classes }
          .map { ("semantic.places", "\($0) is none of \(semantic.classes) classes") },
      ]
      for (index, block) in semantic.blocks.enumerated() {
        let key = "semantic.blocks[\(index)]"
        problems += [
          [3, 5].contains(block.kernel) ? nil : ("\(key).kernel", "only 3 and 5 are supported"),
          outside("\(key).stride", block.stride, 1...2),
          outside("\(key).expansion", block.expansion, index == 0 ? 1...1 : 1...16),
          outside("\(key).output", block.output, 1...4096),
        ]
      }
    }
    problems += branchProblems + precisionProblems
    return problems.lazy.compactMap { $0 }.first.map { ($0.0, $0.1) }
  }

  private func stageProblems(_ key: String, _ stages: [Stage]) -> [(String, String)?] {
    guard stages.count == 3 else {
      return [(key, "\(stages.count) stages: a patch of 8 pixels needs three")]
    }
    return stages.enumerated().flatMap { index, stage -> [(String, String)?] in
      let here = "\(key)[\(index)]"
      var problems: [(String, String)?] = [
        (1...4096).contains(stage.width) ? nil : ("\(here).width", "\(stage.width) is not usable"),
        stage.blocks.count <= 64 ? nil : ("\(here).blocks", "more than 64"),
      ]
      for block in stage.blocks {
        let kernels = block.kernels.count == 2 && block.kernels.allSatisfy { [1, 3].contains($0) }
        problems.append(kernels ? nil : ("\(here).blocks", "kernels must be two of 1 and 3"))
        problems.append(
          (1...8).contains(block.expansion) ? nil : ("\(here).blocks", "expansion not 1 to 8"))
      }
      return problems
    }
  }
}

extension ModelConfiguration.Search {
  /// What is wrong with each number; `outside` tells of a whole number that is out of its range.
  fileprivate func problems(
    _ outside: (String, Int, ClosedRange<Int>) -> (String, String)?
  ) -> [(String, String)?] {
    let newest = Self.currentRevision
    let known =
      (1...newest).contains(revision)
      ? nil : ("search.revision", "\(revision): this program knows revisions up to \(newest)")
    return [
      known,
      outside("search.decoded_passes", decodedPasses.count, 0...8),
      outside("search.linear_passes", linearPasses, 0...64),
      (0...1).contains(step) ? nil : ("search.step", "not between 0 and 1"),
      (0..<1).contains(leastGain) ? nil : ("search.least_gain", "not between 0 and 1"),
      outside("search.halvings", halvings, 0...64),
      outside("search.specificity_factor", specificityFactor, 1...64),
      outside("search.lemma_factor", lemmaFactor, 1...64),
      outside("search.lemma_extra", lemmaExtra, 0...10_000),
      outside("search.blended_stride", blendedStride, 1...64),
    ] + decodedPasses.map { outside("search.decoded_passes", $0, 0...64) }
  }
}

extension Comparable {
  fileprivate func clamped(_ range: ClosedRange<Self>) -> Self {
    min(max(self, range.lowerBound), range.upperBound)
  }
}

extension DecodingError {
  /// Where in the document decoding stopped.
  fileprivate var key: String {
    context.0.reduce("") { place, key in
      if let index = key.intValue { return "\(place)[\(index)]" }
      return place.isEmpty ? key.stringValue : "\(place).\(key.stringValue)"
    }
  }

  /// Why it stopped.
  fileprivate var problem: String { context.1 }

  private var context: ([any CodingKey], String) {
    switch self {
    case .keyNotFound(let key, let context): (context.codingPath + [key], "the key is missing")
    case .typeMismatch(let type, let context): (context.codingPath, "expected \(type)")
    case .valueNotFound(let type, let context): (context.codingPath, "expected \(type), got null")
    case .dataCorrupted(let context): (context.codingPath, "not JSON that can be read")
    @unknown default: ([], "cannot be read")
    }
  }
}
