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
    if let layers = precision?.encoder {
      problems += layers.problems("precision.encoder.largest", count: ByteEncoder.count(encoder))
    }
    if let layers = precision?.segmentation {
      problems += segmentationProblems(layers)
    }
    if let layers = precision?.detection { problems += detectionProblems(layers) }
    return problems
  }

  private func detectionProblems(_ layers: Precision.Layers) -> [(String, String)?] {
    let key = "precision.detection"
    guard let sizes = detection else { return [(key, "needs a detection branch")] }
    return layers.problems("\(key).largest", count: DetectionBranch.stepCount(sizes))
  }

  private func segmentationProblems(_ layers: Precision.Layers) -> [(String, String)?] {
    let key = "precision.segmentation"
    guard let sizes = segmentation else { return [(key, "needs a segmentation branch")] }
    let isSum = sizes.blocks.first.map { $0.stride == 1 && $0.output == sizes.stem } ?? false
    return [isSum ? (key, "the first block may not add its input to its output") : nil]
      + layers.problems(
        "\(key).largest", count: SegmentationBranch.Layers.numbers * sizes.blocks.count + 1)
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
