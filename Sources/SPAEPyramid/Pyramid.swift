/// A picture as words: one word of the vocabulary for every cell of every layer.
public struct Pyramid: Hashable, Sendable {
  /// The layers and their grids.
  public let shape: PyramidShape

  /// Indices into the vocabulary, layer after layer, row after row: `shape.wordCount` of them.
  public private(set) var words: [Int32]

  /// Makes a pyramid, or nil when the number of words does not fit the shape.
  public init?(shape: PyramidShape, words: [Int32]) {
    guard words.count == shape.wordCount else { return nil }
    self.shape = shape
    self.words = words
  }

  /// The word of one cell.
  public subscript(cell: CellAddress) -> Int32 {
    get { words[shape.index(of: cell)] }
    set { words[shape.index(of: cell)] = newValue }
  }
}
