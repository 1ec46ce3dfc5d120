import SPAEExplorer
import SPAEPyramid

/// What the edits of a state leave to be painted.
struct PaintPlan: Hashable, Sendable {
  /// The state's revision.
  let state: Int
  /// Its number, as a person counts the states.
  let number: Int
  /// What leads from the words of the file to the state before the first edit that is not painted yet.
  let base: [FilmEdit]
  /// That edit, and those after it.
  let pending: [FilmEdit]
  /// What leads from the words of the file to the state.
  let edits: [FilmEdit]
  /// Whether an edit goes on in frames that the film got after it was made, or may get.
  var isOpen = false

  /// Whether nothing is left to be painted or to be followed.
  var isDone: Bool { !isOpen && !pending.contains { $0.isPainted } }
}

/// The paint of a state, made frame after frame: what the state's edits lack.
///
/// It depends on nothing but the plan and the film, so that it is the same whenever an edit was typed:
/// before or after an earlier one was painted.
struct StatePaint {
  private let plan: PaintPlan
  private var layers: [PaintedLayer]
  private var difference = FilmRuns()
  private let first: Int
  private var last: Int
  private(set) var next: Int

  init(_ plan: PaintPlan, of reel: FilmReel) {
    self.plan = plan
    let runs = plan.pending.flatMap(\.runs)
    first = runs.map(\.frames.lowerBound).min() ?? 0
    last = runs.map(\.frames.upperBound).max() ?? first
    next = first
    reel.reach(last - 1)
    let cuts = reel.extent.cuts
    layers = plan.pending.map { PaintedLayer($0, cuts: cuts) }
  }

  /// The frames that are not painted yet, as far as is known, and how many are.
  var waiting: Range<Int> { max(next, first + 1)..<max(next, last, first + 1) }
  var progress: (done: Int, all: Int) {
    (max(0, next - first - 1), max(next, last) - first - 1)
  }
  var isDone: Bool { next >= last }
  /// Whether something holds in the frame that comes next, once the film has it.
  var isOpen: Bool { layers.contains { $0.isOpen(at: next) } }

  /// Takes up the frames that the film has got.
  mutating func extend(_ reel: FilmReel) {
    let extent = reel.extent
    for index in layers.indices { layers[index].know(extent.cuts) }
    if isOpen, next < extent.frames { last = max(last, next + 1) }
  }

  /// What was painted, with what an earlier paint has in the frames that are not.
  func runs(after earlier: [FilmEdit.Run] = []) -> [FilmEdit.Run] {
    difference.all(before: next) + earlier.compactMap { $0.from(next) }
  }

  /// Paints the next frame; false where nothing was to be painted. What it throws leaves it as it was.
  mutating func advance(_ reel: FilmReel, _ paint: PaintedLayer.Paint) throws -> Bool {
    guard let (base, shown) = try reel.words(ofFrame: next, after: plan.base, and: plan.edits)
    else {
      last = next
      return false
    }
    var (layers, words, isPainted) = (layers, base, false)
    var others = Set(
      plan.base.filter(\.isTyped).flatMap(\.runs).filter { $0.frames.lowerBound == next }
        .map { base.shape.index(of: $0.cell) })
    for index in layers.indices {
      words = try layers[index].advance(to: next, below: words, others: others) {
        isPainted = true
        return try paint($0)
      }
      others.formUnion(layers[index].begun(at: next, base.shape))
    }
    self.layers = layers
    difference.advance(to: next, from: shown, to: words)
    next += 1
    // What was typed may hold for longer than it did before the edits beneath it were painted.
    if next >= last, layers.contains(where: { $0.isOpen(at: next) }), next < reel.extent.frames {
      last = next + 1
    }
    return isPainted
  }
}

/// The differences of frames that follow each other, word by word.
struct FilmRuns {
  private struct Open {
    let start: Int
    let old: Int32
    let new: Int32
  }

  private var open: [Int: Open] = [:]
  private var closed: [FilmEdit.Run] = []
  private var shape: PyramidShape?

  /// Takes the next frame: what it is, and what it is to be.
  mutating func advance(to frame: Int, from old: Pyramid, to new: Pyramid) {
    shape = old.shape
    for (index, word) in open
    where old.words[index] != word.old || new.words[index] != word.new {
      open[index] = nil
      closed += [run(index, word, frame)].compactMap(\.self)
    }
    for index in old.words.indices
    where old.words[index] != new.words[index] && open[index] == nil {
      open[index] = Open(start: frame, old: old.words[index], new: new.words[index])
    }
  }

  /// All of them; what goes on ends before a frame.
  func all(before end: Int) -> [FilmEdit.Run] {
    closed + open.sorted { $0.key < $1.key }.compactMap { run($0.key, $0.value, end) }
  }

  private func run(_ index: Int, _ open: Open, _ end: Int) -> FilmEdit.Run? {
    guard let shape, open.start < end else { return nil }
    return FilmEdit.Run(
      cell: shape.cell(at: index), frames: open.start..<end, old: open.old, new: open.new)
  }
}

extension FilmEdit.Run {
  /// What is left of it from a frame on.
  fileprivate func from(_ frame: Int) -> FilmEdit.Run? {
    guard frame < frames.upperBound else { return nil }
    return FilmEdit.Run(
      cell: cell, frames: max(frame, frames.lowerBound)..<frames.upperBound, old: old, new: new)
  }
}
