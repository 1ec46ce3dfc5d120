import CKernels
import Glibc
import Synchronization

/// Threads that stay awake between the short pieces of work of one picture.
///
/// To wake a sleeping thread takes as long as a layer of an edit. So helpers are woken once and
/// wait, spinning, until the leader has shared out its last piece. A helper that the system does
/// not let run costs nothing: the leader does every part that nobody has taken.
final class SpinningThreads: @unchecked Sendable {
  /// What is shared out now: a turn's number, how many parts it has, and the next one to take.
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
  /// Set before its ticket, by the leader alone.
  private var work: @Sendable (Int) -> Void = { _ in }

  /// The leader's: runs `body` for 0..<parts, with whoever helps.
  func share(_ parts: Int, _ body: @Sendable (Int) -> Void) {
    let last = Ticket(bits: ticket.load(ordering: .relaxed))
    withoutActuallyEscaping(body) { body in
      work = body
      finished.store(0, ordering: .relaxed)
      let turn = (last.turn + 1) & 0x7FFFFF  // so that no ticket reads as `dismissed`
      ticket.store(Ticket(turn: turn, parts: parts).bits, ordering: .releasing)
      while takePart() {}
      var patience = Self.patience
      while finished.load(ordering: .acquiring) < parts { rest(&patience) }
      work = { _ in }
    }
  }

  /// The helpers': takes parts until the leader dismisses the team.
  func help() {
    var patience = Self.patience
    while ticket.load(ordering: .relaxed) != Self.stopped {
      if takePart() { patience = Self.patience } else { rest(&patience) }
    }
  }

  /// Waits an instant; after some of them, lets others use this processor, who may be waited for.
  private func rest(_ patience: inout Int) {
    patience -= 1
    if patience > 0 { spae_pause() } else { sched_yield() }
  }

  func stop() { ticket.store(Self.stopped, ordering: .releasing) }

  /// Does the next part of the turn, if there is one left.
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

  /// Never inlined: it must have let go of the closure before the leader hears that it is done.
  @inline(never) private func perform(_ part: Int) { work(part) }
}
