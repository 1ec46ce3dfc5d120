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
    /// What was painted for the last states; up to a frame where the film may go on there.
    var finished: [(state: Int, ahead: FilmEdit, end: Int?)] = []
    /// What goes on when the film has more frames.
    var paused: Work?
  }

  /// The paint of a state in the making.
  private struct Work {
    var paint: StatePaint
    let plan: PaintPlan
    let earlier: [FilmEdit.Run]
    let number: Int
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
      (state.waiting, state.paused) = (nil, nil)
      return state.number
    }
    guard !plan.isDone else { return }
    if !plan.isOpen, let ahead = ahead(of: plan) {
      reel.show(ahead: ahead.runs)
      return ahead.runs.isEmpty ? () : tell(.painted(state: plan.number))
    }
    let paint = StatePaint(plan, of: reel)
    state.withLock { state in
      (state.waiting, state.progress) = (paint.waiting, paint.progress)
    }
    let work = Work(paint: paint, plan: plan, earlier: earlier, number: number)
    queue.async { self.work(work) }
  }

  /// Ends what is done.
  func cancel() {
    state.withLock { state in
      state.number += 1
      (state.waiting, state.paused) = (nil, nil)
    }
  }

  func finish() { queue.sync {} }

  /// Whether a frame waits for its paint.
  func paints(_ frame: Int) -> Bool {
    let (isWaiting, work) = state.withLock { state -> (Bool, Work?) in
      let isWaiting = state.waiting?.contains(frame) ?? false
      defer { if isWaiting { state.paused = nil } }
      return (isWaiting, isWaiting ? state.paused : nil)
    }
    // The film has got that frame since.
    if let work { queue.async { self.work(work) } }
    return isWaiting
  }

  /// The frame from which on an edit is followed once it is asked for; nil where it goes no further.
  var pausedAt: Int? { state.withLock { $0.paused?.paint.next } }

  /// "12 of 80"; nil where nothing waits.
  var progress: String? {
    state.withLock { $0.waiting == nil ? nil : "\($0.progress.done) of \($0.progress.all)" }
  }

  /// What was painted ahead for a state; nil where that is not done.
  func ahead(of plan: PaintPlan) -> FilmEdit? {
    // What is painted in a state is the same whatever the file holds by now.
    guard !plan.isDone else { return nil }
    return state.withLock { state in state.finished.first { $0.state == plan.state }?.ahead }
  }

  /// The frame up to which a state is painted whose film may go on; nil where that is its end.
  func end(of plan: PaintPlan) -> Int? {
    guard plan.isOpen else { return nil }
    return state.withLock { state in state.finished.first { $0.state == plan.state }?.end }
  }

  /// What a state paints ahead in a film, however long it takes; nil once it is cancelled.
  func painted(
    _ plan: PaintPlan, of reel: FilmReel, isCancelled: () -> Bool
  ) throws -> FilmEdit? {
    // If it is being painted, that is the shortest way.
    queue.sync {}
    if !plan.isOpen, let ahead = ahead(of: plan) { return ahead }
    while reel.scan(atMost: 500) {}
    var paint = StatePaint(plan, of: reel)
    do {
      while !paint.isDone {
        _ = try paint.advance(reel) { [memory] request in
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
      state.finished.removeAll { $0.state == plan.state }
      state.finished.append((plan.state, ahead, paint.isOpen ? paint.next : nil))
      if state.finished.count > Self.states { state.finished.removeFirst() }
    }
    return ahead
  }

  private func isCurrent(_ number: Int) -> Bool { state.withLock { $0.number == number } }

  private func work(_ work: Work) {
    let (plan, earlier, number) = (work.plan, work.earlier, work.number)
    var (paint, hasPainted) = (work.paint, plan.isOpen)
    paint.extend(reel)
    do {
      while !paint.isDone {
        guard isCurrent(number) else { return }
        let frame = paint.next
        let isPainted = try paint.advance(reel) { [memory, reel] request in
          try memory.painted(request, by: reel.model) { !self.isCurrent(number) }
        }
        guard show(paint, earlier, number) else { return }
        if frame == reel.current { tell(.reached(frame: frame)) }
        if isPainted { report(paint.progress, plan.number) }
        hasPainted = hasPainted || isPainted
      }
    } catch EngineError.cancelled {
      return
    } catch {
      return end(number, .notPainted("\(error)"))
    }
    keep(paint, of: plan)
    if plan.isOpen, paint.isOpen, !reel.hasEnded {
      pause(Work(paint: paint, plan: plan, earlier: earlier, number: number))
    } else {
      end(number, hasPainted ? .painted(state: plan.number) : nil)
    }
  }

  /// Lets the frames that the film gets wait until they are asked for.
  private func pause(_ work: Work) {
    let before = state.withLock { state -> Range<Int>?? in
      guard state.number == work.number else { return nil }
      defer { (state.waiting, state.paused) = (work.paint.next..<Int.max, work) }
      return .some(state.waiting)
    }
    let frame = reel.current
    if let before, before?.contains(frame) ?? false { tell(.reached(frame: frame)) }
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

  private func report(_ progress: (done: Int, all: Int), _ plan: Int) {
    tell(.painting(done: progress.done, of: progress.all, state: plan))
  }

  /// Lets no frame wait any more, and says why; nothing where another state is painted by now.
  private func end(_ number: Int, _ news: FilmNews?) {
    let waiting = state.withLock { state -> Range<Int>?? in
      guard state.number == number else { return nil }
      defer { state.waiting = nil }
      return .some(state.waiting)
    }
    guard let waiting else { return }
    if let news { tell(news) }
    let frame = reel.current
    if waiting?.contains(frame) ?? false { tell(.reached(frame: frame)) }
  }
}
