import SPAEEvaluation
import SPAEPyramid
import Testing

/// Vectors of six words: `np.random.default_rng(3).standard_normal((6, 3))`, to four places.
private let words: [Float] = [
  2.0409, -2.5557, 0.4181, -0.5678, -0.4526, -0.2156, -2.0200, -0.2319, -0.8652, 3.3230, 0.2258,
  -0.3526, -0.2813, -0.6680, -1.0552, -0.3908, 0.4819, -0.2386,
]

@Suite("The nearest centroid")
struct NearestCentroidTests {
  private let vectors = WordVectors(values: words, width: 3)

  @Test("A picture's point is the mean of its words' own vectors")
  func point() {
    let point = vectors.mean(of: [0, 1, 1] as [Int32])
    for (own, expected) in zip(point, [0.30177, -1.15363, -0.00437] as [Float]) {
      #expect(abs(own - expected) < 1e-4)
    }
    #expect(vectors.mean(of: [Int32]()) == [0, 0, 0])
  }

  @Test("The direction in which words differ most is taken off, and the rest stays")
  func firstDirection() {
    let values: [Float] = [20, 0.5, 0, -20, 0.5, 0, 15, -0.5, 0, -15, -0.5, 0, 0, 0, 1, 0, 0, -1]
    let rest = WordVectors(values: values, width: 3).withoutFirstDirection()
    for word in 0..<6 {
      let own = rest.mean(of: [Int32(word)])
      #expect(abs(own[0]) < 0.05)
      #expect(abs(own[1] - values[3 * word + 1]) < 0.05)
      #expect(abs(own[2] - values[3 * word + 2]) < 1e-4)
    }
  }

  @Test("A word counts half of one of the layer above")
  func layerWeight() throws {
    let vectors = WordVectors(values: [1, 0, 0, 1], width: 2, layerWeight: 0.5)
    let shape = try #require(PyramidShape(grid: 8))
    let pyramid = try #require(
      Pyramid(shape: shape, words: [0, 1, 1, 1, 0] + [Int32](repeating: 0, count: 144)))
    let point = vectors.point(of: pyramid, layers: 1...2)
    #expect(point == [0.5, 0.5])
    #expect(vectors.point(of: pyramid, layers: 2...2) == [0.25, 0.75])
  }

  // background = mean([[0], [3]]), examples: [[0, 1], [2, 4]] and [[3, 5], [3, 3]]; points less the
  // background, F.normalize, mean, F.normalize; the picture is [1, 5].
  @Test("Cosines agree with the training package's")
  func cosines() {
    let background = mean(of: [vectors.mean(of: [0] as [Int32]), vectors.mean(of: [3] as [Int32])])
    let classifier = NearestCentroid(
      examples: [[[0, 1], [2, 4]], [[3, 5], [3, 3]]].map { label in
        label.map { vectors.mean(of: $0 as [Int32]) }
      }, background: background)
    let cosines = classifier.cosines(of: vectors.mean(of: [1, 5] as [Int32]))
    for (own, expected) in zip(cosines, [0.93802, 0.46872] as [Float]) {
      #expect(abs(own - expected) < 1e-4)
    }
  }

  @Test("The examples are told as their own label, with probabilities that add up to 1")
  func answers() {
    let points: [[[Float]]] = [
      [[1, 0.1], [1, -0.1]], [[-1, 0.2], [-1, 0]], [[0, 1], [0.1, 1]],
    ]
    let classifier = NearestCentroid(examples: points, background: [0, 0])
    for (label, own) in points.enumerated() {
      for point in own {
        let shares = classifier.probabilities(for: point)
        #expect(shares.max() == shares[label])
        #expect(classifier.label(of: point) == label)
        #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
      }
    }
  }

  @Test(
    "One example a label leaves the temperature as it is; clear examples lower it, mixed ones raise it"
  )
  func temperature() {
    let one = NearestCentroid(examples: [[[1, 0]], [[0, 1]]], background: [0, 0])
    #expect(abs(one.temperature - NearestCentroid.usualTemperature) < 1e-6)
    let clear = NearestCentroid(
      examples: [Array(repeating: [1, 0.2], count: 9), Array(repeating: [0.8, 0.6], count: 9)],
      background: [0, 0])
    #expect(clear.temperature < one.temperature)
    let mixed = NearestCentroid(
      examples: [[[1, 0], [0, 1], [1, 0]], [[0, 1], [1, 0], [0, 1]]], background: [0, 0])
    #expect(mixed.temperature > one.temperature)
  }

  @Test("Swapped vectors are the same vectors of other words, the same for a seed")
  func shuffled() {
    func rows(_ vectors: WordVectors) -> [[Float]] {
      (0..<6).map { vectors.mean(of: [Int32($0)]) }
    }
    let swapped = rows(vectors.shuffled(seed: 4))
    #expect(swapped != rows(vectors))
    #expect(Set(swapped) == Set(rows(vectors)))
    #expect(swapped == rows(vectors.shuffled(seed: 4)))
  }

  @Test("Without a background nothing is taken off")
  func noGround() {
    let points: [[[Float]]] = [[[1, 0.1], [1, -0.1]], [[-1, 0.2]]]
    let own = NearestCentroid(examples: points)
    #expect(
      own.cosines(of: [1, 2])
        == NearestCentroid(examples: points, background: [0, 0]).cosines(of: [1, 2]))
  }

  @Test("A point at the background itself is nothing to divide by")
  func background() {
    let classifier = NearestCentroid(examples: [[[1, 0]], [[0, 1]]], background: [1, 0])
    #expect(classifier.cosines(of: [1, 0]) == [0, 0])
    #expect(classifier.probabilities(for: [1, 0]) == [0.5, 0.5])
  }
}
