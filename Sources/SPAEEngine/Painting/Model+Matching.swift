package import SPAEPyramid

extension Model {
  /// The edit that makes one word another wherever the picture has it; nil where it has none.
  ///
  /// Of the upper layers those positions count whose word is the old one, a form or near synonym of
  /// it, or that the frozen branches name so; and with outlines all pixels of the classes that the
  /// old word names or is a kind of, or, where none is there, the thing in the boxes that it names, or else all things
  /// there if no people are seen, or else what has the colours of its positions, unless those paint
  /// next to nothing. With `layer` only the words of that layer count.
  ///
  /// What earlier edits have put is the old word where it says so itself, and what they have filled
  /// with it; where nothing else says it, nothing else is meant.
  package func steering(
    from old: Int32, to new: Int32, in pyramid: Pyramid, layer: Int? = nil,
    evidence: PictureEvidence, after put: PutWords = PutWords()
  ) -> Steering? {
    let shape = pyramid.shape
    let layers = layer.map { $0...$0 } ?? 1...shape.finestMeaningLayer
    let isPut = put.alone(say: old, in: pyramid)
    let alike: Set<Int32> = isPut ? [old] : words(alike: old, evidence.outlines)
    let classes =
      isPut ? [] : evidence.outlines?.classes(named: old, alike: alike, in: pyramid) ?? []
    var cells = layers.flatMap { shape.cells(ofLayer: $0) }.filter {
      pyramid[$0] == old
        || !put.positions.contains(shape.index(of: $0))
          && (alike.contains(pyramid[$0]) || evidence.names($0, classes, of: shape))
    }
    if cells.isEmpty, layer == nil, let outlines = evidence.outlines {
      let (others, width) = (put.masks(of: old).others, pictureSize(of: shape).columns)
      cells = outlines.positions(of: classes, in: shape).filter {
        !put.positions.contains(shape.index(of: $0))
          && others?.share(at: $0, of: shape, width: width) ?? 0 < 0.5
      }
    }
    guard !cells.isEmpty else { return nil }
    var steering = Steering(cells, to: new, of: shape)
    // The coarser words say the same of a larger part, of which not all is meant.
    let finest = cells.map(\.layer).max()
    steering.silent = Set(cells.filter { $0.layer != finest }.map { shape.index(of: $0) })
    guard layer == nil else { return steering }
    guard let outlines = evidence.outlines else { return steering }
    let subject: Steering.Fill.Subject? =
      isPut
      ? .classes([], from: nil)
      : self.subject(old, alike, classes, steering, in: outlines, of: shape, evidence)
    if let subject {
      var fill = Steering.Fill(subject: subject, word: new)
      (fill.put, fill.kept) = put.masks(of: old)
      // Where it would paint next to nothing, the positions that say the word are painted.
      if fill.paints(in: outlines, of: shape, for: decoded(pyramid)) { steering.filled = fill }
    }
    return steering
  }

  /// What a word means of the outlines; nil where it names classes, but none that is there, and no box.
  private func subject(
    _ old: Int32, _ alike: Set<Int32>, _ classes: [Int], _ steering: Steering,
    in outlines: Outlines, of shape: PyramidShape, _ evidence: PictureEvidence
  ) -> Steering.Fill.Subject? {
    if !classes.isEmpty { return .classes(classes, from: nil) }
    guard outlines.classes(named: old).isEmpty else {
      // A glass to drink from, and no window.
      let boxes = outlines.boxes(of: alike, at: [], isMain: false, of: shape)
      return boxes.isEmpty ? nil : .thing(in: boxes, at: [])
    }
    return thing(alike, steering, in: outlines, of: shape, evidence)
  }

  /// What some words mean that no class of the outlines is named for: what is in boxes; or what the
  /// outlines take for things without telling them apart; or what has the colours of the words' positions.
  private func thing(
    _ words: Set<Int32>, _ steering: Steering, in outlines: Outlines, of shape: PyramidShape,
    _ evidence: PictureEvidence
  ) -> Steering.Fill.Subject {
    let positions = Set(steering.loud.words.keys)
    let boxes = outlines.boxes(
      of: words, at: positions.map(shape.cell(at:)),
      isMain: steering.words.keys.contains { shape.cell(at: $0).layer == 1 }, of: shape)
    if boxes.isEmpty, hasPlainThings(evidence) {
      let seeds = outlines.positionsOfThings(positions, of: shape)
      if !seeds.isEmpty { return .classes(outlines.things, from: seeds) }
    }
    return .thing(in: boxes, at: positions)
  }

  /// Whether what the outlines take for a thing is one: the branch takes people for things, too.
  private func hasPlainThings(_ seen: PictureEvidence) -> Bool {
    guard let person = evidence?.map.personThing, let named = seen.named else { return false }
    return !named.joined().contains {
      $0.map { $0.branch == .detection && $0.number == person } ?? false
    }
  }

  /// A word with its forms, its nearest synonyms, and the words of the classes that it names best.
  private func words(alike word: Int32, _ outlines: Outlines?) -> Set<Int32> {
    var words: Set<Int32> = [word]
    let lemma = codebook.lemma[Int(word)]
    for other in codebook.lemma.indices where codebook.lemma[other] == lemma {
      words.insert(Int32(other))
    }
    for neighbour in codebook.neighbours(of: word, count: 8)
    where neighbour.similarity >= Self.leastSimilarity {
      words.insert(neighbour.word)
    }
    for own in outlines?.words ?? [] where own.prefix(2).contains(word) { words.formUnion(own) }
    return words
  }

  /// `red` and `blue` are .75 alike, `mountain` and `mountains` .83.
  private static let leastSimilarity: Float = 0.8
}

extension PictureEvidence {
  /// Whether a position of the upper layers is named by one of some classes.
  fileprivate func names(_ cell: CellAddress, _ classes: [Int], of shape: PyramidShape) -> Bool {
    guard let named, named.indices.contains(cell.layer - 1),
      let own = named[cell.layer - 1][shape.position(of: cell)]
    else { return false }
    return own.branch == .segmentation && classes.contains(own.number)
  }
}

extension Outlines {
  /// The classes of a picture that a word means: those that it names, where a position is made of
  /// them; and those akin to them, such as a field to grass, that fill a position whose word is alike.
  /// A palace that the upper words name is a building.
  fileprivate func classes(named word: Int32, alike: Set<Int32>, in pyramid: Pyramid) -> [Int] {
    var named = classes(named: word)
    let upper = pyramid.shape.wordCount(toDepth: pyramid.shape.finestMeaningLayer)
    if named.isEmpty, pyramid.words.prefix(upper).contains(where: alike.contains) {
      named = kinds[word] ?? []
    }
    let positions = pyramid.shape.cells(ofLayer: pyramid.shape.finestMeaningLayer).map {
      (isAlike: alike.contains(pyramid[$0]), shares: shares(at: $0, of: pyramid.shape))
    }
    let there = named.filter { number in
      positions.contains { $0.shares[number] >= Self.leastShare }
    }
    let akin = words.indices.filter { number in
      !named.contains(number) && named.contains { !Set(words[$0]).isDisjoint(with: words[number]) }
        && positions.contains { $0.isAlike && $0.shares[number] >= 0.5 }
    }
    return there + akin
  }

  /// Those of some positions, flat indices, where there are things that the branch does not tell apart.
  fileprivate func positionsOfThings(_ positions: Set<Int>, of shape: PyramidShape) -> Set<Int> {
    positions.filter { index in
      let own = shares(at: shape.cell(at: index), of: shape)
      return things.reduce(0) { $0 + own[$1] } >= Self.leastShare
    }
  }

  /// The positions that some classes fill by half, or else the one that they fill most.
  fileprivate func positions(of classes: [Int], in shape: PyramidShape) -> [CellAddress] {
    let shares = shape.cells(ofLayer: shape.finestMeaningLayer).map { cell in
      let own = self.shares(at: cell, of: shape)
      return (cell: cell, share: classes.reduce(0) { $0 + own[$1] })
    }
    let half = shares.filter { $0.share >= 0.5 }
    if !half.isEmpty { return half.map(\.cell) }
    return classes.isEmpty ? [] : shares.max { $0.share < $1.share }.map { [$0.cell] } ?? []
  }
}
