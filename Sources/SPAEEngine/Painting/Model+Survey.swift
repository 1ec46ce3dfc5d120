import SPAEColour
package import SPAEPixels
package import SPAEPyramid

extension Model {
  /// Looks at the words of a pyramid and at a picture of it: its source, or what it decodes to.
  ///
  /// `layers` are those whose words may name the main thing. Costs what the frozen branches take,
  /// about half of an encode. A model without them knows colours and, with a classifier, the subject.
  package func survey(
    of pyramid: Pyramid, in image: PixelImage, fit: Fit, layers: ClosedRange<Int> = 1...3
  ) throws(EngineError) -> PictureSurvey {
    try Surveyor(self, pyramid, image.framed(fit), layers).survey()
  }
}

/// Finds the things of one picture and puts them in order.
struct Surveyor {
  typealias Thing = PictureSurvey.Thing
  typealias Mask = ColourGrid.Mask

  let model: Model
  let pyramid: Pyramid
  let found: GuidedCandidates
  let grid: ColourGrid
  let outlines: Outlines?
  let boxes: [EvidenceMap.Box]
  private let words: [(word: Int32, fit: Float)]

  /// The least score of a box of people, and of another thing; and what a box needs that another
  /// branch does not confirm.
  private static let (leastPerson, leastObject, alone): (Float, Float, Float) = (0.4, 0.5, 0.7)
  /// The least share of a class of the segmentation branch.
  private static let leastStuff: Float = 0.05
  /// The classifier is sure of the main thing from here on, and a word names it from this fit on.
  private static let (sure, vague, fitting): (Float, Float, Float) = (0.45, 0.1, 0.1)
  /// A word and a class mean the same thing from this similarity on.
  private static let same: Float = 0.45
  /// A second word fits at least so much of what the best one does, and is at most so like it.
  private static let (second, other): (Float, Float) = (0.6, 0.6)

  init(
    _ model: Model, _ pyramid: Pyramid, _ image: PixelImage, _ layers: ClosedRange<Int>
  ) throws(EngineError) {
    (self.model, self.pyramid) = (model, pyramid)
    let shape = pyramid.shape
    found = try model.candidates(
      in: image, size: model.pictureSize(of: shape).shorter, fit: .whole, semanticWeight: 1)
    let least = min(Self.leastPerson, Self.leastObject)
    boxes = model.detected(in: image, shape: shape, least: least, with: model.context)
    outlines = model.evidence?.outlines(of: image, shape: shape, with: model.context)
    let square = GridSize(rows: 64, columns: 64)
    grid = ColourGrid(image, size: outlines?.size ?? square)
    let origins = model.origins(of: pyramid, found)
    words = SubjectWords(model, pyramid, found, origins, layers).sorted
  }

  func survey() -> PictureSurvey {
    let (people, objects, stuff) = (self.people, self.objects, self.stuff)
    var named = subjectThing(by: objects)
    var others = objects
    if let subject = named {
      others.removeAll { isSame($0.name, subject.name) || covers($0, subject) }
      others.removeAll { $0.sureness < Self.alone && $0.sureness < subject.sureness + 0.3 }
      named?.count = objects.first { isSame($0.name, subject.name) }?.count
    }
    let things = ordered(people: people, subject: named, others, stuff)
      .map { onGround($0, stuff.first) }
    return PictureSurvey(
      things: things,
      colours: Dictionary(
        uniqueKeysWithValues: PictureSurvey.Part.allCases.map {
          ($0, grid.colours(of: grid.mask(of: $0)))
        }), countsPeople: model.configuration.detection != nil,
      absent: absent(beside: things), otherNames: otherNames)
  }

  /// A thing before the largest ground, whose colour comes last: its box holds some of that.
  private func onGround(_ thing: Thing, _ ground: Thing?) -> Thing {
    guard let colour = ground?.colours.first, thing.kind != .stuff, thing.colours.count > 1 else {
      return thing
    }
    var thing = thing
    thing.colours = thing.colours.filter { $0 != colour }
    return thing
  }

  // MARK: Order

  /// The main thing first: people who fill much or whom nothing outweighs, what the classifier is
  /// sure of, a thing in a box, or what fills most of the picture.
  private func ordered(
    people: Thing?, subject: Thing?, _ objects: [Thing], _ stuff: [Thing]
  ) -> [Thing] {
    var things: [Thing] = []
    let isWeak = (subject?.sureness ?? 0) < 0.3
    let subjects = (subject.map { [$0] } ?? []) + seconds(beside: subject)
    things = isWeak ? objects + subjects : subjects + objects
    if let people {
      let weight = people.share * people.sureness
      let isMain = weight >= 0.15 || (subject?.sureness ?? 0) < 0.5 && weight >= 0.03
      things.insert(people, at: isMain || things.isEmpty ? 0 : 1)
    }
    let isVague = things.first.map { $0.kind == .subject && $0.sureness < Self.vague } ?? true
    let ground = stuff.filter { $0.name != "sky" }
    if isVague, let largest = ground.first ?? stuff.first, largest.share >= 0.3 {
      things.insert(largest, at: 0)
    }
    return distinct(things + stuff)
  }

  /// Those that are no other name of one before.
  private func distinct(_ things: [Thing]) -> [Thing] {
    things.reduce(into: []) { kept, thing in
      if !kept.contains(where: { $0.name == thing.name }) { kept.append(thing) }
    }
  }

  // MARK: What the branches see

  private func thing(
    _ name: String, _ kind: Thing.Kind, _ sureness: Float, _ mask: Mask, count: Int? = nil
  ) -> Thing {
    let extent = grid.extent(of: mask)
    let own = kind == .stuff ? mask : inner(mask)
    return Thing(
      name: name, kind: kind, sureness: sureness, share: extent.share, x: extent.x, y: extent.y,
      count: count, colours: grid.colours(of: own), parts: grid.parts(of: mask))
  }

  /// What of a thing's region is not sky, grass or another ground, if there is enough of it.
  private func inner(_ mask: Mask) -> Mask {
    let own = zip(mask, ground).map { $0 * ($1 < 0.5 ? 1 : 0) }
    return own.reduce(0, +) >= 0.15 * mask.reduce(0, +) ? own : mask
  }

  /// How much of each part is of classes that the evidence map trusts.
  private var ground: Mask {
    guard let outlines else { return Mask(repeating: 0, count: grid.size.count) }
    let (numbers, count) = (stuffClasses, outlines.words.count)
    return (0..<outlines.size.count).map { part in
      numbers.reduce(Float(0)) { $0 + outlines.shares[part * count + $1] }
    }
  }

  var stuffClasses: [Int] {
    let classes = model.configuration.segmentation?.classes ?? []
    let trusted = Set(model.configuration.evidence?.stuff.map(\.name) ?? [])
    return classes.indices.filter { trusted.contains(classes[$0].name) }
  }

  /// How much of each part is of a class of the segmentation branch.
  func mask(ofClass number: Int) -> Mask {
    guard let outlines else { return Mask(repeating: 0, count: grid.size.count) }
    return (0..<outlines.size.count).map { outlines.shares[$0 * outlines.words.count + number] }
  }

  private func mask(of box: EvidenceMap.Box) -> Mask {
    grid.mask(
      rows: box.top...max(box.top, box.bottom), columns: box.left...max(box.left, box.right))
  }

  private func union(of boxes: [EvidenceMap.Box]) -> Mask {
    boxes.reduce(Mask(repeating: 0, count: grid.size.count)) { sum, box in
      zip(sum, mask(of: box)).map { max($0, $1) }
    }
  }

  /// People in boxes that hold pixels of people, or that are certain.
  private var people: Thing? {
    guard let map = model.evidence?.map else { return nil }
    let own = boxes.filter { box in
      guard box.number == map.personThing, box.score >= Self.leastPerson else { return false }
      return box.score >= Self.alone || share(of: map.personStuff, in: mask(of: box)) >= 0.1
    }
    guard let surest = own.first else { return nil }
    return thing(
      own.count > 1 ? "people" : "person", .people, surest.score, union(of: own), count: own.count)
  }

  /// Other things in boxes, the most conspicuous first.
  private var objects: [Thing] {
    guard let map = model.evidence?.map else { return [] }
    let others = boxes.filter { $0.number != map.personThing && $0.score >= Self.leastObject }
    let things = Dictionary(grouping: others, by: \.number).sorted { $0.key < $1.key }
      .map { number, boxes in
        thing(
          name(ofThing: number), .object, boxes[0].score, union(of: boxes), count: boxes.count)
      }
    return things.sorted {
      $0.sureness * $0.share.squareRoot() > $1.sureness * $1.share.squareRoot()
    }
  }

  /// The class's own name if it is a word, or else the word that says it best.
  private func name(ofThing number: Int) -> String {
    let seen = model.configuration.detection?.classes[number]
    guard let seen else { return "" }
    return model.vocabulary.number(of: seen.name) != nil ? seen.name : seen.words.first ?? seen.name
  }

  /// What fills the picture by classes that the evidence map trusts, the largest first.
  private var stuff: [Thing] {
    let classes = model.configuration.segmentation?.classes ?? []
    let things = stuffClasses.map { thing(classes[$0].name, .stuff, 1, mask(ofClass: $0)) }
    return things.filter { $0.share >= Self.leastStuff && !isGreenSky($0) }
      .sorted { $0.share > $1.share }
  }

  /// A meadow out of focus, which the segmentation takes for a sky.
  private func isGreenSky(_ thing: Thing) -> Bool {
    thing.name == "sky" && [.green, .brown].contains(thing.colours.first)
  }

  private func share(of number: Int, in mask: Mask) -> Float {
    guard let outlines else { return 0 }
    let sum = mask.indices.reduce(Float(0)) {
      $0 + mask[$1] * outlines.shares[$1 * outlines.words.count + number]
    }
    return sum / max(mask.reduce(0, +), 1)
  }

  // MARK: The subject

  /// The word that fits best what the classifier sees, where a box has it, or else where it fits.
  private func subjectThing(by objects: [Thing]) -> Thing? {
    guard let subject = subject(among: objects), let best = found.wholeBest else { return nil }
    let name = model.vocabulary[subject.word]
    let sureness = min(1, best * min(1, subject.fit / Self.fitting))
    guard let box = objects.first(where: { isSame($0.name, name) }) else {
      return thing(name, .subject, sureness, region(of: subject.word))
    }
    var thing = box
    (thing.name, thing.kind, thing.sureness) = (name, .subject, max(sureness, box.sureness))
    return thing
  }

  /// Words of other meaning that fit nearly as well: more of the picture, or what else it may be.
  private func seconds(beside subject: Thing?) -> [Thing] {
    guard let subject, let own = words.first(where: { model.vocabulary[$0.word] == subject.name })
    else { return [] }
    let others = words.filter { word, fit in
      fit >= max(Self.second * own.fit, Self.fitting / 2) && word != own.word
        && model.codebook.similarityOfMeaning(to: own.word)[Int(word)] < Self.other
    }
    return others.prefix(subject.sureness < Self.sure ? 2 : 1).map { word, fit in
      let sureness = subject.sureness * fit / max(own.fit, fit)
      return thing(model.vocabulary[word], .subject, sureness, region(of: word))
    }
  }

  /// The word that fits best; where it fits little, one that a box confirms.
  private func subject(among objects: [Thing]) -> (word: Int32, fit: Float)? {
    guard let best = words.first, best.fit < Self.fitting else { return words.first }
    let confirmed = words.first { word, fit in
      fit > 0 && objects.contains { isSame($0.name, model.vocabulary[word]) }
    }
    return confirmed ?? best
  }

  /// Where the cells of the map that a word fits are.
  private func region(of word: Int32) -> Mask {
    guard let semantics = found.semantics else { return grid.mask(of: .middle) }
    let cells = semantics.grid
    let fits = (0..<cells.count).map {
      model.codebook.fit(of: word, to: semantics.cell($0 / cells.columns, $0 % cells.columns))
    }
    let least = max(0.02, 0.5 * (fits.max() ?? 0))
    guard fits.contains(where: { $0 >= least }) else { return grid.mask(of: .middle) }
    return (0..<grid.size.count).map { part in
      let row = part / grid.size.columns * cells.rows / grid.size.rows
      let column = part % grid.size.columns * cells.columns / grid.size.columns
      return fits[row * cells.columns + column] >= least ? 1 : 0
    }
  }

  func isSame(_ name: String, _ other: String) -> Bool {
    guard name != other else { return true }
    guard let word = model.vocabulary.number(of: name),
      let second = model.vocabulary.number(of: other)
    else { return false }
    return model.codebook.similarityOfMeaning(to: word)[Int(second)] >= Self.same
  }

  /// Whether a box of another name is where the subject is.
  private func covers(_ box: Thing, _ subject: Thing) -> Bool {
    subject.sureness >= Self.sure && abs(box.x - subject.x) < 0.2 && abs(box.y - subject.y) < 0.2
      && box.share > 0.1
  }
}
