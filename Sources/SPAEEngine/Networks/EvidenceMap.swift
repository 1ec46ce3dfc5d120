/// Decides what stands at each position of the upper layers, by whichever frozen branch is surest.
///
/// The classifier knows ImageNet's thousand classes, and none for people, sky, grass or roads. The
/// segmentation branch knows those by pixel, and takes animals for people; the detection branch
/// knows people and other things by box. Where one of the two is sure enough, a position's
/// candidates are the words of its class, and the classifier's elsewhere.
///
/// A position is a cell of the 4 x 4 map (layer 3), a quarter of the picture (layer 2) or the whole
/// (layer 1). People name the cells that they fill, and the whole or else the quarter that holds
/// most of them, so that other positions have room for what else there is.
package struct EvidenceMap: Sendable {
  /// The class that names a position, the branch that saw it, and how sure it was, 0 to 1.
  package struct Named: Hashable, Sendable {
    package enum Branch: Hashable, Sendable { case segmentation, detection }

    package var branch: Branch
    package var number: Int
    package var sureness: Float
  }

  /// A square of cells.
  struct Position: Hashable, Sendable {
    let row: Int
    let column: Int
    let side: Int

    /// Those of a layer, row after row.
    static func all(ofLayer layer: Int) -> [Position] {
      let side = grid >> (layer - 1)
      return stride(from: 0, to: grid, by: side).flatMap { row in
        stride(from: 0, to: grid, by: side).map { Position(row: row, column: $0, side: side) }
      }
    }

    /// The numbers of its cells.
    var cells: [Int] {
      (row..<row + side).flatMap { row in (column..<column + side).map { row * grid + $0 } }
    }
  }

  /// A thing that was found, its edges inside the picture and in shares of its side.
  package struct Box: Hashable, Sendable {
    var left: Float
    var top: Float
    var right: Float
    var bottom: Float
    var number: Int
    var score: Float

    /// Takes its edges, its class and its score.
    package init(
      left: Float, top: Float, right: Float, bottom: Float, number: Int, score: Float
    ) {
      (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
      (self.number, self.score) = (number, score)
    }

    var area: Float { (right - left) * (bottom - top) }

    func holds(_ x: Float, _ y: Float) -> Bool { left <= x && x < right && top <= y && y < bottom }

    /// The area in common with a position, as a share of the smaller of the two.
    func cover(_ position: Position) -> Float {
      let unit = 1 / Float(grid)
      let (low, high) = (Float(position.column) * unit, Float(position.row) * unit)
      let side = Float(position.side) * unit
      let width = max(0, min(right, low + side) - max(left, low))
      let height = max(0, min(bottom, high + side) - max(top, high))
      return width * height / max(min(area, side * side), 1e-6)
    }
  }

  /// What the branches say of one picture.
  package struct Seen: Sendable {
    /// The mean share of each class in each cell, [class][cell].
    var stuff: [[Float]]
    /// The share of pixels of people in each cell.
    var people: [Float]
    /// Without people.
    var things: [Box]
    /// The highest probability that the classifier gives a class, of the whole and of each cell.
    var whole: Float
    var cells: [Float]

    /// Takes what each branch says.
    package init(
      stuff: [[Float]], people: [Float], things: [Box], whole: Float, cells: [Float]
    ) {
      (self.stuff, self.people, self.things) = (stuff, people, things)
      (self.whole, self.cells) = (whole, cells)
    }
  }

  /// Cells a side.
  static let grid = 4
  static let layers = 3
  static let person = "person"

  let sizes: ModelConfiguration.Evidence
  /// The number of people in the segmentation's classes, and in the detection's.
  let personStuff: Int
  let personThing: Int
  private let gates: [(number: Int, gate: ModelConfiguration.StuffGate)]

  package init(
    _ sizes: ModelConfiguration.Evidence, stuff: [ModelConfiguration.SeenClass],
    things: [ModelConfiguration.SeenClass]
  ) {
    self.sizes = sizes
    personStuff = stuff.firstIndex { $0.name == Self.person } ?? 0
    personThing = things.firstIndex { $0.name == Self.person } ?? 0
    gates = sizes.stuff.compactMap { gate in
      stuff.firstIndex { $0.name == gate.name }.map { ($0, gate) }
    }
  }

  /// What names each position of each layer; where nothing does, the classifier's words stay.
  package func decided(_ seen: Seen) -> [[Named?]] {
    let whole = whole(seen)
    var most: Position?
    if whole != person(whole?.sureness ?? 0), seen.people.contains(where: { $0 > 0 }) {
      let sums = Position.all(ofLayer: 2).map { ($0, sum($0, of: seen.people)) }
      most = sums.dropFirst().reduce(sums[0]) { $1.1 > $0.1 ? $1 : $0 }.0
    }
    let quarters = Position.all(ofLayer: 2).map { position in
      position == most
        ? person(mean(position, of: seen.people)) : other(seen, position)
    }
    return [[whole], quarters, Position.all(ofLayer: 3).map { cell(seen, $0) }]
  }

  private func person(_ sureness: Float) -> Named {
    Named(branch: .detection, number: personThing, sureness: sureness)
  }

  private func found(_ box: Box) -> Named {
    Named(branch: .detection, number: box.number, sureness: box.score)
  }

  /// People or a thing, by area and sureness, or stuff, where the classifier is unsure.
  private func whole(_ seen: Seen) -> Named? {
    guard seen.whole < sizes.unsure, let position = Position.all(ofLayer: 1).first else {
      return nil
    }
    let people = mean(position, of: seen.people)
    var (size, named) = (people, person(people))
    for box in seen.things where box.area * box.score > size {
      (size, named) = (box.area * box.score, found(box))
    }
    if size >= sizes.whole.area { return named }
    return seen.whole < sizes.whole.unsure ? stuff(seen, position, isUnsure: true) : nil
  }

  private func cell(_ seen: Seen, _ position: Position) -> Named? {
    let people = mean(position, of: seen.people)
    return people >= sizes.person.cell ? person(people) : other(seen, position)
  }

  /// Stuff, or a thing where the classifier is unsure.
  private func other(_ seen: Seen, _ position: Position) -> Named? {
    let isUnsure = position.cells.allSatisfy { seen.cells[$0] < sizes.unsure }
    return stuff(seen, position, isUnsure: isUnsure)
      ?? (isUnsure ? thing(seen, position) : nil)
  }

  /// The class of the greatest share that passes its gate.
  private func stuff(_ seen: Seen, _ position: Position, isUnsure: Bool) -> Named? {
    var greatest: Named?
    for (number, gate) in gates {
      let share = mean(position, of: seen.stuff[number])
      guard share >= (isUnsure ? gate.least : gate.certain), share > greatest?.sureness ?? -1 else {
        continue
      }
      greatest = Named(branch: .segmentation, number: number, sureness: share)
    }
    return greatest
  }

  /// The surest thing that is here.
  private func thing(_ seen: Seen, _ position: Position) -> Named? {
    var surest: Box?
    for box in seen.things where box.cover(position) >= sizes.thing.cover {
      if box.score > surest?.score ?? -1 { surest = box }
    }
    return surest.map(found)
  }

  private func sum(_ position: Position, of cells: [Float]) -> Float {
    position.cells.reduce(0) { $0 + cells[$1] }
  }

  private func mean(_ position: Position, of cells: [Float]) -> Float {
    sum(position, of: cells) / Float(position.side * position.side)
  }
}
