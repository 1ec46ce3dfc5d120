import SPAEPixels
public import SPAEPyramid

/// New words for some positions of a pyramid, whose colours the picture takes on.
public struct Steering: Hashable, Sendable {
  /// The new words, by their flat index.
  public var words: [Int: Int32]

  /// What the picture changes to beyond the positions themselves.
  package var filled: Fill?

  /// Flat indices of new words that paint nothing themselves: finer ones say where.
  package var silent: Set<Int> = []

  /// Flat indices of other words that must stay.
  public var held: Set<Int>

  /// What becomes a word wherever it is.
  package struct Fill: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
      /// Classes of the segmentation branch; with positions what hangs together with them.
      case classes([Int], from: Set<Int>?)
      /// A thing that is none of them: in boxes, or else at positions.
      case thing(in: [EvidenceMap.Box], at: Set<Int>)
    }

    /// Positions are flat indices of words.
    var subject: Subject
    var word: Int32

    /// What an earlier edit has filled with the old word.
    var put: Masks?
    /// What one has filled with another word, and stays.
    var kept: Masks?

    /// How much of each part of the outlines is filled, [row, column].
    func shares(in outlines: Outlines, of shape: PyramidShape) -> [Float] {
      switch subject {
      case .classes(let numbers, let seeds):
        outlines.share(of: numbers, from: seeds?.map(shape.cell(at:)), of: shape)
      case .thing(let boxes, let positions):
        outlines.shares(ofThingIn: boxes, orAt: positions.map(shape.cell(at:)), of: shape)
      }
    }

    /// Which pixels of a picture are filled, 0 to 1, [row, column]; of `receded` less at the rim.
    func masks(
      in outlines: Outlines, of shape: PyramidShape, for picture: PixelImage
    ) -> Masks {
      let shares = shares(in: outlines, of: shape)
      let seen =
        switch subject {
        // A sky that recedes by two leaves a light line before a tower.
        case .classes: outlines.fillMasks(of: shares, guidedBy: picture, rim: 1)
        case .thing: outlines.fillMasks(of: shares, guidedBy: picture, rim: 2, least: 0)
        }
      return Masks(whole: seen.whole, receded: seen.receded).without(kept).joined(put)
    }

    /// Whether more than a little is filled of where it may be: in a box of the whole picture, for one,
    /// the colours tell nothing, and nothing is.
    func paints(in outlines: Outlines, of shape: PyramidShape, for picture: PixelImage) -> Bool {
      let shares = shares(in: outlines, of: shape)
      let possible = shares.filter { $0 >= Outlines.leastShare }.count
      let mask = masks(in: outlines, of: shape, for: picture).receded
      let earlier = (put?.receded ?? []).reduce(0, +) / Float(mask.count)
      let painted = mask.reduce(0, +) / Float(mask.count)
      return painted > Self.leastPainted * (Float(possible) / Float(shares.count) + earlier)
    }

    private static let leastPainted: Float = 0.1
  }

  /// Makes new words, by their flat index; the words of `held` stay.
  public init(words: [Int: Int32], held: Set<Int> = []) { (self.words, self.held) = (words, held) }

  package init(words: [Int: Int32], filled: Fill?) {
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
