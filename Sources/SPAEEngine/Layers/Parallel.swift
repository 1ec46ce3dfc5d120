import Dispatch
import Glibc

/// How work is shared between threads.
public struct Parallel: Sendable {
  /// The number of threads that may work at once.
  public let threads: Int

  /// Threads that wait awake, while there are some.
  private var team: Team?

  /// Below this many multiply-accumulates the work is done at once, on the caller's thread.
  private static let leastWork = 1_000_000

  /// The same for threads that need not be woken.
  private static let leastTeamWork = 200_000

  public init(threads: Int = Parallel.processors) {
    self.threads = max(1, threads)
  }

  /// The number of processors that this process may use.
  public static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Runs `body` on consecutive parts of `0..<count`, about four for each thread.
  func forEachPart(of count: Int, work: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let least = team == nil ? Self.leastWork : Self.leastTeamWork
    guard threads > 1, work >= least, count > 1 else { return body(0..<count) }
    let parts = min(count, 4 * threads)
    @Sendable func run(_ part: Int) { body(count * part / parts..<count * (part + 1) / parts) }
    if let team {
      team.share(parts, run)
    } else {
      DispatchQueue.concurrentPerform(iterations: parts, execute: run)
    }
  }

  /// Runs a series of short pieces of work with threads that stay awake from first to last.
  func awake<Result, E>(_ body: (Parallel) throws(E) -> Result) throws(E) -> Result {
    guard threads > 1, team == nil else { return try body(self) }
    let team = Team()
    defer { team.dismiss() }
    for _ in 1..<threads { DispatchQueue.global(qos: .userInteractive).async { team.help() } }
    var awake = self
    awake.team = team
    return try body(awake)
  }
}
