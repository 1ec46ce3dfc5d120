package import SPAEEngine
package import SPAEFrames
package import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// Turns a clip into a film of words, in a file that grows with it.
package struct ClipEncoder {
  package struct Settings: Sendable {
    package var film = FilmSettings()
    package var size: Int
    package var fit: Fit
    package var format: FilmWriter.Format
    /// The seconds of the clip at which its frames begin.
    package var from = 0.0
    package var showsProgress = false

    package init(size: Int = 128, fit: Fit = .whole, format: FilmWriter.Format = .text) {
      (self.size, self.fit, self.format) = (size, fit, format)
    }
  }

  /// What became of a clip.
  package struct Report: Sendable {
    package fileprivate(set) var frames = 0
    package fileprivate(set) var keyFrames = 0
    package fileprivate(set) var words = 0
    /// What a person should know of the clip.
    package fileprivate(set) var notices: [String] = []

    /// In a line.
    package var text: String {
      let mean = (10 * Double(words) / Double(max(1, frames))).rounded() / 10
      return "\(frames) \(frames == 1 ? "frame" : "frames"), \(keyFrames) of them key frames,"
        + " \(mean) words a frame"
    }
  }

  private let model: Model
  private let settings: Settings

  package init(model: Model, settings: Settings) {
    (self.model, self.settings) = (model, settings)
  }

  /// Encodes all frames of a clip that is called `path`, and writes each as soon as it is done.
  ///
  /// Where the clip breaks off, the film has the frames before, and the error says so.
  package func encode(
    _ source: any FrameSource, path: String, to output: OutputFile
  ) throws -> Report {
    var report = Report()
    let rate = source.rate
    let expected = source.duration.map { Int(($0 * rate.framesPerSecond).rounded()) }
    var progress = FilmProgress(total: expected, isShown: settings.showsProgress)
    var film: WrittenFilm?
    var failure: FrameError?
    let encoder = FilmEncoder(
      model: model, settings: settings.film, size: settings.size, fit: settings.fit)
    let ahead = FramesAhead(
      source, FramePreparation(model: model, size: settings.size, fit: settings.fit))
    defer { ahead.finish() }
    reading: while true {
      let prepared: PreparedFrame
      let size: (width: Int, height: Int)
      switch ahead.next() {
      case .frame(let frame, let width, let height): (prepared, size) = (frame, (width, height))
      case .end: break reading
      case .failure(let error):
        failure = error
        break reading
      case .refused(let error): throw error
      }
      let encoded = try encoder.encode(prepared)
      if film == nil { film = try begin(size, encoder.pyramid, rate, path, output) }
      try film?.put(encoded)
      report.frames += 1
      report.keyFrames += encoded.isKey ? 1 : 0
      report.words += encoded.wordCount
      progress.advance("\(report.words / report.frames) words a frame")
    }
    ahead.finish()
    progress.finish()
    try film?.finish()
    report.notices = source.notices
    if let failure { throw Self.explained(failure, path, output, report) }
    return report
  }

  private func begin(
    _ size: (width: Int, height: Int), _ pyramid: Pyramid?, _ rate: FrameRate, _ path: String,
    _ output: OutputFile
  ) throws -> WrittenFilm? {
    guard let shape = pyramid?.shape else { return nil }
    let header = FilmHeader(
      model: try model.name(),
      source: .init(
        name: FileName.inputLabel(of: path), width: size.width, height: size.height),
      shape: shape, rate: rate, from: FilmTime(seconds: settings.from))
    return try WrittenFilm(
      FilmWriter(header, format: settings.format, vocabulary: model.vocabulary), to: output)
  }

  private static func explained(
    _ error: FrameError, _ path: String, _ output: OutputFile, _ report: Report
  ) -> Failure {
    guard report.frames > 0 else { return Failure("\(path): \(error)") }
    let place = output.path == "-" ? "written" : "in \(output.path)"
    let frames = report.frames == 1 ? "1 whole frame is" : "\(report.frames) whole frames are"
    return Failure("\(path): \(error); \(frames) \(place)")
  }
}

/// A film that is being written: it can be read up to its last frame.
private struct WrittenFilm {
  private var writer: FilmWriter
  private let output: OutputFile
  private let file: GrowingFile

  init(_ writer: FilmWriter, to output: OutputFile) throws {
    (self.writer, self.output) = (writer, output)
    file = try output.growing(visible: true)
    try write(try writer.beginning())
  }

  mutating func put(_ frame: FilmFrame) throws { try write(try writer.bytes(of: frame)) }

  func finish() throws {
    try write(try writer.ending())
    do throws(SystemError) { try file.finish() } catch { throw failure(error) }
  }

  private func write(_ bytes: [UInt8]) throws(Failure) {
    do throws(SystemError) { try file.write(bytes) } catch { throw failure(error) }
  }

  private func failure(_ error: SystemError) -> Failure {
    Failure("\(output.path): cannot be written: \(error)\(AtomicFile.remedy(for: error))")
  }
}
