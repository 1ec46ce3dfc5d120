package import SPAEPyramid

/// A part of a picture of words: what the region of a position shows.
package struct PicturePart: Hashable, Sendable {
  /// The words of the whole picture, of the model that takes the part.
  package var pyramid: Pyramid

  /// The position; the one of layer 1 is all of a square.
  package var cell: CellAddress

  /// Takes a position of a pyramid, which must have it.
  package init(pyramid: Pyramid, cell: CellAddress) {
    (self.pyramid, self.cell) = (pyramid, cell)
  }
}

/// A word for a block of positions, and parts of other pictures that show what it says.
package struct Bringing: Hashable, Sendable {
  /// Where one of the parts is put.
  package let block: CellBlock

  package let word: Int32

  /// The word goes to these, by their flat index: the block's, and others that say the same of it.
  package var positions: Set<Int>

  /// Which of them is put there is the engine's choice.
  package var parts: [PicturePart]

  /// Flat indices of other words that must stay.
  package var held: Set<Int> = []

  /// Brings a word into all of a block of a pyramid of a shape.
  package init(
    _ word: Int32, into block: CellBlock, of shape: PyramidShape, from parts: [PicturePart]
  ) {
    (self.word, self.block, self.parts) = (word, block, parts)
    positions = Set(block.cells.map(shape.index(of:)))
  }
}
