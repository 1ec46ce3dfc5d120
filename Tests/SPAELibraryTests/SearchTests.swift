import Foundation
import SPAEColour
import SPAELibrary
import SPAEPyramid
import SPAESystem
import Testing

/// A query is a bag of words and colours.
@Suite struct AQueryIsABagOfWordsAndColours {
  private let world: World

  init() throws { world = try World() }

  private func terms(_ text: String) throws -> [String] { try world.query(text).terms.map(\.text) }

  @Test func smallWordsAreLeftOut() throws {
    let query = try world.query("A dog, on the Grass!")
    #expect(query.terms.map(\.text) == ["dog", "grass"])
    #expect(query.dropped == ["a", "on", "the"])
  }

  @Test func aColourBelongsToTheWordBehindIt() throws {
    let query = try world.query("red car and blue")
    #expect(query.terms.map(\.text) == ["red car", "blue"])
    #expect(query.terms.map(\.colour) == [RGB(229, 0, 0), RGB(3, 67, 223)])
    #expect(query.terms.map(\.isColourAlone) == [false, true])
  }

  @Test func twoWordsMayBeOneAndPluralsAreWords() throws {
    #expect(try terms("gold fish") == ["goldfish"])
    #expect(try terms("dogs cats") == ["dog", "cat"])
  }

  @Test func anUnknownWordIsRefusedWithThoseNearIt() throws {
    let failure = #expect(throws: Failure.self) { try world.query("gras") }
    #expect(failure?.lines.first?.contains("grass") == true)
    #expect(throws: Failure.self) { try world.query("on the") }
    #expect(throws: Failure.self) { try world.query("") }
    #expect(throws: Failure.self) { try world.query("dog\u{1B}[31m") }
  }

  @Test func theTableOfColoursIsRead() throws {
    let table =
      "word\tkind\tred\tgreen\tblue\tsource\n# a comment\nred\tname\t229\t0\t0\tx\nmud\tthing\t1\t2\t3\tx\n"
    let names = try ColourNames(table: table, path: "colours.tsv")
    #expect(names["red"] == RGB(229, 0, 0))
    #expect(names["mud"] == nil)
    let failure = #expect(throws: Failure.self) {
      try ColourNames(table: "word\nred\tname\t300\t0\t0\n", path: "colours.tsv")
    }
    #expect(failure?.lines.first?.contains("line 2") == true)
    #expect(try ColourNames.installed()["red"] != nil)
  }

  @Test(
    "a colour bears the name of",
    arguments: [
      (RGB(120, 60, 60), "red", true), (RGB(60, 60, 120), "red", false),
      (RGB(90, 120, 180), "blue", true), (RGB(120, 110, 100), "blue", false),
    ])
  func colours(colour: RGB, name: String, bears: Bool) throws {
    let score = colour.bears(nameOf: try #require(World.colours[name]))
    #expect(bears ? score > 0.5 : score < 0.2)
  }
}

/// A search ranks the pictures of folders.
@Suite struct ASearchRanksPictures {
  private let world: World

  init() throws {
    world = try World()
    for (name, text) in [
      ("dog-grass", "dog grass #40a040"), ("dog-wall", "dog wall #808080"),
      ("cat-grass", "cat grass #40a040"), ("red-car", "car wall #a03030"),
      ("blue-car", "car wall #3050b0"), ("ball", "ball ball #ffffff"),
    ] { try world.folder.write(text, "photos/\(name).png") }
    _ = try world.update()
  }

  @Test func byMeaningWithTheSameWordFirst() throws {
    #expect(
      Set(try world.found("dog").prefix(2)) == ["dog-grass.png", "dog-wall.png"])
    #expect(try world.found("dog").dropFirst(2) == ["cat-grass.png"])
    #expect(try world.found("sky").isEmpty)
  }

  @Test func allOfSeveralWordsMustBeThere() throws {
    #expect(try world.found("dog on grass") == ["dog-grass.png", "cat-grass.png"])
    #expect(try world.found("dog car").isEmpty)
  }

  @Test func aColourIsWantedWhereTheWordIs() throws {
    #expect(try world.found("red car") == ["red-car.png"])
    #expect(try world.found("blue car") == ["blue-car.png"])
    #expect(try world.found("red") == ["red-car.png"])
    #expect(try world.found("red dog").isEmpty)
  }

  @Test func tellsWhereAWordIs() throws {
    let match = try #require(
      try world.search().matches(try world.query("grass dog"), limit: 1).first)
    #expect(match.words.map(\.word) == ["grass", "dog"])
    #expect(match.words[0].cell == CellAddress(layer: 3, row: 0, column: 0))
    #expect(match.words[1].cell == CellAddress(layer: 1, row: 0, column: 0))
    #expect(match.words[0].colour == RGB(64, 160, 64))
    #expect((0...1).contains(match.score))
  }

  @Test func byLikeness() throws {
    let like = try World.picture("cat grass #000000", world.encoding.vocabulary).meaning
    let found = try world.search().matches(like: like, limit: 2)
    #expect(found.first.map { FileName.last(of: $0.path) } == "cat-grass.png")
    #expect(found.first.map { $0.score > 0.99 } == true)
    #expect(found.count == 2)
  }

  @Test func onlyInTheFoldersNamed() throws {
    try world.folder.write("dog wall #808080", "more/dog.png")
    _ = try world.update("more")
    #expect(try world.found("dog", ["more"]) == ["dog.png"])
    #expect(try world.search(["photos", "photos", "more"]).count == 7)
  }

  @Test func exemplarsHoldTheWordInTheLayer() throws {
    let vocabulary = world.encoding.vocabulary
    let (dog, grass) = (
      try #require(vocabulary.number(of: "dog")), try #require(vocabulary.number(of: "grass"))
    )
    let tops = try world.store.exemplars(of: dog, at: 1, count: 9, encoding: world.encoding)
    #expect(
      Set(tops.map { FileName.last(of: $0.path) }) == ["dog-grass.png", "dog-wall.png"])
    #expect(tops.allSatisfy { $0.cells == [CellAddress(layer: 1, row: 0, column: 0)] })
    #expect(try world.store.exemplars(of: grass, at: 1, count: 9, encoding: world.encoding).isEmpty)
    let third = try world.store.exemplars(of: grass, at: 3, count: 1, encoding: world.encoding)
    #expect(third.map(\.cells.count) == [8])
    #expect(third.allSatisfy { $0.pyramid.words.contains(grass) })
  }

  @Test func exemplarsComeFromTheFoldersNamed() throws {
    try world.folder.write("dog wall #808080", "more/other.png")
    _ = try world.update("more")
    let dog = try #require(world.encoding.vocabulary.number(of: "dog"))
    func names(_ folders: [String]) throws -> Set<String> {
      let found = try world.store.exemplars(
        of: dog, count: 9, in: folders.map { world.folder($0) }, encoding: world.encoding)
      return Set(found.map { FileName.last(of: $0.path) })
    }
    #expect(try names(["more"]) == ["other.png"])
    #expect(try names(["photos", "more"]) == names([]))
    #expect(try names([]).contains("dog-wall.png"))
    #expect(try names(["mor"]).isEmpty)
    #expect(
      try world.store.pictureCount(in: [world.folder("more")], encoding: world.encoding) == 1)
  }

  @Test func whatAnUpdateWouldEncodeIsCountedBefore() throws {
    try world.folder.write("dog wall #808080", "more/a.png")
    try world.folder.write("dog wall #808080", "more/b.png")
    #expect(try world.indexer().waiting(in: world.folder("more")) == (2, 2))
    _ = try world.update("more")
    try world.folder.write("cat wall #808080", "more/c.png")
    #expect(try world.indexer().waiting(in: world.folder("more")) == (1, 3))
  }

  @Test func whatIsWrongWithALibraryIsSaidWithARemedy() {
    let errors: [ExemplarError] = [
      .empty(folder: "f"), .unusable(folder: "f", count: 3, path: "f/a.spae", reason: "why"),
      .huge(folder: "f", waiting: 9_000), .absent(word: "dog", near: ["cat", "pet"], pictures: 7),
    ]
    let texts = errors.map(\.description)
    #expect(texts[0].contains("f: there is no picture") && texts[0].contains("name a folder"))
    #expect(texts[1].contains("none of its 3 pictures") && texts[1].contains("f/a.spae: why"))
    #expect(texts[2].contains("about 9 minutes; run 'spae index'"))
    #expect(texts[3].contains("none of the 7 pictures") && texts[3].contains("cat, pet"))
  }

  @Test func upperLayersArePackedAndReadBack() throws {
    let upper = try World.picture("dog grass #102030", world.encoding.vocabulary).upper
    #expect(UpperLayers(bytes: upper.bytes) == upper)
    #expect(upper.bytes.count == 2 + 21 * 5)
    for count in 0..<upper.bytes.count {
      #expect(UpperLayers(bytes: Array(upper.bytes.prefix(count))) == nil)
    }
    #expect(UpperLayers(bytes: [9] + upper.bytes.dropFirst()) == nil)
  }

  @Test func fiveHundredPicturesAreSearchedTwentyTimesInASecond() throws {
    let world = try World()
    for number in 0..<500 {
      try world.folder.write("dog grass #\(100_000 + number)", "photos/\(number).png")
    }
    _ = try world.update()
    let (search, query) = (try world.search(), try world.query("dog on grass"))
    let start = ContinuousClock.now
    for _ in 0..<20 { #expect(try search.matches(query, limit: 10).count == 10) }
    // Ten times what it should take, since machines are busy.
    #expect(start.duration(to: .now) < .seconds(1))
  }
}
