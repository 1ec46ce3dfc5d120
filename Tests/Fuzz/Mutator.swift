/// A small generator whose numbers depend on its seed alone.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Damages files: the same seed makes the same damage.
struct Mutator {
  private enum Damage: CaseIterable {
    case flip, overwrite, insert, delete, splice, token
  }

  private let fixtures: [[UInt8]]
  private let tokens: [[UInt8]]
  private var random: SplitMix64

  /// `tokens` are texts on which a parser's branches hang.
  init(fixtures: [[UInt8]], tokens: [String], seed: UInt64) {
    self.fixtures = fixtures
    self.tokens = tokens.map { Array($0.utf8) }
    random = SplitMix64(seed: seed)
  }

  /// One fixture with one to four damages.
  mutating func next() -> [UInt8] {
    var bytes = fixtures.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&bytes) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    let start = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, start + Int.random(in: 1...16, using: &random))
    switch Damage.allCases.randomElement(using: &random) ?? .flip {
    case .flip:
      guard start < end else { return }
      bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case .overwrite:
      for index in start..<end { bytes[index] = anyByte() }
    case .insert:
      bytes.insert(contentsOf: (start..<start + 8).map { _ in anyByte() }, at: start)
    case .delete:
      bytes.removeSubrange(start..<end)
    case .splice:
      bytes.replaceSubrange(start..<end, with: anyPart())
    case .token:
      bytes.replaceSubrange(start..<end, with: tokens.randomElement(using: &random) ?? [])
    }
  }

  /// Often one of the extremes, where signs and lengths turn.
  private mutating func anyByte() -> UInt8 {
    let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
    return Bool.random(using: &random)
      ? .random(in: 0...255, using: &random) : extremes.randomElement(using: &random) ?? 0
  }

  private mutating func anyPart() -> ArraySlice<UInt8> {
    let other = fixtures.randomElement(using: &random) ?? []
    let start = Int.random(in: 0...other.count, using: &random)
    return other[start..<min(other.count, start + Int.random(in: 1...64, using: &random))]
  }
}
