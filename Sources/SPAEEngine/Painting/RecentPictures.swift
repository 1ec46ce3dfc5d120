import SPAEPyramid
import Synchronization

/// The pictures that some layers of words gave last: edits that are tried one after another begin
/// with the same words.
final class RecentPictures: Sendable {
  struct Key: Hashable, Sendable {
    let shape: PyramidShape
    let layers: ClosedRange<Int>
    /// Of these layers.
    let words: [Int32]
  }

  private static let limit = 6

  private let kept = Mutex<[(key: Key, picture: [Float])]>([])  // the oldest first

  /// The picture of a key, [N, N, 3]; `make` is asked for one that is not kept.
  func picture(_ key: Key, make: () -> [Float]) -> [Float] {
    if let known = kept.withLock({ $0.first { $0.key == key } }) { return known.picture }
    let picture = make()
    kept.withLock { kept in
      kept.append((key, picture))
      if kept.count > Self.limit { kept.removeFirst() }
    }
    return picture
  }
}
