/// A part of a plane or of a picture, in its rows and columns.
public struct Rectangle: Hashable, Sendable {
  /// The rows, from the top.
  public var rows: Range<Int>
  /// The columns, from the left.
  public var columns: Range<Int>

  /// The cells or pixels in both ranges.
  public init(rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }

  /// The number of its cells or pixels.
  public var area: Int { rows.count * columns.count }

  /// The least rectangle that holds both.
  public func union(_ other: Rectangle) -> Rectangle {
    Rectangle(
      rows: min(
        rows.lowerBound, other.rows.lowerBound)..<max(
          rows.upperBound, other.rows.upperBound),
      columns: min(
        columns.lowerBound, other.columns.lowerBound)..<max(
          columns.upperBound, other.columns.upperBound))
  }

  /// The rectangle with some more rows and columns on each side, cut off at `bounds`.
  func grown(by margin: Int, within bounds: Rectangle) -> Rectangle {
    func grown(_ range: Range<Int>, _ limit: Range<Int>) -> Range<Int> {
      (range.lowerBound - margin..<range.upperBound + margin).clamped(to: limit)
    }
    return Rectangle(
      rows: grown(rows, bounds.rows), columns: grown(columns, bounds.columns))
  }

  /// The first of its rows that hold so many cells.
  func firstRows(holding count: Int) -> Rectangle {
    let height = (count + columns.count - 1) / columns.count
    return Rectangle(rows: rows.prefix(height), columns: columns)
  }

  /// The same part of a plane whose resolution is `factor` times as fine.
  func scaled(by factor: Int) -> Rectangle {
    Rectangle(
      rows: rows.lowerBound * factor..<rows.upperBound * factor,
      columns: columns.lowerBound * factor..<columns.upperBound * factor)
  }
}

/// Runs work on a rectangle in bands of rows, each done well within a millisecond, and passes a
/// checkpoint before each of them; `work` counts multiply-accumulates for each pixel.
func inBands<E>(
  of area: Rectangle, work: Int, checkpoint: () throws(E) -> Void, _ body: (Rectangle) -> Void
) throws(E) {
  let greatestBand = 32_000_000
  let height = max(1, greatestBand / max(1, work * area.columns.count))
  for top in stride(from: area.rows.lowerBound, to: area.rows.upperBound, by: height) {
    try checkpoint()
    let rows = top..<min(top + height, area.rows.upperBound)
    body(Rectangle(rows: rows, columns: area.columns))
  }
}
