import Dispatch
import SPAEEngine
import SPAEExplorer
import SPAEPixels
import SPAEPyramid
import Synchronization

/// Paints the frames after a painted edit: where the film changes a word of what the edit covers,
/// the new one follows the edit too, for as long as the edited word holds.
///
/// One frame after the other, in the background; what is done shows at once.
final class FilmPainter: Sendable {
  private struct State {
    /// Another number for each beginning: older work ends.
    var number = 0
    /// The frames that are not painted yet.
    var waiting: Range<Int>?
    var from = 0
  }

  private let reel: FilmReel
  private let tell: @Sendable (FilmNews) -> Void
  private let queue = DispatchQueue(label: "paint ahead", qos: .userInitiated)
  private let state = Mutex(State())

  init(_ reel: FilmReel, tell: @escaping @Sendable (FilmNews) -> Void) {
    (self.reel, self.tell) = (reel, tell)
  }

  /// Paints what the edits of the film that hold now leave to be painted.
  func begin() {
    let jobs = reel.edits.enumerated().flatMap { index, edit in
      Job.all(of: edit, index: index, shape: reel.header.shape)
    }
    guard let first = jobs.map(\.frames.lowerBound).min(),
      let last = jobs.map(\.frames.upperBound).max()
    else { return }
    let number = state.withLock { state in
      state.number += 1
      (state.waiting, state.from) = (first..<last, first)
      return state.number
    }
    queue.async { self.work(jobs, first..<last, number) }
  }

  /// Ends what is done; what is painted so far stays in the reel.
  func cancel() {
    state.withLock { state in
      state.number += 1
      state.waiting = nil
    }
    queue.sync {}
  }

  func finish() { queue.sync {} }

  /// Tells of an effect that is due once what is being painted is done, or given up.
  func postpone(_ effect: SessionEffect) { queue.async { self.tell(.due(effect)) } }

  /// Whether a frame waits for its paint.
  func paints(_ frame: Int) -> Bool { state.withLock { $0.waiting?.contains(frame) ?? false } }

  /// "12 of 80"; nil where nothing waits.
  var progress: String? {
    state.withLock { state in
      state.waiting.map { "\($0.lowerBound - state.from) of \($0.upperBound - state.from)" }
    }
  }

  // MARK: Work

  private func isCurrent(_ number: Int) -> Bool { state.withLock { $0.number == number } }

  private func work(_ jobs: [Job], _ frames: Range<Int>, _ number: Int) {
    var ahead = Ahead()
    reel.reach(frames.upperBound - 1)
    for frame in frames where isCurrent(number) {
      do {
        let isPainted = try paint(frame, jobs, &ahead, number)
        let isCurrent = state.withLock { state in
          if state.number == number { state.waiting = frame + 1..<frames.upperBound }
          return state.number == number
        }
        if isPainted, isCurrent { report(frame, frames) }
      } catch {
        state.withLock { if $0.number == number { $0.waiting = nil } }
        return
      }
    }
    guard isCurrent(number) else { return }
    state.withLock { if $0.number == number { $0.waiting = nil } }
    if !ahead.runs.isEmpty { tell(.painted) }
  }

  private func report(_ frame: Int, _ frames: Range<Int>) {
    if frame == reel.current, let moment = try? reel.moment(ofFrame: frame) {
      tell(.shown(moment))
    }
    tell(.painting(done: frame - frames.lowerBound + 1, of: frames.count))
  }

  /// Paints a frame; false where there is nothing to paint.
  private func paint(
    _ frame: Int, _ jobs: [Job], _ ahead: inout Ahead, _ number: Int
  ) throws -> Bool {
    guard let before = try reel.words(ofFrame: frame - 1)?.shown else { return false }
    ahead.advance(to: frame)
    for job in jobs where job.frames.upperBound == frame { ahead.end(job.area) }
    reel.show(ahead: ahead.runs)
    guard let now = try reel.words(ofFrame: frame)?.shown else { return false }
    // What the film changes was not painted by the frame before, whatever ended it.
    let changed = Set(now.words.indices.filter { now.words[$0] != before.words[$0] })
    ahead.end(changed)
    var isPainted = false
    for job in jobs where job.frames.contains(frame) {
      // A frame is painted as a whole: what was painted in it before is not painted around.
      guard reel.begun(at: frame, by: FilmEdit.ahead).isDisjoint(with: job.area) else { continue }
      let fresh = changed.intersection(job.area).subtracting(reel.begun(at: frame))
      guard !fresh.isEmpty else { continue }
      isPainted = true
      let painted = try words(of: frame, job, now, fresh) { !isCurrent(number) }
      ahead.begin(fresh, at: frame, from: now, to: painted)
    }
    reel.show(ahead: ahead.runs)
    return isPainted
  }

  /// The words of a frame after the edit, where some of them are still the film's own.
  private func words(
    of frame: Int, _ job: Job, _ now: Pyramid, _ fresh: Set<Int>, isCancelled: () -> Bool
  ) throws -> Pyramid {
    guard let own = try reel.words(ofFrame: frame, beforeEdit: job.index) else { return now }
    let model = reel.model
    let kept = Dictionary(
      uniqueKeysWithValues: now.words.indices.filter { !fresh.contains($0) }
        .map { ($0, now.words[$0]) })
    let evidence = model.evidence(of: try model.decode(own), fit: .whole, shape: own.shape)
    return try model.steer(
      own, Steering(job.typed, to: job.word, of: own.shape), evidence: evidence, keeping: kept,
      isCancelled: isCancelled)
  }
}

/// What is to be painted for one edit.
private struct Job {
  /// The edit's place among those that hold.
  let index: Int
  let typed: [CellAddress]
  let word: Int32
  /// Flat indices of the words that may be painted.
  let area: Set<Int>
  /// The frames after the edit in which these words hold.
  let frames: Range<Int>

  /// What an edit paints ahead: of each stretch of frames in which the same typed words hold.
  static func all(of edit: FilmEdit, index: Int, shape: PyramidShape) -> [Job] {
    guard edit.isPainted, let first = edit.typed.first else { return [] }
    var start = first.frames.lowerBound + 1
    var jobs: [Job] = []
    for end in Set(edit.typed.map(\.frames.upperBound)).sorted() where start < end {
      let held = edit.typed.filter { $0.frames.upperBound >= end }
      jobs.append(Job(edit, held, index: index, frames: start..<end, shape: shape))
      start = end
    }
    return jobs
  }

  private init(
    _ edit: FilmEdit, _ held: [FilmEdit.Run], index: Int, frames: Range<Int>, shape: PyramidShape
  ) {
    (self.index, self.frames, typed, word) = (index, frames, held.map(\.cell), held[0].new)
    let top = held[0].cell.layer
    let beneath = (top + 1..<shape.depth + 1).flatMap { shape.cells(ofLayer: $0) }.filter { cell in
      held.contains { shape.overlap($0.cell, cell) }
    }
    let painted = edit.runs.filter { $0.frames.upperBound > frames.lowerBound }.map(\.cell)
    area = Set((beneath + painted).map { shape.index(of: $0) })
      .subtracting(edit.typed.map { shape.index(of: $0.cell) })
  }
}

/// The words that were painted ahead, cell by cell.
private struct Ahead {
  private struct Open {
    let start: Int
    let old: Int32
    let new: Int32
  }

  private var open: [Int: Open] = [:]
  private var closed: [FilmEdit.Run] = []
  private var end = 0
  private var shape: PyramidShape?

  /// All of them, up to the frame that it went on to.
  var runs: [FilmEdit.Run] {
    closed + open.sorted { $0.key < $1.key }.compactMap { run($0.key, $0.value, end) }
  }

  private func run(_ index: Int, _ open: Open, _ end: Int) -> FilmEdit.Run? {
    guard let shape, open.start < end else { return nil }
    return FilmEdit.Run(
      cell: shape.cell(at: index), frames: open.start..<end, old: open.old, new: open.new)
  }

  /// What stands goes on through a frame.
  mutating func advance(to frame: Int) { end = frame + 1 }

  /// Ends the words that the film changes in the frame that it went on to.
  mutating func end(_ changed: Set<Int>) {
    for index in changed {
      guard let ended = open.removeValue(forKey: index) else { continue }
      if let run = run(index, ended, end - 1) { closed.append(run) }
    }
  }

  mutating func begin(_ indices: Set<Int>, at frame: Int, from old: Pyramid, to new: Pyramid) {
    shape = old.shape
    for index in indices where old.words[index] != new.words[index] {
      open[index] = Open(start: frame, old: old.words[index], new: new.words[index])
    }
  }
}

extension FilmReel {
  /// The flat indices of the words that some edit, perhaps of one verb, puts from a frame on.
  fileprivate func begun(at frame: Int, by verb: String? = nil) -> Set<Int> {
    Set(
      edits.filter { verb == nil || $0.verb == verb }.flatMap(\.runs)
        .filter { $0.frames.lowerBound == frame }
        .map { header.shape.index(of: $0.cell) })
  }
}
