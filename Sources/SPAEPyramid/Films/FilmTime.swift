/// Seconds of a clip, to the thousandth: where a film begins.
package struct FilmTime: Hashable, Sendable {
  private let milliseconds: Int

  /// The greatest that is written, in seconds: 30 years.
  private static let greatest = 1_000_000_000

  /// The clip's own beginning.
  package init() { milliseconds = 0 }

  /// The nearest time to some seconds; the beginning where they are none of a clip.
  package init(seconds: Double) {
    let isTime = seconds.isFinite && (0...Double(Self.greatest)).contains(seconds)
    milliseconds = isTime ? Int((1000 * seconds).rounded()) : 0
  }

  /// Reads `62` or `62.5`, with up to three digits after the point.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Self.digits(parts[0], atMost: 10), whole <= Self.greatest
    else { return nil }
    var rest = 0
    if parts.count == 2 {
      guard let digits = Self.digits(parts[1], atMost: 3) else { return nil }
      rest = (parts[1].utf8.count..<3).reduce(digits) { number, _ in 10 * number }
    }
    milliseconds = 1000 * whole + rest
  }

  package var seconds: Double { Double(milliseconds) / 1000 }

  package var isBeginning: Bool { milliseconds == 0 }

  private static func digits(_ text: some StringProtocol, atMost count: Int) -> Int? {
    guard (1...count).contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }
}

extension FilmTime: CustomStringConvertible {
  /// As it reads back: `62` or `62.5`.
  package var description: String {
    let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    guard rest > 0 else { return "\(whole)" }
    var digits = String(1000 + rest).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}
