extension ModelConfiguration {
  /// What is wrong with the numbers of the parts that compute in whole numbers.
  var precisionProblems: [(String, String)?] {
    guard let layers = precision?.semantic else { return [] }
    let key = "precision.semantic"
    guard let semantic else { return [(key, "needs a semantic branch")] }
    let blocks = semantic.blocks.dropFirst()
    let count = blocks.count + 1
    return [
      blocks.allSatisfy { $0.expansion > 1 }
        ? nil : (key, "only the first block may be one without expansion"),
      layers.largest.count == count
        ? nil
        : (
          "\(key).largest",
          "\(layers.largest.count) numbers; the blocks after the first and the head need \(count)"
        ),
      layers.largest.allSatisfy { $0 > 0 && $0.isFinite }
        ? nil : ("\(key).largest", "not above 0"),
    ]
  }
}
