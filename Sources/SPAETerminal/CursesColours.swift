import CNcurses
import SPAEColour
import SPAEGraphics
import SPAEScreen

/// Gives colours to curses: their numbers, and the pairs in which curses wants them.
struct CursesColours {
  private enum Depth: Hashable {
    case none
    case palette(Palette)
    case direct
  }

  private struct Pair: Hashable {
    let foreground, background: Int32
  }

  private let depth: Depth
  /// What stands for the terminal's own colours.
  private let own: Pair
  /// Pair 0 is the terminal's own.
  private let limit: Int
  private var numbers: [Pair: Int32] = [:]
  private var free: [Int32] = []
  /// The nearest colour is looked for once.
  private var known: [Attributes: Pair] = [:]

  var isMonochrome: Bool { depth == .none }

  /// Starts colours where the terminal has them; after `newterm`.
  init(wanted: ColourDepth) {
    guard wanted != .none, has_colors(), start_color() == OK else {
      (depth, own, limit) = (.none, Pair(foreground: 0, background: 0), 1)
      return
    }
    let hasOwn = use_default_colors() == OK
    own = hasOwn ? Pair(foreground: -1, background: -1) : Pair(foreground: 7, background: 0)
    limit = Int(min(spae_curses_pairs(), 1 << 16))
    switch spae_curses_colours() {
    case (1 << 24)...: depth = .direct
    case 256...: depth = .palette(.colours256)
    case 16...: depth = .palette(.colours16)
    case 8...: depth = .palette(.colours8)
    default: depth = .none
    }
  }

  /// The number of the pair for a foreground and a background; nil when all are taken.
  mutating func pair(for look: Attributes) -> Int32? {
    guard depth != .none else { return 0 }
    let pair = colours(of: look)
    if pair == Pair(foreground: -1, background: -1) { return 0 }
    if let number = numbers[pair] { return number }
    guard let number = free.popLast() ?? next else { return nil }
    init_extended_pair(number, pair.foreground, pair.background)
    numbers[pair] = number
    return number
  }

  /// Takes back all pairs but some: those which are on the screen.
  mutating func keep(_ used: Set<Int32>) {
    free += numbers.values.filter { !used.contains($0) }
    numbers = numbers.filter { used.contains($0.value) }
    known = [:]
  }

  private var next: Int32? {
    numbers.count + 1 < limit && free.isEmpty ? Int32(numbers.count + 1) : nil
  }

  private mutating func colours(of look: Attributes) -> Pair {
    var colours = Attributes(foreground: look.foreground, background: look.background)
    colours.bold = false
    if let pair = known[colours] { return pair }
    let pair = mapped(colours)
    known[colours] = pair
    return pair
  }

  private func mapped(_ look: Attributes) -> Pair {
    switch depth {
    case .none: own
    case .direct:
      Pair(
        foreground: look.foreground.map { Self.value($0) } ?? own.foreground,
        background: look.background.map { Self.value($0) } ?? own.background)
    case .palette(let palette):
      mapped(palette.nearest(foreground: look.foreground, background: look.background))
    }
  }

  private func mapped(_ numbers: (foreground: Int?, background: Int?)) -> Pair {
    Pair(
      foreground: numbers.foreground.map { Int32($0) } ?? own.foreground,
      background: numbers.background.map { Int32($0) } ?? own.background)
  }

  private static func value(_ colour: RGB) -> Int32 {
    Int32(colour.red) << 16 | Int32(colour.green) << 8 | Int32(colour.blue)
  }
}
