/// Colours in some space of three axes, eight at a time, to find the nearest of them.
struct ColourSet: Sendable {
  /// The three coordinates of eight colours each; what is missing at the end is infinitely far.
  private let eights: [(SIMD8<Float>, SIMD8<Float>, SIMD8<Float>)]

  init(_ places: [SIMD4<Float>]) {
    let far = SIMD4<Float>(repeating: .infinity)
    eights = stride(from: 0, to: places.count, by: 8).map { start in
      let eight = (start..<start + 8).map { $0 < places.count ? places[$0] : far }
      return (SIMD8(eight.map(\.x)), SIMD8(eight.map(\.y)), SIMD8(eight.map(\.z)))
    }
  }

  /// The squared distances of eight colours, `index` eights from the first on.
  @inline(__always)
  func distances(to wanted: SIMD4<Float>, ofEight index: Int) -> SIMD8<Float> {
    let eight = eights[index]
    let (x, y, z) = (eight.0 - wanted.x, eight.1 - wanted.y, eight.2 - wanted.z)
    return x * x + y * y + z * z
  }

  /// The place in the set of the colour with the least squared distance.
  func nearest(to wanted: SIMD4<Float>) -> Int {
    var least = SIMD8<Float>(repeating: .infinity)
    var best = SIMD8<Int32>.zero
    for index in eights.indices {
      let distances = distances(to: wanted, ofEight: index)
      let isNearer = distances .< least
      least.replace(with: distances, where: isNearer)
      best.replace(with: Int32(truncatingIfNeeded: index), where: isNearer)
    }
    var lane = 0
    for other in 1..<8 where least[other] < least[lane] { lane = other }
    return Int(best[lane]) * 8 + lane
  }
}
