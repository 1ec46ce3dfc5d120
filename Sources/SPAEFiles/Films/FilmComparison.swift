package import SPAEFrames
import SPAEPixels
import SPAEPyramid
package import SPAESystem

/// How two films differ, frame by frame: a clip and the film of words that was made of it, or two of
/// either.
package struct FilmComparison: Encodable {
  package struct Frame: Encodable {
    /// In dB; null where the frames are equal.
    package let psnr: Double?
    /// The words that the film writes for the frame; null where neither is a film of words.
    package let words: Int?
  }

  /// How much pixels that stand still in the first film change from frame to frame, as a mean squared
  /// error of colours from 0 to 255.
  package struct Flicker: Encodable {
    package let first: Double
    package let second: Double
  }

  package let frames: [Frame]
  /// The mean over the frames that differ, in dB; null where all are equal.
  package let psnr: Double?
  package let wordsPerFrame: Double?
  /// Null where nothing stands still.
  package let flicker: Flicker?
  /// Whether one of them ended before the other.
  package let differsInLength: Bool

  /// In lines as `spae compare` prints them.
  package var lines: [String] {
    let each = frames.enumerated().map { index, frame in
      let words = frame.words.map { "  \($0.counted("word"))" } ?? ""
      return "frame \(index + 1)  \(Self.decibels(frame.psnr))\(words)"
    }
    var end = [frames.count.counted("frame"), "PSNR \(Self.decibels(psnr))"]
    if let wordsPerFrame { end.append("\(wordsPerFrame.shown(1)) words a frame") }
    if let flicker {
      end.append(
        "flicker on still pixels \(flicker.second.shown(1)), of the first \(flicker.first.shown(1))"
      )
    }
    return each + [end.joined(separator: "; ")]
      + (differsInLength ? ["one film is longer: only the frames that both have are compared"] : [])
  }

  private static func decibels(_ psnr: Double?) -> String {
    psnr.map { "\($0.shown(2)) dB" } ?? "equal"
  }
}

extension FilmComparison {
  /// A side of the comparison.
  package enum Side {
    case words(OpenedFilm)
    case clip(path: String)

    var words: OpenedFilm? { if case .words(let opened) = self { opened } else { nil } }

    var path: String {
      switch self {
      case .words(let opened): opened.path
      case .clip(let path): path
      }
    }
  }

  /// Whether a file is a clip; a picture with one frame is none.
  package static func isClip(_ path: String) -> Bool {
    guard path != "-", let reader = try? ByteReader(path: path) else { return false }
    return (try? FilmKind(reader, name: path)) != nil
  }

  /// Compares the frames that both have; those of a clip become as large as those of the film of
  /// words.
  package init(
    _ first: Side, _ second: Side, _ selection: FrameSelection, showsProgress: Bool
  ) throws(Failure) {
    let words = second.words ?? first.words
    var wish = selection
    wish.rate = selection.rate ?? words?.rate
    // A clip is compared from where the film of its words begins.
    let begin = words?.film.header.from ?? FilmTime()
    let sources = try [first, second].map { side throws(Failure) in
      let source = try Self.source(side, side.words == nil ? wish.later(by: begin) : wish)
      if wish.rate == nil { wish.rate = source.rate }
      return source
    }
    let counts = try words.map { opened throws(Failure) in
      try WordCounts(opened, rate: wish.rate, from: selection.from)
    }
    var measure = Measure()
    var progress = FilmProgress(total: nil, isShown: showsProgress)
    var differsInLength = false
    while true {
      let images = try zip([first, second], sources).map { side, source throws(Failure) in
        try FilmDecoding.named(side.path) { () throws(FrameError) in try source.next()?.image }
      }
      guard let one = images[0], let other = images[1] else {
        differsInLength = images[0] != nil || images[1] != nil
        break
      }
      let pair = try Self.fitted(one, other, first, second)
      measure.add(pair.0, pair.1, words: try counts?.next())
      progress.advance()
    }
    progress.finish()
    self = measure.result(differsInLength: differsInLength)
  }

  private static func source(
    _ side: Side, _ wish: FrameSelection
  ) throws(Failure) -> any FrameSource {
    switch side {
    case .words(let opened): return SelectedFrames(DecodedFilm(opened), wish)
    case .clip(let path):
      return try FilmDecoding.named(path) { () throws(FrameError) in
        try FrameReader.open(path: path, wish)
      }
    }
  }

  private static func fitted(
    _ one: PixelImage, _ other: PixelImage, _ first: Side, _ second: Side
  ) throws(Failure) -> (PixelImage, PixelImage) {
    let pair = (
      first.words == nil ? second.words?.fitted(one) ?? one : one,
      second.words == nil ? first.words?.fitted(other) ?? other : other
    )
    guard (pair.0.width, pair.0.height) == (pair.1.width, pair.1.height) else {
      throw Failure(
        "\(first.path) has frames of \(pair.0.width)x\(pair.0.height), \(second.path) of"
          + " \(pair.1.width)x\(pair.1.height); only films of one size can be compared")
    }
    return pair
  }

  /// The words that the frames write, in the order in which they are compared.
  private final class WordCounts {
    private let opened: OpenedFilm
    private let step: Double
    private let start: Double
    private let keys: Set<Int>
    private var count = 0

    init(_ opened: OpenedFilm, rate: FrameRate?, from: Double) throws(Failure) {
      self.opened = opened
      step = opened.rate.framesPerSecond / (rate ?? opened.rate).framesPerSecond
      start = from * opened.rate.framesPerSecond
      keys = Set(opened.film.keyFrames)
    }

    func next() throws(Failure) -> Int {
      let frame = min(opened.film.frames - 1, Int(start + Double(count) * step + 1e-6))
      count += 1
      let shape = opened.film.header.shape
      guard frame > 0, !keys.contains(frame) else { return shape.wordCount }
      let before = try opened.pyramid(ofFrame: frame - 1)
      return Edit(from: before, to: try opened.pyramid(ofFrame: frame)).changes.count
    }
  }

  /// Sums over the frames.
  private struct Measure {
    private var frames: [Frame] = []
    private var before: (PixelImage, PixelImage)?
    private var still = (count: 0, first: 0, second: 0)

    /// By how much of 255 each colour of a pixel may change and still stand still.
    private static let stillness = 6

    mutating func add(_ first: PixelImage, _ second: PixelImage, words: Int?) {
      let psnr = first.psnr(to: second)
      frames.append(Frame(psnr: psnr.isFinite ? psnr : nil, words: words))
      if let before { addFlicker(before, (first, second)) }
      before = (first, second)
    }

    private mutating func addFlicker(
      _ old: (PixelImage, PixelImage), _ new: (PixelImage, PixelImage)
    ) {
      for start in stride(from: 0, to: new.0.pixels.count, by: 3) {
        let differences = (start..<start + 3).map {
          (
            Int(new.0.pixels[$0]) - Int(old.0.pixels[$0]),
            Int(new.1.pixels[$0]) - Int(old.1.pixels[$0])
          )
        }
        guard differences.allSatisfy({ abs($0.0) <= Self.stillness }) else { continue }
        still.count += 3
        for (first, second) in differences {
          still.first += first * first
          still.second += second * second
        }
      }
    }

    func result(differsInLength: Bool) -> FilmComparison {
      let finite = frames.compactMap(\.psnr)
      let words = frames.compactMap(\.words)
      return FilmComparison(
        frames: frames, psnr: finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count),
        wordsPerFrame: words.isEmpty ? nil : Double(words.reduce(0, +)) / Double(words.count),
        flicker: still.count == 0
          ? nil
          : Flicker(
            first: Double(still.first) / Double(still.count),
            second: Double(still.second) / Double(still.count)),
        differsInLength: differsInLength)
    }
  }
}
