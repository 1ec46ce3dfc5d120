import Dispatch
import Glibc
import Synchronization

/// How work is shared between threads.
public struct Parallel: Sendable {
  /// The number of threads that may work at once.
  public let threads: Int

  /// Threads that spin while they wait, during a series of work.
  private var spinning: SpinningThreads?

  /// How many of the threads do something else.
  private let elsewhere = Elsewhere()

  final class Elsewhere: Sendable {
    let threads = Atomic(0)
  }

  /// How many of the threads, the caller's included, may work now.
  private var free: Int { threads - elsewhere.threads.load(ordering: .relaxed) }

  /// Less work than this, in multiply-accumulates, is done on the caller's thread.
  private static let leastWork = 1_000_000

  /// The same while threads spin, which need no wake-up.
  private static let leastSpinningWork = 200_000

  /// At least one thread; by default as many as there are processors.
  public init(threads: Int = Parallel.processors) {
    self.threads = max(1, threads)
  }

  /// The number of processors that this process may use.
  public static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Runs `body` on consecutive parts of `0..<count`, about four for each thread.
  ///
  /// Layers that `body` runs must do so on its thread alone: threads that wait awake are given one
  /// work at a time.
  func forEachPart(of count: Int, work: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let least = spinning == nil ? Self.leastWork : Self.leastSpinningWork
    guard work >= least, count > 1, spinning != nil || free > 1 else { return body(0..<count) }
    let parts = min(count, 4 * threads)
    @Sendable func run(_ part: Int) { body(count * part / parts..<count * (part + 1) / parts) }
    if let spinning {
      spinning.share(parts, run)
    } else {
      DispatchQueue.concurrentPerform(iterations: parts, execute: run)
    }
  }

  /// Runs `body` once for each of two threads that spin, and tells whether there are two.
  func runPair(_ body: @Sendable (_ isFirst: Bool) -> Void) -> Bool {
    guard threads == 2, free == 2, let spinning else { return false }
    spinning.share(2) { body($0 == 0) }
    return true
  }

  /// Runs work of another kind on the caller's thread: meanwhile the others have one thread less, since
  /// one that loses its processor within a part keeps all of them waiting.
  func withoutThread<Result, E>(_ body: () throws(E) -> Result) throws(E) -> Result {
    elsewhere.threads.add(1, ordering: .relaxed)
    defer { elsewhere.threads.subtract(1, ordering: .relaxed) }
    return try body()
  }

  /// Runs a series of short pieces of work with threads that spin from the first to the last.
  func withSpinningThreads<Result, E>(_ body: (Parallel) throws(E) -> Result) throws(E) -> Result {
    guard threads > 1, spinning == nil else { return try body(self) }
    let spinning = SpinningThreads()
    defer { spinning.stop() }
    for helper in 1..<max(1, free) {
      DispatchQueue.global(qos: .userInteractive).async { spinning.help { helper < free } }
    }
    var spinningParallel = self
    spinningParallel.spinning = spinning
    return try body(spinningParallel)
  }
}
