package import SPAEPyramid
import SPAESystem

/// What a film of words is like.
package struct FilmFacts: Encodable {
  /// The clip that it was made of.
  package let source: String
  package let width: Int
  package let height: Int
  package let grid: GridSize
  /// Frames a second, as a number or a fraction.
  package let rate: String
  package let frames: Int
  /// In seconds.
  package let duration: Double
  /// The numbers of the frames that have all words, counted from 1.
  package let keyFrames: [Int]
  /// The words that each frame writes, in the mean: all of a key frame, and the changed ones of others.
  package let wordsPerFrame: Double
  /// The words of one frame.
  package let words: Int
  /// Of the words of each layer those that stay from one frame to the next within a shot, from 0 to 1.
  package let kept: [Double]
  package let notes: [String]

  package init(_ opened: OpenedFilm) throws {
    let (film, shape) = (opened.film, opened.film.header.shape)
    let keys = film.keyFrames
    var counts = [Int](repeating: 0, count: shape.depth)
    var (written, last) = (0, Pyramid?.none)
    for frame in 0..<film.frames {
      let pyramid = try opened.pyramid(ofFrame: frame)
      if keys.contains(sorted: frame) {
        written += shape.wordCount
      } else if let last {
        for change in Edit(from: last, to: pyramid).changes {
          counts[shape.cell(at: change.index).layer - 1] += 1
          written += 1
        }
      }
      last = pyramid
    }
    let followers = film.frames - keys.count
    kept = (1...shape.depth).map { layer in
      let all = followers * shape.cells(ofLayer: layer).count
      return all == 0 ? 1 : 1 - Double(counts[layer - 1]) / Double(all)
    }
    source = film.header.source.name
    (width, height, grid) = (opened.size.columns, opened.size.rows, shape.grid)
    (rate, frames, duration) = ("\(opened.rate)", film.frames, opened.duration)
    keyFrames = keys.map { $0 + 1 }
    wordsPerFrame = Double(written) / Double(max(1, film.frames))
    (words, notes) = (shape.wordCount, opened.notices)
  }

  /// In lines as `spae info` prints them.
  package var lines: [String] {
    let shown = keyFrames.prefix(12).map(String.init).joined(separator: " ")
    let more = keyFrames.count > 12 ? " ... (\(keyFrames.count))" : ""
    return [
      "file         film of \(source), \(width)x\(height)",
      "grid         \(grid.columns) columns and \(grid.rows) rows of cells",
      "frames       \(frames), \(rate) a second, \(duration.shown(2)) s",
      "key frames   \(shown)\(more)",
      "words        \(wordsPerFrame.shown(1)) a frame, of \(words)",
      "kept         \(kept.map { "\(Int(($0 * 100).rounded()))%" }.joined(separator: " ")) by layer",
    ] + notes.map { "note         \($0)" }
  }
}

extension Double {
  /// With some digits after the point.
  package func shown(_ digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { power, _ in 10 * power }
    let whole = Int((abs(self) * scale).rounded())
    let rest = String(whole % Int(scale))
    let sign = self < 0 && whole > 0 ? "-" : ""
    let padded = String(repeating: "0", count: max(0, digits - rest.utf8.count)) + rest
    return sign + "\(whole / Int(scale))" + (digits > 0 ? ".\(padded)" : "")
  }
}

extension [Int] {
  /// Whether a sorted list holds a number.
  fileprivate func contains(sorted number: Int) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }
}
