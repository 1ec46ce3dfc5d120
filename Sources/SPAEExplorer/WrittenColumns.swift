/// Where the words of a layer's columns begin, so that each of them is whole.
///
/// A sign stands before each word and one behind it. Where a row does not fit on a line, its words
/// stand on two or three, each further to the right than the one before it, as bricks lie.
struct WrittenColumns: Hashable {
  static let mostLines = 3
  /// How far a word on another line is moved to the right.
  private static let step = 3

  /// The lines that a row of words takes.
  let lines: Int
  /// Where the sign before the word of each column stands.
  let starts: [Int]
  /// The room that is needed.
  let width: Int

  /// Puts columns on so many lines; `longest` is the width of the longest word of each.
  init(longest: [Int], lines: Int) {
    var (starts, width) = ([Int](), 0)
    for (column, length) in longest.enumerated() {
      let beside = column >= lines ? starts[column - lines] + longest[column - lines] + 1 : 0
      let indented = column > 0 && lines > 1 ? starts[column - 1] + Self.step : 0
      starts.append(max(beside, indented))
      width = max(width, starts[column] + length + 2)
    }
    (self.lines, self.starts, self.width) = (lines, starts, width)
  }

  /// Puts them on the fewest lines at which they fit, and spreads them over the room; nil where
  /// they do not.
  init?(longest: [Int], room: Int, mostLines: Int = mostLines) {
    let fitting = Self.all(longest, mostLines).first { $0.width <= room }
    guard let found = fitting else { return nil }
    let (extra, count) = (room - found.width, longest.count)
    lines = found.lines
    width = room
    starts = found.starts.enumerated().map { $1 + $0 * extra / count }
  }

  /// All ways to write them, from one line on.
  static func all(_ longest: [Int], _ mostLines: Int = mostLines) -> [WrittenColumns] {
    mostLines < 1
      ? [] : (1...min(mostLines, longest.count)).map { WrittenColumns(longest: longest, lines: $0) }
  }

  /// The line of a row on which a column's word stands.
  func line(ofColumn column: Int) -> Int { column % lines }

  /// The room from a column's sign to the next word on its line, or to the end.
  func room(ofColumn column: Int) -> Int {
    (column + lines < starts.count ? starts[column + lines] : width) - starts[column]
  }

  /// The column whose word is at a place on one of the lines.
  func column(at place: Int, line: Int) -> Int? {
    starts.indices.last { $0 % lines == line && starts[$0] <= place }
  }
}
