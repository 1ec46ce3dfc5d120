import SPAEPyramid

/// One edit laid over the frames of a film, frame after frame: each of its words holds for as long as
/// the words below it stay, and what a painted edit covers is painted again where they change.
struct PaintedLayer {
  /// Paints words of `below` as an edit would; those of the frame that are not `fresh` stay.
  typealias Paint = (_ request: PaintRequest) throws -> Pyramid

  private struct Open {
    let old: Int32
    let new: Int32
  }

  private let edit: FilmEdit
  /// The frame that was edited, and the one with which its shot ends.
  let start: Int
  private var end: Int
  private let typed: [CellAddress]
  /// The words that hold now, by their flat index.
  private var open: [Int: Open] = [:]
  /// The words of the frame before, with this edit.
  private var before: Pyramid?

  /// `cuts` are the film's key frames.
  init(_ edit: FilmEdit, cuts: [Int]) {
    self.edit = edit
    let start = edit.runs.map(\.frames.lowerBound).min() ?? 0
    self.start = start
    end = cuts.first { $0 > start } ?? .max
    typed = edit.isPainted ? edit.typed.map(\.cell) : []
  }

  /// Takes the film's key frames, of which there may be more by now.
  mutating func know(_ cuts: [Int]) { end = cuts.first { $0 > start } ?? .max }

  /// Whether some of its words hold, or are still to come.
  func isOpen(at frame: Int) -> Bool { frame < start || frame < end && !open.isEmpty }

  /// The flat indices of the words that it puts in a frame, as they were typed there.
  func begun(at frame: Int, _ shape: PyramidShape) -> Set<Int> {
    frame == start ? Set(edit.runs.map { shape.index(of: $0.cell) }) : []
  }

  /// The words of the next frame with this edit over those `below`; what is in `others` is not painted.
  mutating func advance(
    to frame: Int, below: Pyramid, others: Set<Int>, paint: Paint
  ) throws -> Pyramid {
    guard frame >= start, frame < end else {
      open = [:]
      return below
    }
    if frame == start { begin(below) } else { close(below) }
    var now = below
    for (index, word) in open { now[below.shape.cell(at: index)] = word.new }
    defer { before = now }
    guard let before, frame > start, edit.isPainted, !open.isEmpty else { return now }
    let held = typed.filter { open[below.shape.index(of: $0)] != nil }
    let changed = Set(now.words.indices.filter { now.words[$0] != before.words[$0] })
    let fresh = changed.intersection(area(of: held, below.shape)).subtracting(others)
    guard !fresh.isEmpty, let word = edit.typed.first?.new else { return now }
    let painted = try paint(
      PaintRequest(own: below, now: now, typed: held, word: word, fresh: fresh))
    for index in fresh where painted.words[index] != now.words[index] {
      open[index] = Open(old: below.words[index], new: painted.words[index])
      now[below.shape.cell(at: index)] = painted.words[index]
    }
    return now
  }

  private mutating func begin(_ below: Pyramid) {
    for run in edit.runs where run.frames.lowerBound == start {
      open[below.shape.index(of: run.cell)] = Open(old: below[run.cell], new: run.new)
    }
  }

  /// Ends the words below which the film has others; painted words end with the typed word above them.
  private mutating func close(_ below: Pyramid) {
    open = open.filter { below.words[$0.key] == $0.value.old }
    guard edit.isPainted else { return }
    let shape = below.shape
    let held = typed.filter { open[shape.index(of: $0)] != nil }
    guard held.count < typed.count else { return }
    let kept = Set(held.map { shape.index(of: $0) })
    open = open.filter { kept.contains($0.key) || belongs(shape.cell(at: $0.key), to: held, shape) }
  }

  /// Whether a painted word holds with some typed ones: with those above it, or, where it is beneath
  /// none, with any.
  private func belongs(
    _ cell: CellAddress, to held: [CellAddress], _ shape: PyramidShape
  ) -> Bool {
    guard !held.isEmpty else { return false }
    return held.contains { shape.overlap($0, cell) } || !typed.contains { shape.overlap($0, cell) }
  }

  /// The flat indices of the words that may be painted.
  private func area(of held: [CellAddress], _ shape: PyramidShape) -> Set<Int> {
    guard let top = held.first?.layer else { return [] }
    let beneath = (top + 1..<shape.depth + 1).flatMap { shape.cells(ofLayer: $0) }
      .filter { cell in held.contains { shape.overlap($0, cell) } }
    let painted = edit.runs.map(\.cell).filter { belongs($0, to: held, shape) }
    return Set((beneath + painted).map { shape.index(of: $0) })
      .subtracting(typed.map { shape.index(of: $0) })
  }
}

/// What is to be painted in a frame.
struct PaintRequest: Hashable, Sendable {
  /// The frame's words without the edit, and with what of it holds.
  let own: Pyramid
  let now: Pyramid
  /// The typed cells that hold, and their word.
  let typed: [CellAddress]
  let word: Int32
  /// The flat indices of the words that are painted; all others stay.
  let fresh: Set<Int>

  var kept: [Int: Int32] {
    Dictionary(
      uniqueKeysWithValues: now.words.indices.filter { !fresh.contains($0) }
        .map { ($0, now.words[$0]) })
  }
}
