import SPAEColour
import SPAEExplorer
import SPAEGraphics
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAETerminal
import Testing

@Suite("The picture on the screen")
struct PictureOutputSuite {
  private let environment = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "truecolor"]
  private let box = Box(row: 2, column: 40, rows: 16, columns: 32)

  private func output(_ graphics: GraphicsProtocol) -> PictureOutput {
    PictureOutput(
      graphics: graphics, capabilities: TerminalCapabilities(), environment: environment)
  }

  /// A grey picture, with a red square at a row and column.
  private func picture(redAt place: Int? = nil) -> PixelImage {
    var image = PixelImage(width: 128, height: 128, colour: .init(red: 90, green: 90, blue: 90))
    guard let place else { return image }
    for row in place..<place + 4 {
      for column in place..<place + 4 { image[row, column, 0] = 250 }
    }
    return image
  }

  private func pictures(_ decoded: PixelImage) -> Pictures {
    let store = PictureStore(Pictures(original: nil))
    store.change { $0.decoded = decoded }
    return store.pictures
  }

  /// A view of the picture as the explorer asks for it: nothing is framed.
  private func view(in box: Box) throws -> PictureView {
    let shape = try #require(PyramidShape(grid: 16))
    let words = [Int32](repeating: 0, count: shape.wordCount)
    let pyramid = try #require(Pyramid(shape: shape, words: words))
    return PictureView(
      box: box, content: .decoded, blinkPhase: false,
      request: DecodeRequest(pyramid: pyramid, depth: 6), framed: [])
  }

  @Test(
    "is sent once, and again when something wrote over it",
    arguments: [
      GraphicsProtocol.sixel, .kitty,
    ])
  func once(_ graphics: GraphicsProtocol) throws {
    var output = output(graphics)
    let (view, pictures) = (try view(in: box), pictures(picture()))
    let first = output.bytes(for: view, pictures, wasErased: false)
    #expect(first?.box == box)
    let sent1 = output.bytes(for: view, pictures, wasErased: false)
    #expect(sent1 == nil)
    let again = output.bytes(for: view, pictures, wasErased: true)
    let isSame = again?.bytes == first?.bytes
    #expect(isSame)
  }

  @Test("has the inset in its corner, once that is decoded as deep as is wished")
  func inset() throws {
    var view = try view(in: box)
    let corner = Box(row: 10, column: 20, rows: 6, columns: 12)
    view.inset = Inset(depth: 3, box: corner)
    let store = PictureStore(Pictures(original: nil))
    store.change { $0.decoded = picture() }
    let red = PixelImage(width: 128, height: 128, colour: .init(red: 250, green: 0, blue: 0))
    store.change { $0.inset = (2, red) }
    #expect(try reds(view, store).isEmpty)
    store.change { $0.inset = (3, red) }
    let found = try reds(view, store)
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { corner.contains(row: $0.0, column: $0.1) })
    view.inset = nil
    #expect(try reds(view, store).isEmpty)
  }

  /// Rows and columns, in the picture's box, of the characters that have much red in them.
  private func reds(_ view: PictureView, _ store: PictureStore) throws -> [(Int, Int)] {
    var screen = Screen(rows: 24, columns: 80)
    output(.quadrants).draw(view, store.pictures, into: &screen)
    return (0..<box.rows).flatMap { row in (0..<box.columns).map { (row, $0) } }.filter {
      let style = screen[box.row + $0.0, box.column + $0.1].style
      return [style.foreground, style.background].contains {
        $0.map { $0.red > 200 && $0.green < 90 } ?? false
      }
    }
  }

  @Test("is not sent again where another picture has the same pixels")
  func equal() throws {
    var output = output(.sixel)
    let view = try view(in: box)
    _ = output.bytes(for: view, pictures(picture()), wasErased: false)
    var other = pictures(picture())
    other.compared = picture(redAt: 3)
    let sent2 = output.bytes(for: view, other, wasErased: false)
    #expect(sent2 == nil)
  }

  @Test("is sent in part by sixels, and whole by kitty")
  func parts() throws {
    for (graphics, isPart) in [(GraphicsProtocol.sixel, true), (.kitty, false)] {
      var output = output(graphics)
      let store = PictureStore(Pictures(original: nil))
      let view = try view(in: box)
      store.change { $0.decoded = picture() }
      _ = output.bytes(for: view, store.pictures, wasErased: false)
      store.change { $0.decoded = picture(redAt: 64) }
      let sent = output.bytes(for: view, store.pictures, wasErased: false)
      let change = try #require(sent)
      let isSmaller = change.box.rows * change.box.columns < box.rows * box.columns / 4
      #expect(isSmaller == isPart)
      let isWithin =
        change.box.row >= box.row && change.box.column >= box.column
        && change.box.row + change.box.rows <= box.row + box.rows
        && change.box.column + change.box.columns <= box.column + box.columns
      #expect(isWithin)
    }
  }

  @Test("is drawn better by sixels, unless another one has come")
  func refinement() throws {
    var output = output(.sixel)
    let view = try view(in: box)
    let store = PictureStore(Pictures(original: nil))
    #expect(output.refinement == nil)
    store.change { $0.decoded = picture() }
    _ = output.bytes(for: view, store.pictures, wasErased: false)
    let late = try #require(output.refinement)
    store.change { $0.decoded = picture(redAt: 64) }
    _ = output.bytes(for: view, store.pictures, wasErased: false)
    let sent3 = output.take(late)
    #expect(sent3 == nil)
    let refinement = try #require(output.refinement)
    #expect(!refinement.bytes().isEmpty)
    let place = output.take(refinement)
    #expect(place == box)
    #expect(output.refinement == nil)
  }

  @Test("is sent whole between keys when it has many parts, so that no part waits for that")
  func crowded() throws {
    var output = output(.sixel)
    let (view, store) = (try view(in: box), PictureStore(Pictures(original: nil)))
    var areWhole: [Bool] = []
    for place in 0..<40 {
      store.change { $0.decoded = picture(redAt: 3 * place) }
      let sent = output.bytes(for: view, store.pictures, wasErased: false)
      areWhole.append(sent?.box == box)
      guard output.isCrowded, let refinement = output.refinement else { continue }
      #expect(output.take(refinement) == box)
      #expect(!output.isCrowded)
    }
    #expect(areWhole == [true] + [Bool](repeating: false, count: 39))
  }

  @Test("is in place while nothing but its pixels differs")
  func inPlace() throws {
    var output = output(.sixel)
    var view = try view(in: box)
    #expect(!output.isInPlace(view))
    _ = output.bytes(for: view, pictures(picture()), wasErased: false)
    view.request.depth = 3
    #expect(output.isInPlace(view))
    view.blinkPhase = true
    #expect(!output.isInPlace(view))
    view.blinkPhase = false
    view.box = Box(row: box.row, column: box.column - 1, rows: box.rows, columns: box.columns)
    #expect(!output.isInPlace(view))
    _ = output.bytes(for: nil, pictures(picture()), wasErased: false)
    #expect(!output.isInPlace(view))
  }

  @Test("needs nothing better from kitty")
  func kittyIsFine() throws {
    var output = output(.kitty)
    _ = output.bytes(for: try view(in: box), pictures(picture()), wasErased: false)
    #expect(output.refinement == nil)
  }

  @Test("is taken away where no picture belongs on the screen")
  func removal() throws {
    for (graphics, isSent) in [(GraphicsProtocol.kitty, true), (.sixel, false)] {
      var output = output(graphics)
      let sent4 = output.bytes(for: nil, pictures(picture()), wasErased: false)
      #expect(sent4 == nil)
      _ = output.bytes(for: try view(in: box), pictures(picture()), wasErased: false)
      let removal = output.bytes(for: nil, pictures(picture()), wasErased: false)
      #expect((removal != nil) == isSent)
      let sent5 = output.bytes(for: nil, pictures(picture()), wasErased: false)
      #expect(sent5 == nil)
    }
  }

  @Test(
    "is part of the screen where characters stand for it",
    arguments: [
      GraphicsProtocol.quadrants, .halfBlocks, .ascii, .none,
    ])
  func characters(_ graphics: GraphicsProtocol) throws {
    var output = output(graphics)
    let (view, pictures) = (try view(in: box), pictures(picture(redAt: 40)))
    let sent6 = output.bytes(for: view, pictures, wasErased: true)
    #expect(sent6 == nil)
    var screen = Screen(rows: 24, columns: 80)
    output.draw(view, pictures, into: &screen)
    let drawn = (0..<24).flatMap { row in
      (0..<80).filter { screen[row, $0].style.role == .picture }.map { [row, $0] }
    }
    let expected = graphics == .none ? 0 : box.rows * box.columns
    #expect(drawn.count == expected)
  }

  @Test("has the cells of its terminal, and 8 x 16 where that does not tell")
  func cells() {
    #expect(output(.sixel).cellAspect == 2)
    var measured = output(.sixel)
    let terminal = TestTerminal(rows: 24, columns: 80)
    terminal.cell = (10, 15)
    measured.measure(by: terminal)
    #expect(measured.cellAspect == 1.5)
  }
}
