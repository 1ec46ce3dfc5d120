package import SPAEPyramid

/// Decides what stands at each position of the upper layers, by whichever frozen branch is surest.
///
/// The classifier knows ImageNet's thousand classes, and none for people, sky, grass or roads. The
/// segmentation branch knows those by pixel, and takes animals for people; the detection branch
/// knows people and other things by box. Where one of the two is sure enough, a position's
/// candidates are the words of its class, and the classifier's elsewhere.
///
/// A position is a cell of the map (layer 3), which is 4 x 4 of a square, a quarter of the picture
/// (layer 2) or the whole (layer 1); of other pictures it is the region of a layer's position. People name the cells that they fill, and the whole or else the quarter that holds
/// most of them, so that other positions have room for what else there is.
package struct EvidenceMap: Sendable {
  /// The class that names a position, the branch that saw it, and how sure it was, 0 to 1.
  package struct Named: Hashable, Sendable {
    package enum Branch: Hashable, Sendable { case segmentation, detection }

    package var branch: Branch
    package var number: Int
    package var sureness: Float
    /// The number of what the class looks like there, if that is more than the class.
    package var look: Int?
  }

  /// The region of a layer's position, in the map's cells.
  struct Position: Hashable, Sendable {
    let rows: Range<Int>
    let columns: Range<Int>
    let grid: GridSize

    /// The numbers of its cells.
    var cells: [Int] {
      rows.flatMap { row in columns.map { row * grid.columns + $0 } }
    }

    /// Its edges in shares of the picture's sides.
    var left: Float { Float(columns.lowerBound) / Float(grid.columns) }
    var top: Float { Float(rows.lowerBound) / Float(grid.rows) }
    var right: Float { Float(columns.upperBound) / Float(grid.columns) }
    var bottom: Float { Float(rows.upperBound) / Float(grid.rows) }
    var area: Float {
      Float(columns.count) / Float(grid.columns) * (Float(rows.count) / Float(grid.rows))
    }
  }

  /// The positions of a layer, row after row, on a map of some cells.
  static func positions(of layer: GridSize, on grid: GridSize) -> [Position] {
    (0..<layer.count).map { position in
      Position(
        rows: adaptiveWindow(of: position / layer.columns, count: layer.rows, length: grid.rows),
        columns: adaptiveWindow(
          of: position % layer.columns, count: layer.columns, length: grid.columns),
        grid: grid)
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

    /// The area in common with a position.
    func area(in position: Position) -> Float {
      let width = max(0, min(right, position.right) - max(left, position.left))
      let height = max(0, min(bottom, position.bottom) - max(top, position.top))
      return width * height
    }

    /// The same as a share of the smaller of the two.
    func cover(_ position: Position) -> Float {
      area(in: position) / max(min(area, position.area), 1e-6)
    }
  }

  /// What the branches say of one picture.
  package struct Seen: Sendable {
    /// The map's cells.
    var grid: GridSize
    /// The mean share of each class in each cell, [class][cell].
    var stuff: [[Float]]
    /// The share of pixels of people in each cell.
    var people: [Float]
    /// Without people.
    var things: [Box]
    /// The highest probability that the classifier gives a class, of the whole and, without places,
    /// of each cell.
    var whole: Float
    var cells: [Float]
    /// The share of each look in each cell, [look][cell].
    package var looks: [[Float]] = []

    /// Takes what each branch says.
    package init(
      grid: GridSize = GridSize(rows: 4, columns: 4), stuff: [[Float]], people: [Float],
      things: [Box], whole: Float, cells: [Float]
    ) {
      self.grid = grid
      (self.stuff, self.people, self.things) = (stuff, people, things)
      (self.whole, self.cells) = (whole, cells)
    }
  }

  static let person = "person"

  let sizes: ModelConfiguration.Evidence
  /// The number of people in the segmentation's classes, and in the detection's.
  let personStuff: Int
  let personThing: Int
  /// What the segmentation's classes look like in some colours.
  let looks: [ClassLook]
  private let gates: [(number: Int, gate: ModelConfiguration.StuffGate)]

  package init(
    _ sizes: ModelConfiguration.Evidence, stuff: [ModelConfiguration.SeenClass],
    things: [ModelConfiguration.SeenClass]
  ) {
    self.sizes = sizes
    personStuff = stuff.firstIndex { $0.name == Self.person } ?? 0
    personThing = things.firstIndex { $0.name == Self.person } ?? 0
    looks = (sizes.looks ?? []).map { ClassLook($0, of: stuff) }
    gates = sizes.stuff.compactMap { gate in
      stuff.firstIndex { $0.name == gate.name }.map { ($0, gate) }
    }
  }

  /// What names each position of the first three layers, which have so many positions; where nothing
  /// does, the classifier's words stay.
  package func decided(
    _ seen: Seen, layers: [GridSize] = [1, 2, 4].map { GridSize(rows: $0, columns: $0) }
  ) -> [[Named?]] {
    let positions = layers.map { Self.positions(of: $0, on: seen.grid) }
    let wholes = positions[0].map { whole(seen, $0) }
    var most: Position?
    let namesPeople = wholes.contains { $0 == person($0?.sureness ?? 0) }
    if !namesPeople, seen.people.contains(where: { $0 > 0 }) {
      let sums = positions[1].map { ($0, sum($0, of: seen.people)) }
      most = sums.dropFirst().reduce(sums[0]) { $1.1 > $0.1 ? $1 : $0 }.0
    }
    let quarters = positions[1].map { position in
      position == most
        ? person(mean(position, of: seen.people)) : other(seen, position, stuffBelow: sizes.unsure)
    }
    let cells = positions[2].map { cell(seen, $0) }
    guard !seen.looks.isEmpty else { return [wholes, quarters, cells] }
    return zip(positions, [wholes, quarters, cells]).enumerated().map { layer, own in
      zip(own.0, own.1).map { looking(seen, $0, else: $1, isWhole: layer == 0) }
    }
  }

  /// What names a position where stuff may have a look: the one of the greatest share, unless a box
  /// names it or the classifier is sure.
  private func looking(
    _ seen: Seen, _ position: Position, else named: Named?, isWhole: Bool
  ) -> Named? {
    let best = isWhole ? seen.whole : position.cells.map { seen.cells[$0] }.max() ?? 0
    guard best < sizes.looksUnsure ?? 0, named?.branch != .detection else { return named }
    var greatest: Named?
    for (number, look) in looks.enumerated() {
      let share = mean(position, of: seen.looks[number])
      guard share >= look.least, share > greatest?.sureness ?? -1 else { continue }
      greatest = Named(
        branch: .segmentation, number: likeliest(of: look.classes, seen, position),
        sureness: share, look: number)
    }
    return greatest ?? named
  }

  /// The first class of the greatest share.
  private func likeliest(of classes: [Int], _ seen: Seen, _ position: Position) -> Int {
    let shares = classes.map { mean(position, of: seen.stuff[$0]) }
    let greatest = shares.max() ?? 0
    return classes[shares.firstIndex(of: greatest) ?? 0]
  }

  private func person(_ sureness: Float) -> Named {
    Named(branch: .detection, number: personThing, sureness: sureness)
  }

  private func found(_ box: Box) -> Named {
    Named(branch: .detection, number: box.number, sureness: box.score)
  }

  /// People or a thing, by area and sureness, or stuff, where the classifier is unsure.
  private func whole(_ seen: Seen, _ position: Position) -> Named? {
    guard seen.whole < sizes.unsure else { return nil }
    let people = mean(position, of: seen.people)
    var (size, named) = (people, person(people))
    for box in seen.things {
      let own = box.area(in: position) / position.area * box.score
      if own > size { (size, named) = (own, found(box)) }
    }
    if size >= sizes.whole.area { return named }
    return seen.whole < sizes.whole.unsure ? stuff(seen, position, isUnsure: true) : nil
  }

  private func cell(_ seen: Seen, _ position: Position) -> Named? {
    let people = mean(position, of: seen.people)
    guard people < sizes.person.cell else { return person(people) }
    return other(seen, position, stuffBelow: sizes.cellUnsure ?? sizes.unsure)
  }

  /// Stuff, where the classifier is less sure than a bound, or a thing where it is unsure.
  private func other(_ seen: Seen, _ position: Position, stuffBelow bound: Float) -> Named? {
    let best = position.cells.map { seen.cells[$0] }.max() ?? 0
    return stuff(seen, position, isUnsure: best < bound)
      ?? (best < sizes.unsure ? thing(seen, position) : nil)
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
    sum(position, of: cells) / Float(position.rows.count * position.columns.count)
  }
}
