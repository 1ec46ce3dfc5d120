import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// What the PyTorch package makes of two pictures (Training/spae/prepare/branch_golden.py) the frozen
/// branches of this engine make of them too.
@Suite struct TheFrozenBranchesAgreeWithPyTorch {
  static let root = TheEngineAgreesWithPyTorch.root
  static let pictures = ["beach", "car"]
  static let sets = InstructionSet.available.map(\.name)
  static let fixtures = root + "/Tests/SPAEEngineTests/Fixtures"
  static let model = root + "/Assets/models/small"

  private let configuration: ModelConfiguration
  private let golden: Safetensors

  init() throws {
    configuration = try Self.configuration()
    golden = try Safetensors(path: Self.fixtures + "/branches.safetensors")
  }

  /// The shipped configuration with the two branches named in it.
  static func configuration() throws -> ModelConfiguration {
    try ModelConfiguration(path: "config.json", contents: contents())
  }

  static func contents() throws -> [UInt8] {
    func object(_ path: String) throws -> [String: Any] {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let both = try object(model + "/config.json").merging(object(fixtures + "/branches.json")) {
      $1
    }
    return Array(try JSONSerialization.data(withJSONObject: both))
  }

  private func context(_ set: String, threads: Int = 1) throws -> Context {
    Context(try .named(set), parallel: Parallel(threads: threads))
  }

  private func picture(_ name: String) throws -> PixelImage {
    try ImageFile(path: Self.root + "/Assets/pictures/\(name).png").image
  }

  private func segmentation() throws -> SegmentationBranch {
    try SegmentationBranch(
      path: Self.model + "/segmentation.safetensors", sizes: #require(configuration.segmentation),
      instructionSet: .available[0])
  }

  private func detection() throws -> DetectionBranch {
    try DetectionBranch(
      path: Self.model + "/detection.safetensors", sizes: #require(configuration.detection),
      instructionSet: .available[0])
  }

  /// The same in whole numbers, whose bytes all have the same step.
  private func detection(largest: Float, _ set: String) throws -> DetectionBranch {
    let sizes = try #require(configuration.detection)
    let numbers = [Float](repeating: largest, count: DetectionBranch.stepCount(sizes))
    return try DetectionBranch(
      path: Self.model + "/detection.safetensors", sizes: sizes,
      precision: ModelConfiguration.Precision.Layers(largest: numbers),
      instructionSet: .named(set))
  }

  private func size(of picture: PixelImage) -> GridSize {
    GridSize(rows: picture.height, columns: picture.width)
  }

  /// Every third row and column, of all classes.
  private func logits(
    _ branch: SegmentationBranch, _ name: String, _ context: Context, threads: Int = 1
  ) throws -> [Float] {
    let space = SegmentationBranch.Workspace(
      branch, size: size(of: try picture(name)), threads: threads)
    // The second time in buffers that are no longer empty.
    for _ in 0..<2 { _ = branch.logits(of: try picture(name), in: space, with: context) }
    let plane = branch.logits(of: try picture(name), in: space, with: context)
    return stride(from: 0, to: plane.height, by: 3).flatMap { row in
      stride(from: 0, to: plane.width, by: 3).flatMap { column in
        (0..<plane.channels).map { unsafe plane.pixel(row, column)[$0] }
      }
    }
  }

  /// Every fifth cell of all scales, its box and its classes.
  private func cells(
    _ branch: DetectionBranch, _ name: String, _ context: Context
  ) throws -> [Float] {
    let space = DetectionBranch.Workspace(branch, size: size(of: try picture(name)))
    for _ in 0..<2 { _ = branch.raw(of: try picture(name), in: space, with: context) }
    let all = branch.raw(of: try picture(name), in: space, with: context).flatMap { plane in
      (0..<plane.height).flatMap { row in
        (0..<plane.width).map { column in
          (Array(0..<5) + Array(16..<plane.channels)).map { unsafe plane.pixel(row, column)[$0] }
        }
      }
    }
    return stride(from: 0, to: all.count, by: 5).flatMap { all[$0] }
  }

  /// Boxes that count are the same; where a scale has none, its classes are left out.
  @Test(arguments: pictures) func onTheBoxesThatCountAlone(name: String) throws {
    let (branch, picture) = (try detection(), try self.picture(name))
    func cells(_ least: Float?) -> [[[Float]]] {
      let space = DetectionBranch.Workspace(branch, size: size(of: picture))
      let context = Context(InstructionSet.available[0], parallel: Parallel(threads: 1))
      return branch.raw(of: picture, least: least, in: space, with: context).map { plane in
        (0..<plane.height * plane.width).map { cell in
          let pixel = unsafe plane.pixel(cell / plane.width, cell % plane.width)
          return (Array(0..<5) + Array(16..<plane.channels)).map { unsafe pixel[$0] }
        }
      }
    }
    let all = cells(nil)
    for least: Float in [0, 0.3, 0.6, 1] {
      for (scale, some) in zip(all, cells(least)) {
        let counts = scale.map { 1 / (1 + exp(-$0[4])) >= least }
        for (index, cell) in scale.enumerated() where counts[index] { #expect(some[index] == cell) }
        let isLeftOut = some.allSatisfy { $0.dropFirst(5).allSatisfy { $0 == 0 } }
        #expect(least > 0 || !isLeftOut)
        #expect(least < 1 || isLeftOut)
      }
    }
  }

  @Test(arguments: sets, pictures) func onThePixelsOfClasses(set: String, name: String) throws {
    let found = try logits(segmentation(), name, context(set))
    let expected = try golden.floats("segmentation.\(name)", shape: [22, 22, 32])
    #expect(zip(found, expected).map { abs($0 - $1) }.max() ?? 1 < 1e-3)
    #expect(expected.max() ?? 0 > 10)
  }

  /// The same in whole numbers, of which every block has as many.
  private func segmentation(largest: Float, _ set: String) throws -> SegmentationBranch {
    let sizes = try #require(configuration.segmentation)
    let numbers = [Float](repeating: largest, count: 3 * sizes.blocks.count + 1)
    return try SegmentationBranch(
      path: Self.model + "/segmentation.safetensors", sizes: sizes,
      precision: ModelConfiguration.Precision.Layers(largest: numbers),
      instructionSet: .named(set))
  }

  /// Nearly the same pixels; what is not in whole numbers differs a little between the sets.
  @Test(arguments: sets) func inWholeNumbersOnThePixelsOfClasses(set: String) throws {
    let classes = 32
    func likeliest(_ logits: [Float]) -> [Int?] {
      stride(from: 0, to: logits.count, by: classes).map { first in
        (0..<classes).max { logits[first + $0] < logits[first + $1] }
      }
    }
    let found = try logits(segmentation(largest: 16, set), "car", context(set, threads: 2))
    let plain = try logits(segmentation(largest: 16, "portable"), "car", context("portable"))
    #expect(zip(found, plain).map { abs($0 - $1) }.max() ?? 1 < 1e-3)
    let expected = try likeliest(golden.floats("segmentation.car", shape: [22, 22, classes]))
    let same = zip(likeliest(found), expected).count { $0 == $1 }
    #expect(Double(same) > 0.85 * Double(expected.count))
  }

  @Test(arguments: sets, pictures) func onTheCellsOfThings(set: String, name: String) throws {
    let found = try cells(detection(), name, context(set))
    let expected = try golden.floats("detection.\(name)", shape: [269, 85])
    #expect(zip(found, expected).map { abs($0 - $1) }.max() ?? 1 < 1e-3)
    #expect(expected.min() ?? 0 < -5)
  }

  /// Nearly the same cells, and on all sets the same bits.
  @Test(arguments: sets) func inWholeNumbersOnTheCellsOfThings(set: String) throws {
    let found = try cells(detection(largest: 12, set), "car", context(set, threads: 2))
    #expect(try found == cells(detection(largest: 12, "portable"), "car", context("portable")))
    let expected = try golden.floats("detection.car", shape: [269, 85])
    let error = zip(found, expected).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
    #expect(error < 0.1 * expected.map { $0 * $0 }.reduce(0, +))
  }

  @Test func onManyThreadsAsOnOneBitForBit() throws {
    let set = try #require(Self.sets.first)
    let (one, three) = (try context(set), try context(set, threads: 3))
    let (segmentation, detection) = (try segmentation(), try detection())
    #expect(
      try logits(segmentation, "car", one) == logits(segmentation, "car", three, threads: 3))
    #expect(try cells(detection, "car", one) == cells(detection, "car", three))
  }

  static let damage: [Damage] = [
    Damage("segmentation.input", .set("16")),
    Damage("segmentation.input", .set("144"), key: "segmentation.pyramid.grids"),
    Damage("segmentation.stem", .set("20")),
    Damage("segmentation.head", .set("440")),
    Damage("segmentation.head", .set("464"), key: "segmentation.pyramid.kernels"),
    Damage("segmentation.blocks", .set("[]")),
    Damage("segmentation.blocks.0.kernel", .set("7"), key: "segmentation.blocks[0].kernel"),
    Damage("segmentation.blocks.0.stride", .set("0"), key: "segmentation.blocks[0].stride"),
    Damage("segmentation.blocks.0.dilation", .set("2"), key: "segmentation.blocks[0].dilation"),
    Damage("segmentation.blocks.13.dilation", .set("9"), key: "segmentation.blocks[13].dilation"),
    Damage("segmentation.blocks.3.inner", .set("1"), key: "segmentation.blocks[3].inner"),
    Damage("segmentation.blocks.3.output", .set("-16"), key: "segmentation.blocks[3].output"),
    Damage("segmentation.blocks.3.more", .set("1"), key: "segmentation.blocks[3].more"),
    Damage("segmentation.pyramid.grids", .set("[3]")),
    Damage("segmentation.pyramid.grids", .set("[0]")),
    Damage("segmentation.pyramid.kernels", .set("[4]")),
    Damage("segmentation.pyramid.width", .set("8")),
    Damage("segmentation.pyramid.output", .set("8")),
    Damage("segmentation.decoder.middle", .set("16")),
    Damage("segmentation.decoder.fine", .set("5")),
    Damage("segmentation.decoder.width", .set("0")),
    Damage("segmentation.classes", .set("[]")),
    Damage("segmentation.classes.0.words", .set("3"), key: "segmentation.classes[0].words"),
    Damage("segmentation.decoder", .remove),
    Damage("detection.input", .set("250")),
    Damage("detection.stem", .set("3")),
    Damage("detection.stages", .set("[]")),
    Damage("detection.stages.3.width", .set("128"), key: "detection.stages"),
    Damage("detection.stages.0.width", .set("16"), key: "detection.stages[0].width"),
    Damage("detection.stages.0.blocks", .set("-1"), key: "detection.stages[0].blocks"),
    Damage("detection.pools", .set("[4]"), key: "detection.pools[0]"),
    Damage("detection.neck", .set("99")),
    Damage("detection.head", .set("1.5")),
    Damage("detection.classes", .set("[]")),
    Damage("detection.pools", .remove),
    Damage("detection", .remove, key: "evidence"),
    Damage("evidence", .remove, key: "segmentation"),
    Damage("evidence.unsure", .set("1.5")),
    Damage("evidence.whole.area", .set("-1")),
    Damage("evidence.person.box", .set("2")),
    Damage("evidence.thing.cover", .set("1e99")),
    Damage("evidence.step", .set("\"no\"")),
    Damage("evidence.stuff.1.least", .set("7"), key: "evidence.stuff[1].least"),
    Damage("evidence.stuff.1.name", .set("\"moon\""), key: "evidence.stuff[1].name"),
    Damage("evidence.more", .set("1")),
    Damage("evidence.looks_unsure", .remove),
    Damage("evidence.looks_unsure", .set("2")),
    Damage("evidence.looks.0.classes.0", .set("\"moon\""), key: "evidence.looks[0].classes"),
    Damage("evidence.looks.0.words", .set("[]"), key: "evidence.looks[0].words"),
    Damage("evidence.looks.0.colours.0", .set("[1, 2]"), key: "evidence.looks[0].colours"),
    Damage("evidence.looks.0.colours.0.1", .set("256"), key: "evidence.looks[0].colours"),
    Damage("evidence.looks.1.radius", .set("0"), key: "evidence.looks[1].radius"),
    Damage("evidence.looks.1.least", .set("-1"), key: "evidence.looks[1].least"),
    Damage("detection.classes.0.name", .set("\"robot\""), key: "detection.classes"),
    Damage("detection.classes.3.words", .set("[]"), key: "detection.classes[3].words"),
    Damage("segmentation.classes.3.words", .set("[]"), key: "evidence.stuff[0].name"),
    Damage("reserved", .set("[1]"), key: "reserved[0]"),
  ]

  @Test(arguments: damage) func whatTheEngineCannotRunIsRefused(damage: Damage) throws {
    let error = #expect(throws: EngineError.self) {
      try ModelConfiguration(path: "config.json", contents: damage.done(to: Self.contents()))
    }
    guard case .configuration(_, let key, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(key == damage.key)
  }
}

/// A model that uses the frozen branches: the shipped one with the sections of branches.json.
@Suite struct AModelOfThreeBranches {
  private typealias Branches = TheFrozenBranchesAgreeWithPyTorch
  private static let root = Branches.root

  /// A folder with the shipped files and another configuration, which is removed behind the body.
  private static func withFolder<Result>(
    configuration: [UInt8], leaving: Set<String> = [], _ body: (String) throws -> Result
  ) throws -> Result {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "spae-\(UUID().uuidString)").path
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: folder) }
    for name in try files.contentsOfDirectory(atPath: Branches.model)
    where name != "config.json" && !leaving.contains(name) {
      try files.createSymbolicLink(
        atPath: "\(folder)/\(name)", withDestinationPath: "\(Branches.model)/\(name)")
    }
    try Data(configuration).write(to: URL(fileURLWithPath: folder + "/config.json"))
    return try body(folder)
  }

  /// The bundled pictures, and one of a person.
  private static let pictures = TheEngineAgreesWithPyTorch.pictures + ["astronaut"]

  private func image(_ name: String) throws -> PixelImage {
    let folder = name == "astronaut" ? Branches.fixtures : Self.root + "/Assets/pictures"
    return try ImageFile(path: "\(folder)/\(name).png").image
  }

  private func golden() throws -> Safetensors {
    try Safetensors(path: Branches.fixtures + "/branches.safetensors")
  }

  /// The classes that name all positions as numbers.
  private func coded(_ named: [[EvidenceMap.Named?]]) -> [Int32] {
    named.joined().map { own -> Int32 in
      own.map {
        Int32($0.number) + ($0.branch == .detection ? 1000 : 0)
          + 10000 * Int32($0.look.map { $0 + 1 } ?? 0)
      } ?? -1
    }
  }

  @Test func namesPositionsAsPyTorchDoes() throws {
    let golden = try golden()
    try Self.withFolder(configuration: Branches.contents()) { folder in
      let model = try Model(folder: folder)
      for name in Self.pictures {
        let named = coded(try #require(try model.named(in: image(name))))
        #expect(named == (try golden.integers("named.\(name)", shape: [21])), "\(name)")
      }
    }
  }

  @Test func choosesTheWordsThatPyTorchDoes() throws {
    let golden = try golden()
    try Self.withFolder(configuration: Branches.contents()) { folder in
      let model = try Model(folder: folder)
      let reserved = Set(try #require(model.configuration.reserved))
      for name in Self.pictures {
        let words = try model.encode(image(name)).words
        #expect(words == (try golden.integers("words.\(name)", shape: [597])), "\(name)")
        #expect(words.allSatisfy { !reserved.contains(model.vocabulary[$0]) })
      }
    }
  }

  static let rectangles: [(name: String, left: Int, top: Int, width: Int, height: Int)] = [
    ("astronaut", 40, 0, 170, 256), ("beach", 0, 43, 256, 170), ("mountain", 0, 60, 256, 144),
  ]

  @Test func doesSoOfPicturesThatAreNoSquares() throws {
    let golden = try Safetensors(path: Branches.fixtures + "/branch-rectangles.safetensors")
    try Self.withFolder(configuration: Branches.contents()) { folder in
      let model = try Model(folder: folder)
      for part in Self.rectangles {
        let image = try image(part.name).cropped(
          left: part.left, top: part.top, width: part.width, height: part.height)
        let named = coded(try #require(try model.named(in: image, fit: .whole)))
        #expect(
          named == (try golden.integers("named.\(part.name)", shape: [named.count])), "\(part.name)"
        )
        let words = try model.encode(image, fit: .whole).words
        #expect(
          words == (try golden.integers("words.\(part.name)", shape: [words.count])), "\(part.name)"
        )
      }
    }
  }

  @Test func saysThatAPersonIsThereAndNoMore() throws {
    try Self.withFolder(configuration: Branches.contents()) { folder in
      let model = try Model(folder: folder)
      let pyramid = try model.encode(image("astronaut"))
      let people = try #require(model.configuration.detection?.classes.first).words
      #expect(pyramid.words.prefix(5).contains { people.contains(model.vocabulary[$0]) })
    }
  }

  /// The branches' configuration, with names of colours as candidates of layers 2 and 3.
  private static func withColours() throws -> [UInt8] {
    let contents = Data(try Branches.contents())
    var all = try #require(try JSONSerialization.jsonObject(with: contents) as? [String: Any])
    var guided = try #require(all["guided"] as? [String: Any])
    guided["colours"] = [
      "counts": [0, 2, 2], "score": 1.0,
      "names": [
        ["blue", 60, 90, 200], ["gray", 128, 128, 128], ["white", 250, 250, 250],
        ["black", 5, 5, 5], ["green", 40, 140, 40], ["brown", 120, 80, 40],
      ],
    ]
    all["guided"] = guided
    return Array(try JSONSerialization.data(withJSONObject: all))
  }

  @Test func tellsWhichBranchMadeEachWordACandidate() throws {
    try Self.withFolder(configuration: Branches.contents()) { folder in
      let model = try Model(folder: folder)
      var seen: Set<String> = []
      for name in Self.pictures {
        let image = try image(name)
        let (pyramid, origins) = try model.encodeWithOrigins(image)
        #expect(try pyramid == model.encode(image))
        #expect(try origins == model.origins(of: pyramid, in: image))
        #expect(origins.map(\.count) == [1, 4, 16])
        let named = try #require(try model.named(in: image))
        for (own, origin) in zip(named.joined(), origins.joined()) {
          if origin.source == .colour {
            #expect(own == nil)
            continue
          }
          #expect(own?.sureness ?? origin.sureness == origin.sureness)
          #expect((0...1).contains(try #require(origin.sureness)))
          switch origin.source {
          case .classifier: #expect(own == nil)
          case .segmentation: #expect(own?.branch == .segmentation)
          case .detection: #expect(own?.branch == .detection)
          default: Issue.record("\(name): \(origin)")
          }
          seen.insert("\(origin)".filter(\.isLetter))
        }
      }
      #expect(seen.contains("classifier") && seen.contains("detectionperson"))
      #expect(seen.contains { $0.hasPrefix("segmentation") }, "\(seen)")
    }
  }

  @Test func tellsColourNamesAndWordsThatWereTyped() throws {
    try Self.withFolder(configuration: Self.withColours()) { folder in
      let model = try Model(folder: folder)
      let image = try image("astronaut")
      var (pyramid, origins) = try model.encodeWithOrigins(image)
      let colours = zip(pyramid.words.dropFirst(), origins.dropFirst().joined())
        .filter { $1.source == .colour }.map { model.vocabulary[$0.0] }
      #expect(!colours.isEmpty)
      #expect(Set(colours).isSubset(of: ["blue", "gray", "white", "black", "green", "brown"]))
      let cell = CellAddress(layer: 3, row: 1, column: 2)
      pyramid[cell] = try #require(model.vocabulary.number(of: "castle"))
      let edited = try model.origins(of: pyramid, in: image)
      #expect(edited[2][6] == WordOrigin(.none))
      origins[2][6] = edited[2][6]
      #expect(edited == origins)
    }
  }

  @Test(arguments: [
    (WordOrigin(.segmentation("sky"), sureness: 0.834), "segmentation \"sky\" .83"),
    (WordOrigin(.detection("dog"), sureness: 0.999), "detection \"dog\" 1.00"),
    (WordOrigin(.classifier, sureness: 0.042), "classifier .04"),
    (WordOrigin(.colour), "colour name"), (WordOrigin(.none), "typed by hand"),
  ])
  func saysWhereAWordComesFrom(origin: WordOrigin, text: String) {
    #expect("\(origin)" == text)
  }

  /// What PyTorch decides of branches that say things at random: people, stuff and things.
  @Test func decidesAsPyTorchDoes() throws {
    let (golden, configuration) = (try golden(), try Branches.configuration())
    let map = EvidenceMap(
      try #require(configuration.evidence),
      stuff: try #require(configuration.segmentation).classes,
      things: try #require(configuration.detection).classes)
    let cases = 40
    let stuff = try golden.floats("random.stuff", shape: [cases, 32, 16])
    let people = try golden.floats("random.people", shape: [cases, 4, 4])
    let cells = try golden.floats("random.cells", shape: [cases, 4, 4])
    let whole = try golden.floats("random.whole", shape: [cases])
    let kinds = try #require(configuration.evidence?.looks).count
    let looks = try golden.floats("random.looks", shape: [cases, kinds, 16])
    let boxes = try golden.floats("random.boxes", shape: [cases, 3, 6])
    let named = try golden.integers("random.named", shape: [cases, 21])
    for index in 0..<cases {
      let things = (0..<3).compactMap { row -> EvidenceMap.Box? in
        let box = Array(boxes[(index * 3 + row) * 6..<(index * 3 + row + 1) * 6])
        return box[5] == 0
          ? nil
          : EvidenceMap.Box(
            left: box[0], top: box[1], right: box[2], bottom: box[3], number: Int(box[4]),
            score: box[5])
      }
      var seen = EvidenceMap.Seen(
        stuff: (0..<32).map { Array(stuff[(index * 32 + $0) * 16..<(index * 32 + $0 + 1) * 16]) },
        people: Array(people[index * 16..<(index + 1) * 16]), things: things,
        whole: whole[index], cells: Array(cells[index * 16..<(index + 1) * 16]))
      seen.looks = (0..<kinds).map {
        let first = (index * kinds + $0) * 16
        return Array(looks[first..<first + 16])
      }
      #expect(coded(map.decided(seen)) == Array(named[index * 21..<(index + 1) * 21]))
    }
  }

  @Test func isAnotherModelThanTheOneWithoutThem() throws {
    let first = Branches.model + "-2026-11/config.json"
    let plain = Array(try Data(contentsOf: URL(fileURLWithPath: first)))
    let beside = try Self.withFolder(configuration: plain) { try Model(folder: $0).identity() }
    let without = try Self.withFolder(
      configuration: plain, leaving: ["segmentation.safetensors", "detection.safetensors"]
    ) { try Model(folder: $0).identity() }
    let other = try Self.withFolder(configuration: Branches.contents()) {
      try Model(folder: $0).identity()
    }
    #expect(without == beside)
    #expect(other != beside)
  }

  @Test(arguments: ["segmentation.safetensors", "detection.safetensors"])
  func isRefusedWithoutAFileThatItNames(file: String) throws {
    let error = #expect(throws: EngineError.self) {
      try Self.withFolder(configuration: Branches.contents(), leaving: [file]) {
        _ = try Model(folder: $0)
      }
    }
    #expect(String(describing: error).contains(file))
  }

  @Test(arguments: [
    ("reserved.2", "reserved[2]"),
    ("segmentation.classes.2.words.0", "segmentation.classes[2].words[0]"),
    ("detection.classes.0.words.1", "detection.classes[0].words[1]"),
    ("evidence.looks.2.words.1", "evidence.looks[2].words[1]"),
  ])
  func isRefusedForAWordThatIsNone(place: String, key: String) throws {
    let damaged = try Damage(place, .set("\"zzzz\"")).done(to: Branches.contents())
    let error = #expect(throws: EngineError.self) {
      try Self.withFolder(configuration: damaged) { _ = try Model(folder: $0) }
    }
    let text = String(describing: error)
    #expect(text.contains(key) && text.contains("'zzzz' is not in vocabulary.txt"))
  }
}

/// Planes become other planes: values are whole numbers of their place.
@Suite struct PlanesAreSampled {
  private static func plane(_ side: Int, _ value: (Int, Int, Int) -> Float) -> Plane {
    let plane = Plane(height: side, width: side, channels: 32)
    for row in 0..<side {
      for column in 0..<side {
        for channel in 0..<32 {
          unsafe plane.pixel(row, column)[channel] = value(row, column, channel)
        }
      }
    }
    return plane
  }

  private func context(threads: Int) throws -> Context {
    Context(try .chosen(), parallel: Parallel(threads: threads))
  }

  private func expect(_ plane: Plane, _ value: (Int, Int, Int) -> Float) {
    for row in 0..<plane.height {
      for column in 0..<plane.width {
        for channel in 0..<32 {
          #expect(unsafe plane.pixel(row, column)[channel] == value(row, column, channel))
        }
      }
    }
  }

  @Test func byTheMean() throws {
    let target = Plane(height: 2, width: 2, channels: 32)
    Self.plane(6) { Float(100 * $2 + 10 * $0 + $1) }
      .average(into: target, with: try context(threads: 1))
    expect(target) { Float(100 * $2 + 10 * (3 * $0 + 1) + 3 * $1 + 1) }
  }

  @Test(arguments: [1, 3]) func betweenPixels(threads: Int) throws {
    let target = Self.plane(8) { _, _, _ in 1000 }
    let small = Self.plane(2) { Float(8 * $2 + 4 * $0 + 2 * $1) }
    small.enlarge(into: target, adding: true, with: try context(threads: threads))
    expect(target) { Float(1000 + 8 * $2) + min(Float($0), 4) + min(Float($1), 4) / 2 }
  }

  @Test func fourTimes() throws {
    let target = Plane(height: 6, width: 6, channels: 32)
    Self.plane(3) { Float(100 * $2 + 10 * $0 + $1) }
      .double(into: target, with: try context(threads: 1))
    expect(target) { Float(100 * $2 + 10 * ($0 / 2) + $1 / 2) }
  }

  /// Values below zero, which the zeros of the border do not outdo.
  @Test func byTheGreatestAround() throws {
    let target = Plane(height: 5, width: 5, channels: 32)
    Self.plane(5) { Float(-1000 + 10 * $0 + $1 - $2) }
      .greatest(ofSquares: 3, into: target, with: try context(threads: 1))
    expect(target) { Float(-1000 + 10 * min($0 + 1, 4) + min($1 + 1, 4) - $2) }
  }
}
