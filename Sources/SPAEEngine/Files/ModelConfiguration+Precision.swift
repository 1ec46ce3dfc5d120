extension ModelConfiguration {
  /// What is wrong with the numbers of the parts that compute in whole numbers.
  var precisionProblems: [(String, String)?] {
    var problems: [(String, String)?] = []
    if let layers = precision?.semantic {
      let blocks = semantic?.blocks.dropFirst() ?? []
      problems += [
        semantic == nil ? ("precision.semantic", "needs a semantic branch") : nil,
        blocks.allSatisfy { $0.expansion > 1 }
          ? nil : ("precision.semantic", "only the first block may be one without expansion"),
      ]
      problems += layers.problems("precision.semantic.largest", count: blocks.count + 1)
    }
    if let layers = precision?.refinement {
      problems += layers.problems(
        "precision.refinement.largest", count: ByteDecoder.count(decoder))
    }
    return problems
  }
}

extension ModelConfiguration.Precision.Layers {
  /// Beyond these the steps of float32 overflow or vanish.
  private static let possible: ClosedRange<Float> = 1e-6...1e6

  fileprivate func problems(_ key: String, count: Int) -> [(String, String)?] {
    [
      largest.count == count
        ? nil : (key, "\(largest.count) numbers; this part has \(count) layers of bytes"),
      largest.allSatisfy(Self.possible.contains)
        ? nil : (key, "not all between 0.000001 and 1000000"),
    ]
  }
}
