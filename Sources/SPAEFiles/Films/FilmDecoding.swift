package import SPAEFrames
import SPAEPixels
import SPAEPyramid
package import SPAESystem

/// Writes the pictures of a film as a clip, perhaps beside those of the clip that it was made of.
package struct FilmDecoding {
  package var depth: Int?
  package var scale = 1
  package var selection = FrameSelection()
  /// The clip whose frames stand on the left.
  package var clip: String?
  package var showsProgress = false

  package init() {}

  /// Writes all chosen frames, and gives what a person should know of the films.
  package func write(
    _ opened: OpenedFilm, to output: OutputFile, as encoding: FilmEncoding
  ) throws(Failure) -> [String] {
    let frames = SelectedFrames(DecodedFilm(opened, depth: depth), selection)
    let beside = try clip.map { path throws(Failure) in try left(path, of: opened, frames) }
    let sink = try FrameWriter.open(output, as: encoding, rate: frames.rate)
    let expected = frames.duration.map { Int(($0 * frames.rate.framesPerSecond).rounded()) }
    var progress = FilmProgress(total: expected, isShown: showsProgress)
    var (count, missing) = (0, 0)
    while let frame = try Self.named(opened.path, { () throws(FrameError) in try frames.next() }) {
      var image = frame.image
      if let beside {
        guard missing == 0, let other = try beside.next() else {
          missing += 1
          continue
        }
        image = opened.fitted(other).joined(to: image)
      }
      try Self.named(output.path) { () throws(FrameError) in try sink.put(image.enlarged(scale)) }
      count += 1
      progress.advance()
    }
    try Self.named(output.path) { () throws(FrameError) in try sink.finish() }
    progress.finish()
    return frames.notices + leftOut(missing, behind: count)
  }

  /// What was left out because the clip is shorter.
  private func leftOut(_ left: Int, behind count: Int) -> [String] {
    guard left > 0, let clip else { return [] }
    return [
      "\(clip) has \(count.counted("frame")) for it: the last \(left.counted("frame")) of"
        + " \(count + left) \(left == 1 ? "is" : "are") left out"
    ]
  }

  /// The frames of a clip, with its name in errors.
  private struct NamedClip {
    let path: String
    let source: any FrameSource

    func next() throws(Failure) -> PixelImage? {
      try FilmDecoding.named(path) { () throws(FrameError) in try source.next()?.image }
    }
  }

  private func left(
    _ path: String, of opened: OpenedFilm, _ frames: SelectedFrames
  ) throws(Failure) -> NamedClip {
    var wish = selection.later(by: opened.film.header.from)
    wish.rate = frames.rate
    let source = try Self.named(path) { () throws(FrameError) in
      try FrameReader.open(path: path, wish)
    }
    return NamedClip(path: path, source: source)
  }

  /// Gives what `body` gives, and its errors with the file's name.
  static func named<Result>(
    _ path: String, _ body: () throws(FrameError) -> Result
  ) throws(Failure) -> Result {
    do throws(FrameError) { return try body() } catch { throw Failure("\(path): \(error)") }
  }
}

extension FrameSelection {
  /// The same frames in the clip of a film that begins at some time of it.
  func later(by time: FilmTime) -> FrameSelection {
    FrameSelection(rate: rate, from: from + time.seconds, to: to.map { $0 + time.seconds })
  }
}

extension PixelImage {
  /// This picture with another of its height on the right.
  fileprivate func joined(to other: PixelImage) -> PixelImage {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(self.pixels.count + other.pixels.count)
    for row in 0..<height {
      pixels += self.pixels[3 * row * width..<3 * (row + 1) * width]
      pixels += other.pixels[3 * row * other.width..<3 * (row + 1) * other.width]
    }
    return PixelImage(width: width + other.width, height: height, pixels: pixels)
  }
}
