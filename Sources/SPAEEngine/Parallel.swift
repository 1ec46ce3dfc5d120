import Dispatch
import Glibc

/// How work is shared between threads.
public struct Parallel: Sendable {
  /// The number of threads that may work at once.
  public let threads: Int

  /// Below this many multiply-accumulates the work is done at once, on the caller's thread.
  static let leastWork = 1_000_000

  public init(threads: Int = Parallel.processors) {
    self.threads = max(1, threads)
  }

  /// The number of processors that this process may use.
  public static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Runs `body` on consecutive parts of `0..<count`, about four for each thread.
  func forEachPart(of count: Int, work: Int, _ body: @Sendable (Range<Int>) -> Void) {
    guard threads > 1, work >= Self.leastWork, count > 1 else { return body(0..<count) }
    let parts = min(count, 4 * threads)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      body(count * part / parts..<count * (part + 1) / parts)
    }
  }
}
