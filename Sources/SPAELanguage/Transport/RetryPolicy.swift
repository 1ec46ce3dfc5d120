import Glibc

/// How long to wait for a server, and how often to ask one again that is busy or failed.
package struct RetryPolicy: Sendable {
  /// Seconds for one answer.
  package var seconds: Double
  package var attempts: Int
  /// Seconds before the second attempt; they double with each, up to `longestPause`.
  package var firstPause: Double
  package var longestPause: Double
  /// More seconds than this are not waited for, though a server asks for them.
  package var longestWait: Double
  private let sleep: @Sendable (Double) -> Void
  private let random: @Sendable () -> Double

  /// Takes how to wait for some seconds, and where numbers from 0 to 1 come from.
  package init(
    seconds: Double = 120, attempts: Int = 4, firstPause: Double = 0.5, longestPause: Double = 8,
    longestWait: Double = 60,
    sleep: @escaping @Sendable (Double) -> Void = { pause(seconds: $0) },
    random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
  ) {
    self.seconds = seconds
    self.attempts = attempts
    self.firstPause = firstPause
    self.longestPause = longestPause
    self.longestWait = longestWait
    self.sleep = sleep
    self.random = random
  }

  /// Whether a status may be another one next time.
  static func isPassing(_ status: Int) -> Bool { status == 429 || status >= 500 && status != 501 }

  /// Waits after an attempt, counted from 1: what the server asks for, or half to all of a pause
  /// that doubles, so that many who were refused do not come back together.
  func wait(after attempt: Int, asked: Double?, url: String) throws(LanguageError) {
    if let asked {
      guard asked <= longestWait else { throw .waitTooLong(url: url, seconds: asked) }
      return sleep(asked)
    }
    let pause = min(longestPause, firstPause * exp2(Double(attempt - 1)))
    sleep(pause * (0.5 + 0.5 * random()))
  }
}

/// Waits, and nothing else.
@usableFromInline func pause(seconds: Double) { usleep(UInt32(max(0, min(seconds, 4000)) * 1e6)) }
