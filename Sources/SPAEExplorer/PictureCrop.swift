/// A part of the decoded picture, which then fills the picture's box.
package struct PictureCrop: Hashable, Sendable {
  /// A side of the part, within the side of the whole picture, in pixels.
  package struct Side: Hashable, Sendable {
    package var start: Int
    package let length: Int
    package let whole: Int

    package init(start: Int, length: Int, whole: Int) {
      (self.start, self.length, self.whole) = (min(max(0, start), whole - length), length, whole)
    }

    /// The same around another middle.
    func centred(at middle: Int) -> Side {
      Side(start: middle - length / 2, length: length, whole: whole)
    }

    func contains(_ pixel: Int) -> Bool { (start..<start + length).contains(pixel) }
  }

  /// How many times larger it is shown than the whole.
  package let factor: Int
  package var rows: Side
  package var columns: Side

  package init(factor: Int, rows: Side, columns: Side) {
    (self.factor, self.rows, self.columns) = (factor, rows, columns)
  }

  /// Where parts of a side that is cut into `count` of them begin and end, where the crop, or else
  /// the whole side, is `shown` long.
  package static func edges(
    of parts: Range<Int>, count: Int, shown: Int, _ side: Side?
  ) -> Range<Int> {
    guard let side else {
      return parts.lowerBound * shown / count..<parts.upperBound * shown / count
    }
    func edge(_ part: Int) -> Int {
      (part * side.whole - side.start * count) * shown / (side.length * count)
    }
    return edge(parts.lowerBound)..<max(edge(parts.lowerBound), edge(parts.upperBound))
  }

  /// The part of a side at a place of what is shown.
  static func part(at place: Int, count: Int, shown: Int, _ side: Side?) -> Int {
    guard let side else { return place * count / shown }
    let pixel = side.start + (2 * place + 1) * side.length / (2 * shown)
    return min(count - 1, pixel * count / side.whole)
  }
}
