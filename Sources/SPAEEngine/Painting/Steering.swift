public import SPAEPyramid

/// New words for some positions of a pyramid, whose colours the picture takes on.
public struct Steering: Hashable, Sendable {
  /// The new words, by their flat index.
  public var words: [Int: Int32]

  /// What the picture changes to beyond the positions themselves: all of some classes of the outlines.
  package var filled: ClassFill?

  /// Flat indices of new words that paint nothing themselves: finer ones say where.
  package var silent: Set<Int> = []

  /// Flat indices of other words that must stay.
  public var held: Set<Int>

  /// Classes of the segmentation branch that become a word wherever they are.
  package struct ClassFill: Hashable, Sendable {
    var numbers: [Int]
    var word: Int32
    /// Flat indices of words: of the classes, what hangs together with their positions; nil for all.
    var seeds: Set<Int>?

    /// How much of each part of the outlines is filled, [row, column].
    func shares(in outlines: Outlines, of shape: PyramidShape) -> [Float] {
      outlines.share(of: numbers, from: seeds?.map(shape.cell(at:)), of: shape)
    }
  }

  /// Makes new words, by their flat index; the words of `held` stay.
  public init(words: [Int: Int32], held: Set<Int> = []) { (self.words, self.held) = (words, held) }

  package init(words: [Int: Int32], filled: ClassFill?) {
    self.init(words: words)
    self.filled = filled
  }

  /// Makes the same word of some cells.
  public init(_ cells: some Sequence<CellAddress>, to word: Int32, of shape: PyramidShape) {
    self.init(words: Dictionary(cells.map { (shape.index(of: $0), word) }) { $1 })
  }

  /// The pyramid with the new words alone.
  public func applied(to pyramid: Pyramid) -> Pyramid {
    var words = pyramid.words
    for (index, word) in self.words where words.indices.contains(index) { words[index] = word }
    return Pyramid(shape: pyramid.shape, words: words) ?? pyramid
  }

  /// The same without the new words that paint nothing.
  var loud: Steering {
    var loud = self
    loud.words = words.filter { !silent.contains($0.key) }
    return loud
  }

  /// The layers of new words that others lie beneath, from the coarsest on.
  func paintedLayers(of shape: PyramidShape) -> [Int] {
    var layers = Set(loud.words.keys.map { shape.cell(at: $0).layer })
    if filled != nil { layers.insert(shape.finestMeaningLayer) }
    return layers.filter(shape.paints).sorted()
  }
}

extension PyramidShape {
  /// The layer of 4 x 4 positions, whose words say what is where.
  var finestMeaningLayer: Int { 3 }
}
