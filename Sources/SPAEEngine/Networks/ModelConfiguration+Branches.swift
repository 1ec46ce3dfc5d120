// The sizes of the frozen branches that say what stands where and which things are in the picture.
extension ModelConfiguration {
  /// A class that a frozen branch knows, and the words that say it, the best first.
  package struct SeenClass: Codable, Hashable, Sendable {
    package var name: String
    package var words: [String]
  }

  /// An inverted bottleneck of the segmentation branch, of its own inner width.
  package struct SegmentationBlock: Codable, Hashable, Sendable {
    package var kernel: Int
    package var stride: Int
    package var dilation: Int
    package var inner: Int
    package var output: Int
  }

  /// The features pooled to some grids, in equal parts for each of some kernels.
  package struct PooledGrids: Codable, Hashable, Sendable {
    package var grids: [Int]
    package var kernels: [Int]
    package var width: Int
    package var output: Int
  }

  /// The blocks whose filtered features bring back the detail, at an eighth and a quarter.
  package struct SegmentationDecoder: Codable, Hashable, Sendable {
    package var middle: Int
    package var fine: Int
    package var width: Int
  }

  /// The frozen network that says which of some classes each pixel is.
  package struct Segmentation: Codable, Hashable, Sendable {
    package var input: Int
    package var stem: Int
    package var blocks: [SegmentationBlock]
    package var head: Int
    package var pyramid: PooledGrids
    package var decoder: SegmentationDecoder
    package var classes: [SeenClass]
  }

  /// A halving of the side, and its blocks.
  package struct DetectionStage: Codable, Hashable, Sendable {
    package var width: Int
    package var blocks: Int
  }

  /// The frozen network that draws boxes around things of some classes.
  package struct Detection: Codable, Hashable, Sendable {
    package var input: Int
    package var stem: Int
    package var stages: [DetectionStage]
    package var pools: [Int]
    package var neck: Int
    package var head: Int
    package var classes: [SeenClass]
  }
}

extension ModelConfiguration {
  /// When the whole picture is named: so much of it, and by stuff where the classifier is as unsure
  /// as this.
  package struct WholeGate: Codable, Hashable, Sendable {
    package var area: Float
    package var unsure: Float
  }

  /// When people are named: boxes of such a score, so much of the picture, of a cell.
  package struct PersonGate: Codable, Hashable, Sendable {
    package var box: Float
    package var area: Float
    package var cell: Float
  }

  /// When things are named: boxes of such a score and area, so much of them at the position.
  package struct ThingGate: Codable, Hashable, Sendable {
    package var box: Float
    package var area: Float
    package var cover: Float
  }

  /// The mean share from which a class names a position where the classifier is unsure, and from
  /// which it does where the classifier is sure of something else, whose object is elsewhere.
  package struct StuffGate: Codable, Hashable, Sendable {
    package var name: String
    package var least: Float
    package var certain: Float
  }

  /// When the segmentation and the detection branch name a position of the upper layers.
  package struct Evidence: Codable, Hashable, Sendable {
    /// Below this best probability the classifier is.
    package var unsure: Float
    /// The same in a cell of the map that stuff fills; nil where it is no other.
    package var cellUnsure: Float?
    package var whole: WholeGate
    package var person: PersonGate
    package var thing: ThingGate
    package var stuff: [StuffGate]
    /// What each further word of a class scores less than the one before it.
    package var step: Float
    /// Looks name what no box does, where the classifier is less sure than this.
    package var looksUnsure: Float?
    package var looks: [Look]?

    enum CodingKeys: String, CodingKey {
      case unsure, whole, person, thing, stuff, step, looks
      case cellUnsure = "cell_unsure"
      case looksUnsure = "looks_unsure"
    }
  }
}

extension ModelConfiguration {
  /// The files of the two branches that a model uses, as they count in its identity.
  var branchFiles: [String] {
    (segmentation == nil ? [] : ["segmentation.safetensors"])
      + (detection == nil ? [] : ["detection.safetensors"])
  }

  /// What the engine cannot run of the two branches: a key and why.
  var branchProblems: [(String, String)?] {
    var problems = (segmentation?.problems ?? []) + (detection?.problems ?? [])
    guard let evidence else {
      let unused = segmentation != nil ? "segmentation" : detection != nil ? "detection" : nil
      problems.append(unused.map { ($0, "of no use without evidence") })
      return problems
    }
    problems += evidence.problems
    guard let segmentation, let detection, guided != nil, semantic != nil else {
      return problems + [("evidence", "needs guided, semantic, segmentation and detection")]
    }
    return problems + evidence.problems(of: segmentation.classes)
      + evidence.problems(ofLooksOf: segmentation.classes)
      + Self.problems(ofPeopleIn: segmentation.classes, "segmentation")
      + Self.problems(ofPeopleIn: detection.classes, "detection")
      + detection.classes.enumerated().map { index, seen in
        seen.words.isEmpty ? ("detection.classes[\(index)].words", "there is none") : nil
      }
  }

  private static func problems(
    ofPeopleIn classes: [SeenClass], _ section: String
  ) -> [(String, String)?] {
    let isThere = classes.contains { $0.name == EvidenceMap.person }
    return [isThere ? nil : ("\(section).classes", "'\(EvidenceMap.person)' is missing")]
  }
}

extension ModelConfiguration.Evidence {
  /// What is wrong with the gates for the segmentation's classes.
  fileprivate func problems(
    of classes: [ModelConfiguration.SeenClass]
  ) -> [(String, String)?] {
    stuff.enumerated().map { index, gate in
      guard let seen = classes.first(where: { $0.name == gate.name }) else {
        return (
          "evidence.stuff[\(index)].name", "'\(gate.name)' is no class of the segmentation"
        )
      }
      return seen.words.isEmpty
        ? ("evidence.stuff[\(index)].name", "'\(gate.name)' has no words") : nil
    }
  }

  fileprivate var problems: [(String, String)?] {
    func share(_ key: String, _ value: Float) -> (String, String)? {
      (0...1).contains(value) ? nil : ("evidence.\(key)", "not between 0 and 1")
    }
    return [
      share("unsure", unsure), cellUnsure.flatMap { share("cell_unsure", $0) },
      looksUnsure.flatMap { share("looks_unsure", $0) },
      share("whole.area", whole.area),
      share("whole.unsure", whole.unsure), share("person.box", person.box),
      share("person.area", person.area), share("person.cell", person.cell),
      share("thing.box", thing.box), share("thing.area", thing.area),
      share("thing.cover", thing.cover), share("step", step),
    ]
      + stuff.enumerated().flatMap { index, gate in
        [
          share("stuff[\(index)].least", gate.least),
          share("stuff[\(index)].certain", gate.certain),
        ]
      }
  }
}

/// Widths that the layers can put beside each other in one plane.
private func width(_ key: String, _ value: Int) -> (String, String)? {
  (16...4096).contains(value) && value % 16 == 0
    ? nil : (key, "\(value) is not a multiple of 16 up to 4096")
}

private func outside(
  _ key: String, _ value: Int, _ range: ClosedRange<Int>
) -> (String, String)? {
  range.contains(value)
    ? nil : (key, "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
}

extension ModelConfiguration.Segmentation {
  fileprivate var problems: [(String, String)?] {
    let section = "segmentation"
    return [
      outside("\(section).input", input, 32...1024),
      width("\(section).stem", stem),
      width("\(section).head", head),
      outside("\(section).blocks", blocks.count, 1...256),
      outside("\(section).classes", classes.count, 16...256),
      width("\(section).classes", classes.count),
    ] + blocks.enumerated().flatMap { $1.problems("\(section).blocks[\($0)]") }
      + pyramidProblems("\(section).pyramid") + decoderProblems("\(section).decoder")
  }

  private func pyramidProblems(_ key: String) -> [(String, String)?] {
    var problems = [
      outside("\(key).grids", pyramid.grids.count, 1...16),
      outside("\(key).kernels", pyramid.kernels.count, 1...4),
      width("\(key).width", pyramid.width),
      width("\(key).output", pyramid.output),
    ]
    let kernels = pyramid.kernels.allSatisfy { [3, 5].contains($0) }
    problems.append(kernels ? nil : ("\(key).kernels", "only 3 and 5 are supported"))
    if (1...4).contains(pyramid.kernels.count), head % (16 * pyramid.kernels.count) != 0 {
      problems.append(("\(key).kernels", "a part of the head is no multiple of 16"))
    }
    let last = hasUsableBlocks ? side(after: blocks.count) : 0
    let grids = pyramid.grids.allSatisfy { $0 > 0 && $0 <= last && last % $0 == 0 }
    problems.append(
      grids ? nil : ("\(key).grids", "\(last) pixels a side cannot be pooled to all of them"))
    return problems
  }

  private func decoderProblems(_ key: String) -> [(String, String)?] {
    let range = 0...max(0, blocks.count - 1)
    return [
      outside("\(key).middle", decoder.middle, range),
      outside("\(key).fine", decoder.fine, range),
      decoder.middle == decoder.fine ? ("\(key).fine", "the same block as the middle") : nil,
      width("\(key).width", decoder.width),
    ]
  }

  private var hasUsableBlocks: Bool {
    (32...1024).contains(input) && blocks.allSatisfy { (1...2).contains($0.stride) }
  }
}

extension ModelConfiguration.SegmentationBlock {
  fileprivate func problems(_ key: String) -> [(String, String)?] {
    [
      [3, 5].contains(kernel) ? nil : ("\(key).kernel", "only 3 and 5 are supported"),
      outside("\(key).stride", stride, 1...2),
      outside("\(key).dilation", dilation, stride == 1 ? 1...4 : 1...1),
      width("\(key).inner", inner),
      width("\(key).output", output),
    ]
  }
}

extension ModelConfiguration.Detection {
  /// The pixels from one cell of the coarsest scale to the next.
  var coarsestStride: Int { 1 << (stages.count + 1) }

  fileprivate var problems: [(String, String)?] {
    let section = "detection"
    var problems = [
      outside("\(section).input", input, 32...1024),
      width("\(section).stem", stem),
      outside("\(section).stages", stages.count, 3...8),
      outside("\(section).pools", pools.count, 1...8),
      outside("\(section).neck", neck, 0...64),
      width("\(section).head", head),
      outside("\(section).classes", classes.count, 1...1000),
    ]
    for (index, stage) in stages.enumerated() {
      let key = "\(section).stages[\(index)]"
      problems.append(outside("\(key).width", stage.width, 32...4096))
      problems.append(stage.width % 32 == 0 ? nil : ("\(key).width", "not a multiple of 32"))
      problems.append(outside("\(key).blocks", stage.blocks, 0...64))
    }
    for (index, (pool, before)) in zip(pools, [1] + pools).enumerated()
    where pool % 2 == 0 || !(before...31).contains(pool) {
      problems.append(
        ("\(section).pools[\(index)]", "\(pool) is not an odd number from \(before) to 31"))
    }
    if (3...8).contains(stages.count) {
      let whole = coarsestStride
      problems.append(
        input % whole == 0 ? nil : ("\(section).input", "\(input) is not a multiple of \(whole)"))
      let widths = stages.suffix(3).map(\.width)
      let doubles = zip(widths, widths.dropFirst()).allSatisfy { 2 * $0 == $1 }
      problems.append(
        doubles ? nil : ("\(section).stages", "the last three do not double in width"))
    }
    return problems
  }
}
