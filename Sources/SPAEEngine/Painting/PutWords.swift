import SPAEPyramid

/// What earlier edits have put into a pyramid.
package struct PutWords: Sendable {
  /// Flat indices of words.
  var positions: Set<Int> = []

  /// What was filled with which word, in order.
  var filled: [(word: Int32, masks: Steering.Fill.Masks)] = []

  package init() {}

  init(positions: Set<Int>, filled: [(word: Int32, masks: Steering.Fill.Masks)] = []) {
    (self.positions, self.filled) = (positions, filled)
  }

  /// What was filled last with a word, and what with another one.
  func masks(of word: Int32) -> (own: Steering.Fill.Masks?, others: Steering.Fill.Masks?) {
    var (own, others): (Steering.Fill.Masks?, Steering.Fill.Masks?)
    for fill in filled {
      if fill.word == word {
        (own, others) = (fill.masks.joined(own), others?.without(fill.masks))
      } else {
        (own, others) = (own?.without(fill.masks), fill.masks.joined(others))
      }
    }
    return (own, others)
  }

  /// Whether a word says what was filled with it, and is nowhere else in the upper layers.
  func alone(say word: Int32, in pyramid: Pyramid) -> Bool {
    let count = pyramid.shape.wordCount(toDepth: pyramid.shape.finestMeaningLayer)
    let said = (0..<count).filter { pyramid.words[$0] == word }
    return !said.isEmpty && positions.isSuperset(of: said) && filled.contains { $0.word == word }
  }
}

extension Steering.Fill {
  /// Which pixels are filled, 0 to 1, [row, column]; of `receded` less at the rim.
  struct Masks: Hashable, Sendable {
    var whole: [Float]
    var receded: [Float]

    func joined(_ other: Masks?) -> Masks {
      guard let other else { return self }
      return Masks(
        whole: zip(whole, other.whole).map(max), receded: zip(receded, other.receded).map(max))
    }

    func without(_ other: Masks?) -> Masks {
      guard let other else { return self }
      return Masks(
        whole: zip(whole, other.whole).map { $0 * (1 - $1) },
        receded: zip(receded, other.receded).map { $0 * (1 - $1) })
    }

    /// The mean of `receded` in the square of a position, in a picture of a width.
    func share(at cell: CellAddress, of shape: PyramidShape, width: Int) -> Float {
      let size = shape.size(ofLayer: cell.layer)
      func span(_ index: Int, _ length: Int, _ count: Int) -> Range<Int> {
        index * length / count..<(index + 1) * length / count
      }
      let columns = span(cell.column, width, size.columns)
      let rows = span(cell.row, receded.count / width, size.rows)
      let sum = rows.reduce(Float(0)) { sum, row in
        columns.reduce(sum) { $0 + receded[row * width + $1] }
      }
      return sum / Float(rows.count * columns.count)
    }
  }
}
