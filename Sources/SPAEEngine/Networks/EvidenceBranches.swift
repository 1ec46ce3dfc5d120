import Glibc
import SPAEPixels
import SPAEPyramid

/// The two frozen branches beside the classifier, and what they together see in a picture.
struct EvidenceBranches: Sendable {
  let map: EvidenceMap
  let segmentation: SegmentationBranch
  private let detection: DetectionBranch
  /// The words of each class, the best first.
  let stuffWords: [[Int32]]
  let thingWords: [[Int32]]
  /// Those of each look.
  private let lookWords: [[Int32]]
  /// The classes of the segmentation of which other words are kinds.
  let kinds: [Int32: [Int]]
  private let segmentationSpaces: WorkspacePool<BranchView, SegmentationBranch.Workspace>
  private let detectionSpaces: WorkspacePool<BranchView, DetectionBranch.Workspace>

  /// Loads both from a model's folder, if its configuration names them.
  init?(
    _ configuration: ModelConfiguration, folder: String, vocabulary: Vocabulary,
    instructionSet: InstructionSet, reuse: BufferReuse
  ) throws(EngineError) {
    (segmentationSpaces, detectionSpaces) = (WorkspacePool(reuse), WorkspacePool(reuse))
    guard let evidence = configuration.evidence, let stuff = configuration.segmentation,
      let things = configuration.detection
    else { return nil }
    segmentation = try SegmentationBranch(
      path: folder + "/segmentation.safetensors", sizes: stuff,
      precision: configuration.precision?.segmentation, instructionSet: instructionSet)
    detection = try DetectionBranch(
      path: folder + "/detection.safetensors", sizes: things,
      precision: configuration.precision?.detection, instructionSet: instructionSet)
    map = EvidenceMap(evidence, stuff: stuff.classes, things: things.classes)
    let path = "\(folder)/config.json"
    stuffWords = try Self.words(stuff.classes, "segmentation", vocabulary, path: path)
    thingWords = try Self.words(things.classes, "detection", vocabulary, path: path)
    let looks = (evidence.looks ?? []).map {
      ModelConfiguration.SeenClass(name: $0.name, words: $0.words)
    }
    lookWords = try Self.words(looks, "evidence", list: "looks", vocabulary, path: path)
    kinds = ClassKinds.numbers(of: stuff.classes, in: vocabulary)
  }

  private static func words(
    _ classes: [ModelConfiguration.SeenClass], _ section: String, list: String = "classes",
    _ vocabulary: Vocabulary, path: String
  ) throws(EngineError) -> [[Int32]] {
    var found: [[Int32]] = []
    for (index, seen) in classes.enumerated() {
      found.append(
        try vocabulary.numbers(
          of: seen.words, key: "\(section).\(list)[\(index)].words", path: path))
    }
    return found
  }

  /// The words that say what names a position, the best first; those of a look before its class's.
  func words(_ named: EvidenceMap.Named) -> [Int32] {
    let own =
      switch named.branch {
      case .segmentation: stuffWords[named.number]
      case .detection: thingWords[named.number]
      }
    guard let look = named.look else { return own }
    return lookWords[look] + own.filter { !lookWords[look].contains($0) }
  }

  /// What both branches see in a framed picture, without what the classifier says.
  func sight(
    of image: PixelImage, shape: PyramidShape, with context: Context
  ) -> EvidenceMap.Seen {
    sight(of: image, shape: shape, with: context, lookingAt: { _, _ in })
  }

  /// What names each position of each layer of a pyramid, by what the branches see and beside what the
  /// classifier says.
  func named(
    by sight: EvidenceMap.Seen, beside semantics: SemanticMap, shape: PyramidShape
  ) -> [[EvidenceMap.Named?]] {
    var seen = sight
    (seen.whole, seen.cells) = (semantics.wholeBest, semantics.cellBestObject)
    return map.decided(seen, layers: Array(shape.layers.prefix(SemanticMap.layer)))
  }

  /// The same of a framed picture, and the outlines that the segmentation branch saw on the way.
  func namedAndOutlined(
    in image: PixelImage, shape: PyramidShape, beside semantics: SemanticMap,
    with context: Context
  ) -> (named: [[EvidenceMap.Named?]], outlines: Outlines?) {
    var outlines: Outlines?
    let seen = sight(of: image, shape: shape, with: context) {
      outlines = self.outlines(of: $0, boxes: $1)
    }
    return (named(by: seen, beside: semantics, shape: shape), outlines)
  }

  private func sight(
    of image: PixelImage, shape: PyramidShape, with context: Context,
    lookingAt look: (Plane, [EvidenceMap.Box]) -> Void
  ) -> EvidenceMap.Seen {
    let size = BranchView.size(of: segmentation.sizes.input, for: shape)
    let other = detectionSize(for: shape)
    let view = image.resampled(to: size)
    let grid = SemanticMap.size(for: shape)
    let (person, thing) = (map.sizes.person, map.sizes.thing)
    let boxes = boxes(
      in: other == size ? view : image.resampled(to: other),
      least: min(person.box, thing.box, Outlines.leastScore), with: context)
    let people = boxes.filter { $0.number == map.personThing && $0.score >= person.box }
    var (stuff, pixels) = withLogits(of: view, with: context) { logits in
      look(logits, boxes)
      return shares(of: logits, grid, people: people)
    }
    let area = pixels.reduce(0, +) / Float(pixels.count)
    if area < person.area { pixels = pixels.map { _ in 0 } }
    var seen = EvidenceMap.Seen(
      grid: grid, stuff: stuff, people: pixels,
      things: boxes.filter {
        $0.number != map.personThing && $0.score >= thing.box && $0.area >= thing.area
      },
      whole: 0, cells: [])
    seen.looks = map.looks(in: view, stuff: stuff, grid: grid)
    return seen
  }

  // MARK: Pixels

  /// What the segmentation branch says of a view of the size that it sees.
  func withLogits<Result>(
    of view: PixelImage, with context: Context, _ body: (Plane) -> Result
  ) -> Result {
    context.profiler?.enter("segmentation")
    let key = BranchView(view, threads: context.parallel.threads)
    return segmentationSpaces.with(
      key,
      make: {
        SegmentationBranch.Workspace(segmentation, size: key.size, threads: key.threads)
      }
    ) { space in
      body(segmentation.logits(of: view, in: space, with: context))
    }
  }

  /// The mean share of each class in each cell, [class][cell], and that of people inside boxes.
  private func shares(
    of logits: Plane, _ grid: GridSize, people boxes: [EvidenceMap.Box]
  ) -> (stuff: [[Float]], people: [Float]) {
    let classes = logits.channels
    let samples = logits.size.halved
    var counts = [Float](repeating: 0, count: grid.count)
    var sums = [Float](repeating: 0, count: grid.count * classes)
    var people = [Float](repeating: 0, count: grid.count)
    var shares = [Float](repeating: 0, count: classes)
    for row in 0..<samples.rows {
      for column in 0..<samples.columns {
        let cell =
          row * grid.rows / samples.rows * grid.columns
          + column * grid.columns / samples.columns
        counts[cell] += 1
        // Every second row and column.
        let pixel = unsafe logits.pixel(2 * row, 2 * column)
        unsafe softmax(pixel, into: &shares)
        for number in 0..<classes { sums[cell * classes + number] += shares[number] }
        let x = (Float(column) + 0.5) / Float(samples.columns)
        let y = (Float(row) + 0.5) / Float(samples.rows)
        if boxes.contains(where: { $0.holds(x, y) }) { people[cell] += shares[map.personStuff] }
      }
    }
    let stuff = (0..<classes).map { number in
      (0..<grid.count).map { sums[$0 * classes + number] / counts[$0] }
    }
    return (stuff, zip(people, counts).map { $0 / $1 })
  }

  func softmax(_ logits: UnsafePointer<Float>, into shares: inout [Float]) {
    var (highest, total): (Float, Float) = (-.infinity, 0)
    for index in shares.indices { highest = unsafe max(highest, logits[index]) }
    for index in shares.indices {
      shares[index] = unsafe expf(logits[index] - highest)
      total += shares[index]
    }
    for index in shares.indices { shares[index] /= total }
  }

  // MARK: Boxes

  /// What the detection branch finds in a framed picture with such a score or more.
  func boxes(
    in image: PixelImage, shape: PyramidShape, least: Float, with context: Context
  ) -> [EvidenceMap.Box] {
    boxes(in: image.resampled(to: detectionSize(for: shape)), least: least, with: context)
  }

  private func detectionSize(for shape: PyramidShape) -> GridSize {
    BranchView.size(
      of: detection.sizes.input, unit: detection.sizes.coarsestStride, for: shape)
  }

  private func boxes(
    in view: PixelImage, least: Float, with context: Context
  ) -> [EvidenceMap.Box] {
    context.profiler?.enter("detection")
    let key = BranchView(view, threads: 1)
    return detectionSpaces.with(
      key, make: { DetectionBranch.Workspace(detection, size: key.size) }
    ) { space in
      detection.raw(of: view, least: least, in: space, with: context).flatMap { plane in
        (0..<plane.height).flatMap { row in
          (0..<plane.width).compactMap { column in
            unsafe box(
              plane.pixel(row, column), row: row, column: column, of: plane.size,
              classes: detection.sizes.classes.count, least: least)
          }
        }
      }
    }
  }

  /// The box of one cell of a scale, if it scores enough.
  private func box(
    _ raw: UnsafePointer<Float>, row: Int, column: Int, of size: GridSize, classes: Int,
    least: Float
  ) -> EvidenceMap.Box? {
    let presence = unsafe sigmoid(raw[4])
    guard presence >= least else { return nil }
    var (number, highest) = (0, -Float.infinity)
    for index in 0..<classes {
      let value = unsafe raw[DetectionBranch.firstClass + index]
      if value > highest { (number, highest) = (index, value) }
    }
    let score = presence * sigmoid(highest)
    guard score >= least else { return nil }
    let (x, y) = unsafe (
      (raw[0] + Float(column)) / Float(size.columns), (raw[1] + Float(row)) / Float(size.rows)
    )
    let (width, height) = unsafe (
      expf(raw[2]) / Float(size.columns), expf(raw[3]) / Float(size.rows)
    )
    func inside(_ value: Float) -> Float { min(max(value, 0), 1) }
    return EvidenceMap.Box(
      left: inside(x - width / 2), top: inside(y - height / 2), right: inside(x + width / 2),
      bottom: inside(y + height / 2), number: number, score: score)
  }

  private func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
}

extension Vocabulary {
  /// The numbers of words that a configuration lists under a key.
  func numbers(of words: [String], key: String, path: String) throws(EngineError) -> [Int32] {
    var numbers: [Int32] = []
    for (index, word) in words.enumerated() {
      guard let number = number(of: word) else {
        throw .configuration(
          path: path, key: "\(key)[\(index)]", problem: "'\(word)' is not in vocabulary.txt")
      }
      numbers.append(number)
    }
    return numbers
  }
}
