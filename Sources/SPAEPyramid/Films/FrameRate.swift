/// The frames of a film in a second, as a fraction in lowest terms.
package struct FrameRate: Hashable, Sendable {
  package let numerator: Int
  package let denominator: Int

  /// The greatest numerator and denominator.
  package static let greatest = 1_000_000_000

  /// Makes a rate, or nil where a part is not from 1 to `greatest`.
  package init?(_ numerator: Int, per denominator: Int = 1) {
    let allowed = 1...Self.greatest
    guard allowed.contains(numerator), allowed.contains(denominator) else { return nil }
    let divisor = greatestCommonDivisor(numerator, denominator)
    (self.numerator, self.denominator) = (numerator / divisor, denominator / divisor)
  }

  /// Reads `25`, `29.97` or `30000/1001`.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1:
      guard let rate = Self.decimal(text) else { return nil }
      self = rate
    case 2:
      guard let numerator = Self.digits(parts[0]), let denominator = Self.digits(parts[1]) else {
        return nil
      }
      self.init(numerator, per: denominator)
    default: return nil
    }
  }

  package var framesPerSecond: Double { Double(numerator) / Double(denominator) }

  /// The seconds from the first frame to one that is counted from 0.
  package func seconds(toFrame frame: Int) -> Double {
    Double(frame) * Double(denominator) / Double(numerator)
  }

  /// `25`, or `29.97` with up to six digits after the point.
  private static func decimal(_ text: some StringProtocol) -> FrameRate? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = digits(parts[0]) else { return nil }
    guard parts.count == 2 else { return FrameRate(whole) }
    guard parts[1].utf8.count <= 6, let part = digits(parts[1]) else { return nil }
    let scale = (0..<parts[1].utf8.count).reduce(1) { power, _ in 10 * power }
    return whole <= greatest ? FrameRate(whole * scale + part, per: scale) : nil
  }

  /// A number of up to ten digits without a sign.
  private static func digits(_ text: some StringProtocol) -> Int? {
    guard (1...10).contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }
}

extension FrameRate: CustomStringConvertible {
  /// As it reads back: `25`, `29.97`, or a fraction where that is no number of two digits after the
  /// point.
  package var description: String {
    if denominator == 1 { return "\(numerator)" }
    guard 100 % denominator == 0, numerator <= Self.greatest / 100 else {
      return "\(numerator)/\(denominator)"
    }
    let hundredths = numerator * (100 / denominator)
    let (whole, rest) = (hundredths / 100, hundredths % 100)
    if rest % 10 == 0 { return "\(whole).\(rest / 10)" }
    return "\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b > 0 { (a, b) = (b, a % b) }
  return a
}
