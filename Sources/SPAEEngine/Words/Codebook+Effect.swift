// Words by what they do to the picture: distances between codes are distances between pixels.
extension Codebook {
  /// The word whose code is nearest to the mean of some words' codes.
  public func word(nearestToMeanOf words: [Int32]) -> Int32 {
    var mean = [Float](repeating: 0, count: latent)
    for word in words {
      for i in 0..<latent {
        mean[i] += unsafe codes.floats[Int(word) * latent + i] / Float(words.count)
      }
    }
    return nearest(to: mean)[0]
  }

  /// All other words, by how much they change the picture when they replace one, the least first.
  public func words(byEffectFrom word: Int32) -> [Int32] {
    let distances = (0..<count).map { other -> (distance: Float, word: Int32) in
      var distance: Float = 0
      for i in 0..<latent {
        let difference =
          unsafe codes.floats[Int(word) * latent + i] - codes.floats[other * latent + i]
        distance += difference * difference
      }
      return (distance, Int32(other))
    }
    return distances.filter { $0.word != word }.sorted { $0 < $1 }.map(\.word)
  }
}
