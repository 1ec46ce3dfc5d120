import SPAEColour

/// What a frozen branch knows and does not see in a picture.
extension Surveyor {
  /// Less of a class than this share of the picture is none.
  private static let hint: Float = 0.01

  /// Classes of which there is neither a box nor a part of the picture, nor anything of about the
  /// same meaning beside which one could not deny them: a plant where a flower is.
  func absent(beside things: [Thing]) -> [String] {
    let subjects = things.filter { $0.kind == .subject }.map(\.name)
    let (stuff, boxes) = (seenStuff, seenBoxes)
    let known = stuff.seen.flatMap { [$0.name] + $0.words }
    let none =
      stuff.unseen.map(\.name).filter { name in
        !known.contains(name) && !stuff.seen.contains { isSame($0.name, name) }
      }
      + boxes.unseen.filter { name in !boxes.seen.contains { isSame($0, name) } }
    return none.filter { name in !subjects.contains { isSame($0, name) } }
  }

  /// Classes that are not seen, and one that is and means them, too: water where the sea is.
  var otherNames: [String: String] {
    let stuff = seenStuff
    let pairs = stuff.unseen.compactMap { unseen in
      stuff.seen.first { $0.words.contains(unseen.name) }.map { (unseen.name, $0.name) }
    }
    return Dictionary(pairs) { first, _ in first }
  }

  private var seenStuff:
    (seen: [ModelConfiguration.SeenClass], unseen: [ModelConfiguration.SeenClass])
  {
    guard outlines != nil, let classes = model.configuration.segmentation?.classes else {
      return ([], [])
    }
    func isSeen(_ number: Int) -> Bool {
      let mask = mask(ofClass: number)
      return mask.reduce(0, +) >= Self.hint * Float(mask.count)
    }
    let seen = Set(stuffClasses.filter(isSeen))
    return (
      stuffClasses.filter(seen.contains).map { classes[$0] },
      stuffClasses.filter { !seen.contains($0) }.map { classes[$0] }
    )
  }

  private var seenBoxes: (seen: [String], unseen: [String]) {
    let numbers = Set(boxes.map(\.number))
    let classes = (model.configuration.detection?.classes ?? []).enumerated().filter {
      $0.offset != model.evidence?.map.personThing
    }
    return (
      classes.filter { numbers.contains($0.offset) }.map(\.element.name),
      classes.filter { !numbers.contains($0.offset) }.map(\.element.name)
    )
  }
}
