extension ModelConfiguration {
  /// What some classes of the segmentation look like in some colours: a red sky is a sunset.
  ///
  /// Its share of a cell is that of the classes, times how well the cell's mean colour fits: 1 up to
  /// `radius` (CIE76) from the nearest of the colours, falling to 0 at twice as much.
  package struct Look: Codable, Hashable, Sendable {
    package var name: String
    package var classes: [String]
    /// The best first; they go before those of the class.
    package var words: [String]
    /// Red, green and blue of each, in sRGB.
    package var colours: [[Int]]
    package var radius: Float
    /// The mean share from which it names a position.
    package var least: Float
  }
}

extension ModelConfiguration.Evidence {
  /// What is wrong with the looks of the segmentation's classes.
  func problems(
    ofLooksOf classes: [ModelConfiguration.SeenClass]
  ) -> [(String, String)?] {
    let bound = looks != nil && looksUnsure == nil
    return [bound ? ("evidence.looks_unsure", "missing beside evidence.looks") : nil]
      + (looks ?? []).enumerated().flatMap { index, look in
        look.problems("evidence.looks[\(index)]", classes: Set(classes.map(\.name)))
      }
  }
}

extension ModelConfiguration.Look {
  fileprivate func problems(_ key: String, classes: Set<String>) -> [(String, String)?] {
    let unknown = self.classes.first { !classes.contains($0) }
    return [
      self.classes.isEmpty ? ("\(key).classes", "there is none") : nil,
      unknown.map { ("\(key).classes", "'\($0)' is no class of the segmentation") },
      words.isEmpty ? ("\(key).words", "there is none") : nil,
      colours.isEmpty ? ("\(key).colours", "there is none") : nil,
      radius > 0 && radius.isFinite ? nil : ("\(key).radius", "not above 0"),
      (0...1).contains(least) ? nil : ("\(key).least", "not between 0 and 1"),
    ]
      + colours.map { colour in
        colour.count == 3 && colour.allSatisfy { (0...255).contains($0) }
          ? nil : ("\(key).colours", "not red, green and blue from 0 to 255")
      }
  }
}
