/// The rows and columns of a grid.
public struct GridSize: Hashable, Sendable {
  /// From top to bottom.
  public var rows: Int
  /// From left to right.
  public var columns: Int

  /// Makes a size; nothing is checked.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// The number of cells.
  public var count: Int { rows * columns }

  package var shorter: Int { min(rows, columns) }
  package var longer: Int { max(rows, columns) }
  /// Whether there are as many rows as columns.
  public var isSquare: Bool { rows == columns }

  /// The grid whose cells are `factor` times as fine along both sides.
  package func scaled(by factor: Int) -> GridSize {
    GridSize(rows: rows * factor, columns: columns * factor)
  }

  /// The grid with half of the rows and columns, rounded up: what a stride of two leaves.
  package var halved: GridSize { GridSize(rows: (rows + 1) / 2, columns: (columns + 1) / 2) }
}

extension GridSize {
  /// As files and messages write it: the side of a square, or columns x rows, as sizes of pictures
  /// are written.
  package var text: String { isSquare ? "\(rows)" : "\(columns)x\(rows)" }

  /// Reads `text` back.
  package init?(text: some StringProtocol) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    switch parts.count {
    case 1:
      guard let side = parts[0] else { return nil }
      self.init(rows: side, columns: side)
    case 2:
      guard let columns = parts[0], let rows = parts[1] else { return nil }
      self.init(rows: rows, columns: columns)
    default: return nil
    }
  }
}

/// In JSON: 16, or "24x16" where it is no square.
extension GridSize: Codable {
  /// Reads what `encode` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let side = try? container.decode(Int.self) {
      self.init(rows: side, columns: side)
    } else if let size = Self(text: try container.decode(String.self)) {
      self = size
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected 16, or \"24x16\", as the size of a grid")
    }
  }

  /// Writes the side of a square, or columns x rows.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if isSquare { try container.encode(rows) } else { try container.encode(text) }
  }
}

/// The part of a line of `length` cells that each of `count` equal parts touches: whole cells, so
/// neighbours share one where the parts are not.
///
/// It is the window of an adaptive average pooling.
package func adaptiveWindow(of part: Int, count: Int, length: Int) -> Range<Int> {
  part * length / count..<((part + 1) * length + count - 1) / count
}
