import Dispatch
import SPAEEngine
import SPAEExplorer
import SPAEPyramid
import Synchronization

/// Paints the frames after a painted edit: where the film changes a word of what the edit covers,
/// the new one follows the edit too, for as long as the edited word holds.
///
/// One frame after the other, in the background; what is done shows at once. The paint belongs to a
/// state of the history: it ends when another begins, and what was painted is remembered.
final class FilmPainter: Sendable {
  private struct State {
    /// Another number for each beginning: older work ends.
    var number = 0
    /// The frames that are not painted yet.
    var waiting: Range<Int>?
    var progress = (done: 0, all: 0)
    /// What was painted for the last states.
    var finished: [(plan: PaintPlan, ahead: FilmEdit)] = []
  }

  private let reel: FilmReel
  private let tell: @Sendable (FilmNews) -> Void
  private let queue = DispatchQueue(label: "paint ahead", qos: .userInitiated)
  private let memory = PaintMemory()
  private let state = Mutex(State())

  init(_ reel: FilmReel, tell: @escaping @Sendable (FilmNews) -> Void) {
    (self.reel, self.tell) = (reel, tell)
  }

  /// Paints what a state leaves to be painted, and nothing else any more; `earlier` is what shows until
  /// then.
  func begin(_ plan: PaintPlan, after earlier: [FilmEdit.Run] = []) {
    let number = state.withLock { state in
      state.number += 1
      state.waiting = nil
      return state.number
    }
    guard !plan.isDone else { return }
    if let ahead = ahead(of: plan) {
      reel.show(ahead: ahead.runs)
      return ahead.runs.isEmpty ? () : tell(.painted(state: plan.state))
    }
    let paint = StatePaint(plan, of: reel)
    state.withLock { state in
      (state.waiting, state.progress) = (paint.waiting, paint.progress)
    }
    queue.async { self.work(paint, plan, earlier, number) }
  }

  /// Ends what is done.
  func cancel() {
    state.withLock { state in
      state.number += 1
      state.waiting = nil
    }
  }

  func finish() { queue.sync {} }

  /// Whether a frame waits for its paint.
  func paints(_ frame: Int) -> Bool { state.withLock { $0.waiting?.contains(frame) ?? false } }

  /// "12 of 80"; nil where nothing waits.
  var progress: String? {
    state.withLock { $0.waiting == nil ? nil : "\($0.progress.done) of \($0.progress.all)" }
  }

  /// What was painted ahead for a state; nil where that is not done.
  func ahead(of plan: PaintPlan) -> FilmEdit? {
    state.withLock { state in state.finished.first { $0.plan == plan }?.ahead }
  }

  /// What a state paints ahead, however long it takes; nil once it is cancelled.
  func painted(_ plan: PaintPlan, isCancelled: () -> Bool) throws -> FilmEdit? {
    // If it is being painted, that is the shortest way.
    queue.sync {}
    if let ahead = ahead(of: plan) { return ahead }
    var paint = StatePaint(plan, of: reel)
    do {
      while !paint.isDone {
        _ = try paint.advance(reel) { [memory, reel] request in
          try memory.painted(request, by: reel.model, isCancelled: isCancelled)
        }
      }
    } catch EngineError.cancelled {
      return nil
    }
    return keep(paint, of: plan)
  }

  // MARK: Work

  private static let states = 8

  @discardableResult
  private func keep(_ paint: StatePaint, of plan: PaintPlan) -> FilmEdit {
    let ahead = FilmEdit(verb: FilmEdit.ahead, runs: paint.runs())
    state.withLock { state in
      state.finished.append((plan, ahead))
      if state.finished.count > Self.states { state.finished.removeFirst() }
    }
    return ahead
  }

  private func isCurrent(_ number: Int) -> Bool { state.withLock { $0.number == number } }

  private func work(
    _ paint: StatePaint, _ plan: PaintPlan, _ earlier: [FilmEdit.Run], _ number: Int
  ) {
    var (paint, hasPainted) = (paint, false)
    do {
      while !paint.isDone {
        guard isCurrent(number) else { return }
        let frame = paint.next
        let isPainted = try paint.advance(reel) { [memory, reel] request in
          try memory.painted(request, by: reel.model) { !self.isCurrent(number) }
        }
        guard show(paint, earlier, number) else { return }
        if isPainted { report(frame, paint.progress, plan.state) }
        hasPainted = hasPainted || isPainted
      }
    } catch EngineError.cancelled {
      return
    } catch {
      return giveUp(plan, number, because: "\(error)")
    }
    keep(paint, of: plan)
    let isCurrent = state.withLock { state in
      if state.number == number { state.waiting = nil }
      return state.number == number
    }
    if isCurrent, hasPainted { tell(.painted(state: plan.state)) }
  }

  /// Shows what is painted so far; false where another state is painted by now.
  private func show(_ paint: StatePaint, _ earlier: [FilmEdit.Run], _ number: Int) -> Bool {
    state.withLock { state in
      guard state.number == number else { return false }
      reel.show(ahead: paint.runs(after: earlier))
      (state.waiting, state.progress) = (paint.waiting, paint.progress)
      return true
    }
  }

  private func report(_ frame: Int, _ progress: (done: Int, all: Int), _ plan: Int) {
    if frame == reel.current, let moment = try? reel.moment(ofFrame: frame) {
      tell(.shown(moment))
    }
    tell(.painting(done: progress.done, of: progress.all, state: plan))
  }

  private func giveUp(_ plan: PaintPlan, _ number: Int, because reason: String) {
    let isCurrent = state.withLock { state in
      guard state.number == number else { return false }
      state.waiting = nil
      return true
    }
    if isCurrent { tell(.notPainted(reason)) }
  }
}
