/// A score that at least `count` of some scores reach, and not many more than that: minus infinity where
/// they are few.
///
/// Each of some columns has a best score, and the best ones of `count` columns are so many scores.
package func scoreReached(by count: Int, of scores: UnsafeBufferPointer<Float>) -> Float {
  let vectors = UnsafeRawBufferPointer(scores)
  let (lanes, rows) = (16, 16)
  let groups = scores.count / (lanes * rows)
  guard count > 0, groups * lanes > count else { return -.infinity }
  var best = unsafe [Float](unsafeUninitializedCapacity: groups * lanes) { best, initialized in
    initialized = groups * lanes
    for group in 0..<groups {
      var highest = SIMD16<Float>(repeating: -.infinity)
      for row in 0..<rows {
        let offset = 4 * lanes * (group * rows + row)
        let own = unsafe vectors.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
        highest.replace(with: own, where: own .> highest)
      }
      for lane in 0..<lanes { unsafe best[group * lanes + lane] = highest[lane] }
    }
  }
  return unsafe best.withUnsafeMutableBufferPointer { unsafe highest(count, of: $0) }
}

/// The `count`-th highest of some numbers, which are put into another order.
private func highest(_ count: Int, of numbers: UnsafeMutableBufferPointer<Float>) -> Float {
  var (low, high, rank) = (0, numbers.count - 1, count - 1)
  while low < high {
    let pivot = unsafe numbers[(low + high) / 2]
    var (left, right) = (low, high)
    while left <= right {
      while unsafe numbers[left] > pivot { left += 1 }
      while unsafe numbers[right] < pivot { right -= 1 }
      guard left <= right else { break }
      unsafe numbers.swapAt(left, right)
      (left, right) = (left + 1, right - 1)
    }
    if rank <= right { high = right } else if rank >= left { low = left } else { break }
  }
  return unsafe numbers[rank]
}
