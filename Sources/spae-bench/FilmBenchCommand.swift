import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae-bench film`: a clip as a film of words, against the same clip frame by frame.
struct FilmBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "film", abstract: "Measure films of words: their words, error, flicker and time.")

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Pixels of the shorter side: 64, 128, 256 or 512.", valueName: "n"))
  var size = 128

  @Option(help: ArgumentHelp("The size of the clip's frames.", valueName: "WIDTHxHEIGHT"))
  var frames: String

  @Option(help: ArgumentHelp("At most so many frames.", valueName: "n"))
  var limit = 24

  @Option(parsing: .singleValue, help: ArgumentHelp("What a change must gain.", valueName: "n"))
  var tolerance: [Float] = []

  @Option var steadiness: Float?
  @Option var passes: Int?
  @Option var keyPasses: Int?
  @Option var cut: Float?
  @Option var beginning: Float?

  @Flag(help: "Leave out the clip frame by frame.")
  var filmAlone = false

  @Flag(help: "Print the words of layer 1 of each frame, and the frames that are key frames.")
  var shots = false

  @Argument(help: "The clip as raw RGB: ffmpeg -i CLIP -f rawvideo -pix_fmt rgb24 FILE.")
  var clip: String

  func run() throws {
    let model = try model.load()
    let clip = try read()
    let pictures = try clip.map {
      model.picture($0, for: try model.shape(forSize: size), fit: .crop)
    }
    var source = FilmFigures()
    for picture in pictures { source.add(picture, of: picture, words: 0) }
    print("source: flicker \(source.flickerText)")
    if !filmAlone {
      var figures = FilmFigures()
      for (frame, picture) in zip(clip, pictures) {
        let pyramid = try figures.timed { try model.encode(frame, size: size) }
        figures.add(try model.decode(pyramid), of: picture, words: pyramid.words.count)
      }
      print("frame by frame: \(figures.text)")
    }
    for tolerance in tolerance.isEmpty ? [FilmSettings().tolerance] : tolerance {
      try film(clip, pictures, tolerance, model)
    }
  }

  private func film(
    _ clip: [PixelImage], _ pictures: [PixelImage], _ tolerance: Float, _ model: Model
  ) throws {
    var settings = FilmSettings()
    settings.tolerance = tolerance
    settings.steadiness = steadiness ?? settings.steadiness
    settings.passes = passes ?? settings.passes
    settings.keyPasses = keyPasses ?? settings.keyPasses
    settings.beginning = beginning ?? settings.beginning
    settings.cut = cut ?? settings.cut
    let encoder = FilmEncoder(model: model, settings: settings, size: size)
    let decoder = FilmDecoder(model: model)
    var (figures, detector) = (FilmFigures(), ShotDetector())
    for (index, (frame, picture)) in zip(clip, pictures).enumerated() {
      let result = try figures.timed { try encoder.encode(frame) }
      guard let shown = try decoder.picture(of: result), let pyramid = encoder.pyramid else {
        continue
      }
      figures.add(shown, of: picture, words: result.isKey ? nil : result.wordCount)
      if shots {
        let top = model.vocabulary[pyramid.words[0]]
        print(
          "\(index + 1)\(result.isKey ? " key" : "") \(top) \(result.wordCount) words,"
            + " novelty \(detector.novelty(of: picture))")
      }
    }
    figures.elapsed = try elapsed(clip, settings, model)
    print("film, tolerance \(tolerance): \(figures.text)")
  }

  /// The seconds of the clock that the program takes for a clip, with its frames ahead.
  private func elapsed(
    _ clip: [PixelImage], _ film: FilmSettings, _ model: Model
  ) throws -> Double {
    var settings = ClipEncoder.Settings(size: size, fit: .crop)
    settings.film = film
    guard let rate = FrameRate(25) else { return .infinity }
    let start = FilmFigures.time(of: CLOCK_MONOTONIC)
    _ = try ClipEncoder(model: model, settings: settings)
      .encode(FramesInMemory(clip, rate: rate), name: "clip") { _ in }
    return FilmFigures.time(of: CLOCK_MONOTONIC) - start
  }

  private func read() throws -> [PixelImage] {
    let parts = frames.split(separator: "x").compactMap { Int($0) }
    guard parts.count == 2 else { throw Failure("--frames '\(frames)': expected WIDTHxHEIGHT") }
    let length = 3 * parts[0] * parts[1]
    let bytes: Data
    do { bytes = try Data(contentsOf: URL(fileURLWithPath: clip), options: .alwaysMapped) } catch {
      throw Failure("\(clip): it cannot be read; make it with ffmpeg, as --help says")
    }
    return (0..<min(limit, bytes.count / length)).map {
      PixelImage(
        width: parts[0], height: parts[1], pixels: Array(bytes[$0 * length..<($0 + 1) * length]))
    }
  }
}

/// A clip that has been read.
private final class FramesInMemory: FrameSource {
  let format = "raw"
  let rate: FrameRate
  let duration: Double? = nil
  let notices: [String] = []
  private var rest: ArraySlice<PixelImage>

  init(_ clip: [PixelImage], rate: FrameRate) { (rest, self.rate) = (clip[...], rate) }

  func next() -> Frame? {
    rest.popFirst().map { Frame(image: $0, time: 0, duration: 0.04) }
  }
}

/// The sums over the frames of a clip.
private struct FilmFigures {
  /// Of the processor: other programs do not count.
  private var seconds = 0.0
  /// Of the clock.
  var elapsed = 0.0
  private var decibels = 0.0
  private var frames = 0
  private var words = 0
  private var changed = 0  // frames that are no key frames
  private var flicker = (sum: 0.0, count: 0)
  private var last: (shown: PixelImage, source: PixelImage)?

  mutating func add(_ shown: PixelImage, of source: PixelImage, words: Int?) {
    var error = 0.0
    for (a, b) in zip(shown.pixels, source.pixels) { error += pow(Double(a) - Double(b), 2) }
    decibels += 10 * log10(255 * 255 / max(1e-9, error / Double(source.pixels.count)))
    frames += 1
    if let words { (self.words, changed) = (self.words + words, changed + 1) }
    if let last { addFlicker(shown, source, last) }
    last = (shown, source)
  }

  private mutating func addFlicker(
    _ shown: PixelImage, _ source: PixelImage, _ last: (shown: PixelImage, source: PixelImage)
  ) {
    for pixel in stride(from: 0, to: source.pixels.count, by: 3) {
      let isStill = (pixel..<pixel + 3).allSatisfy {
        abs(Int(source.pixels[$0]) - Int(last.source.pixels[$0])) < 6
      }
      guard isStill else { continue }
      for i in pixel..<pixel + 3 {
        flicker.sum += pow(Double(shown.pixels[i]) - Double(last.shown.pixels[i]), 2)
      }
      flicker.count += 3
    }
  }

  /// Runs `work`, and adds the seconds it took: wall-clock time, and processor time of all threads.
  mutating func timed<Result>(_ work: () throws -> Result) rethrows -> Result {
    let start = (Self.time(of: CLOCK_PROCESS_CPUTIME_ID), Self.time(of: CLOCK_MONOTONIC))
    defer {
      seconds += Self.time(of: CLOCK_PROCESS_CPUTIME_ID) - start.0
      elapsed += Self.time(of: CLOCK_MONOTONIC) - start.1
    }
    return try work()
  }

  static func time(of clock: clockid_t) -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  var flickerText: String {
    String(format: "%.2f", flicker.sum / Double(max(1, flicker.count)))
  }

  var text: String {
    String(
      format: "%.1f words a frame, %.2f dB, flicker %@, %.1f frames a second of processor time,"
        + " %.1f of the clock",
      Double(words) / Double(max(1, changed)), decibels / Double(max(1, frames)), flickerText,
      Double(frames) / seconds, Double(frames) / elapsed)
  }
}
