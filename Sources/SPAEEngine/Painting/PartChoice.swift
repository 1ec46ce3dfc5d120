import SPAEPyramid

/// Which of several pictures each position of a layer is to show: one whose words fit there, and
/// whose pixels go on alike across the seams.
struct PartChoice {
  /// The positions of the layer.
  let size: GridSize
  /// How little the words of each picture fit, [position][picture].
  let misfit: [[Float]]
  /// The most positions that one picture may have.
  let limit: Int

  /// Pictures that are looked at for each position, and arrangements that are followed.
  private static let (looked, followed) = (8, 256)

  /// An arrangement of the positions so far.
  private struct Arrangement {
    var pictures: [Int] = []
    var counts: [Int: Int] = [:]
    var sum: Float = 0
  }

  /// The best arrangement found, [position]; `seam` is the error along the edge between two
  /// positions that show two pictures.
  func pictures(
    seam: (_ positions: (Int, Int), _ pictures: (Int, Int)) -> Float
  ) -> [Int] {
    let looked = misfit.map { own in
      own.indices.sorted { (own[$0], $0) < (own[$1], $1) }.prefix(Self.looked)
    }
    var best = [Arrangement()]
    for position in 0..<size.count {
      let before = [
        position % size.columns > 0 ? position - 1 : nil,
        position >= size.columns ? position - size.columns : nil,
      ].compactMap(\.self)
      var next: [Arrangement] = []
      for each in best {
        for picture in looked[position] where each.counts[picture, default: 0] < limit {
          var longer = each
          longer.pictures.append(picture)
          longer.counts[picture, default: 0] += 1
          longer.sum += misfit[position][picture]
          for other in before where each.pictures[other] != picture {
            longer.sum += seam((other, position), (each.pictures[other], picture))
          }
          next.append(longer)
        }
      }
      next.sort { $0.sum < $1.sum }
      best = Array(next.prefix(Self.followed))
    }
    return best.first?.pictures ?? []
  }
}
