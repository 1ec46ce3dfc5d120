import Dispatch
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Synchronization

/// Small pictures, decoded from words, on sheets of squares: a page reads few large pictures sooner
/// than many small ones.
struct ThumbnailSheets {
  /// Pixels a side of a square; a picture of another shape stands at its upper left.
  let side: Int
  /// Squares a row.
  let columns: Int

  /// How many pictures a sheet has.
  var capacity: Int { columns * columns }

  /// Beyond so many pictures they are half as large, so that the page stays of use.
  private static let greatestCount = 2000
  private static let quality = 75

  init(pictureCount: Int) {
    (side, columns) = pictureCount > Self.greatestCount ? (64, 16) : (128, 8)
  }

  /// The sheets as JPEG files; each worker makes whole ones.
  func pages(
    of pictures: [AtlasPicture], by model: Model, workers: Int, progress: ProgressBar
  ) throws -> [[UInt8]] {
    let count = (pictures.count + capacity - 1) / capacity
    let next = Atomic<Int>(0)
    let results = Mutex<[Int: Result<[UInt8], any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, count))) { _ in
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < count else { return }
        let part = pictures[number * capacity..<min(pictures.count, (number + 1) * capacity)]
        let result = Result { try sheet(of: part, by: model, progress) }
        results.withLock { $0[number] = result }
      }
    }
    progress.finish()
    return try results.withLock { results in
      try (0..<count).compactMap { try results[$0]?.get() }
    }
  }

  private func sheet(
    of pictures: ArraySlice<AtlasPicture>, by model: Model, _ progress: ProgressBar
  ) throws -> [UInt8] {
    let rows = (pictures.count + columns - 1) / columns
    let grey = Colour(red: 128, green: 128, blue: 128)
    var sheet = PixelImage(width: columns * side, height: rows * side, colour: grey)
    for (index, picture) in pictures.enumerated() {
      let thumbnail = thumbnail(try model.decode(picture.pyramid))
      sheet.put(thumbnail, row: index / columns * side, column: index % columns * side)
      progress.advance()
    }
    return try sheet.jpegBytes(quality: Self.quality)
  }

  private func thumbnail(_ picture: PixelImage) -> PixelImage {
    let longer = max(picture.width, picture.height)
    return picture.resampled(
      width: max(1, picture.width * side / longer), height: max(1, picture.height * side / longer))
  }
}

extension PixelImage {
  /// Puts a smaller picture into this one.
  fileprivate mutating func put(_ part: PixelImage, row: Int, column: Int) {
    for line in 0..<part.height {
      let (start, length) = (((row + line) * width + column) * 3, part.width * 3)
      let own = part.pixels[line * length..<(line + 1) * length]
      pixels.replaceSubrange(start..<start + length, with: own)
    }
  }
}
