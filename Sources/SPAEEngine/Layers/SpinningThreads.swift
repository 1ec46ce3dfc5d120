import CKernels
import Glibc
import Synchronization

/// Threads that spin between the short pieces of work of one picture.
///
/// Waking a sleeping thread takes as long as one layer of an edit. So helpers are woken once, and
/// spin until the leader has distributed its last piece. A helper that the system does not schedule
/// costs nothing: the leader does every part that no helper has taken.
final class SpinningThreads: @unchecked Sendable {
  /// The current piece of work: its number, how many parts it has, and the next part to take.
  private struct Ticket {
    var bits: UInt64

    init(turn: UInt64, parts: Int) { bits = turn << 40 | UInt64(parts) << 20 }
    init(bits: UInt64) { self.bits = bits }

    var turn: UInt64 { bits >> 40 }
    var parts: Int { Int(bits >> 20 & 0xFFFFF) }
    var next: Int { Int(bits & 0xFFFFF) }
  }

  private static let stopped = UInt64.max
  private static let patience = 500
  private let ticket = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)
  /// Set by the leader alone, before the ticket of the piece.
  private var work: @Sendable (Int) -> Void = { _ in }

  /// Called by the leader: runs `body` for 0..<parts, together with the helpers.
  func share(_ parts: Int, _ body: @Sendable (Int) -> Void) {
    let last = Ticket(bits: ticket.load(ordering: .relaxed))
    withoutActuallyEscaping(body) { body in
      work = body
      finished.store(0, ordering: .relaxed)
      let turn = (last.turn + 1) & 0x7FFFFF  // so that no ticket equals `stopped`
      ticket.store(Ticket(turn: turn, parts: parts).bits, ordering: .releasing)
      while takePart() {}
      var patience = Self.patience
      while finished.load(ordering: .acquiring) < parts { rest(&patience) }
      work = { _ in }
    }
  }

  /// Called by each helper: takes parts until the leader calls `stop`, or it is needed elsewhere.
  func help(while isFree: () -> Bool) {
    var patience = Self.patience
    while ticket.load(ordering: .relaxed) != Self.stopped, isFree() {
      if takePart() { patience = Self.patience } else { rest(&patience) }
    }
  }

  /// Pauses; after some hundred times it yields, since the thread it waits for may need the processor.
  private func rest(_ patience: inout Int) {
    patience -= 1
    if patience > 0 { spae_pause() } else { sched_yield() }
  }

  func stop() { ticket.store(Self.stopped, ordering: .releasing) }

  /// Does the next part of the current piece, if one is left.
  private func takePart() -> Bool {
    let seen = ticket.load(ordering: .relaxed)
    let offer = Ticket(bits: seen)
    guard seen != Self.stopped, offer.next < offer.parts else { return false }
    let (taken, _) = ticket.compareExchange(
      expected: seen, desired: seen + 1, ordering: .acquiring)
    guard taken else { return true }
    perform(offer.next)
    finished.add(1, ordering: .releasing)
    return true
  }

  /// Never inlined: it must have released the closure before the leader sees that it has finished.
  @inline(never) private func perform(_ part: Int) { work(part) }
}
