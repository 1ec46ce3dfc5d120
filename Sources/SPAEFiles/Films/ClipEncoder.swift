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

  /// A piece of a film.
  package struct Piece {
    package let header: FilmHeader
    /// nil of the header itself and of the end.
    package var frame: FilmFrame?
    package let bytes: [UInt8]
  }

  /// What became of a clip.
  package struct Report: Sendable {
    package fileprivate(set) var frames = 0
    package fileprivate(set) var keyFrames = 0
    package fileprivate(set) var words = 0
    /// What a person should know of the clip.
    package fileprivate(set) var notices: [String] = []
    /// Why the clip broke off, where it did.
    package fileprivate(set) var failure: FrameError?

    /// In a line.
    package var text: String {
      let mean = (10 * Double(words) / Double(max(1, frames))).rounded() / 10
      return "\(frames.counted("frame")), \(keyFrames.counted("key frame")),"
        + " \(mean) words a frame"
    }

    fileprivate mutating func count(_ frame: FilmFrame) {
      frames += 1
      keyFrames += frame.isKey ? 1 : 0
      words += frame.wordCount
    }
  }

  /// What `--semantic-weight` says to a clip.
  package static let notWeighted = Failure("a film; --semantic-weight is for pictures")

  private let model: Model
  private let settings: Settings

  package init(model: Model, settings: Settings) {
    (self.model, self.settings) = (model, settings)
  }

  /// Encodes all frames of a clip that is called `path`, and writes each as soon as it is done.
  ///
  /// Where the clip breaks off, the film has the frames before, and the error says so. The same film
  /// of an earlier run stays as it is, and one that was cut short is replaced by all of it.
  package func encode(
    _ source: any FrameSource, path: String, to output: OutputFile
  ) throws -> Report {
    var film: WrittenFilm?
    let report = try encode(source, name: FileName.inputLabel(of: path)) { piece in
      if film == nil { film = try WrittenFilm(piece.header, to: output, settings.format, model) }
      try film?.write(piece)
    }
    do { try film?.finish() } catch  where report.failure == nil { throw error } catch {}
    if let failure = report.failure { throw Self.explained(failure, path, output, report) }
    return report
  }

  /// Encodes all frames of a clip, and hands on the film piece by piece: its header, each frame as
  /// soon as it is done, and its end.
  ///
  /// Where the clip breaks off, the film has the frames before, and the report says why; a clip
  /// without a frame gives no film.
  package func encode(
    _ source: any FrameSource, name: String, _ write: (Piece) throws -> Void
  ) throws -> Report {
    var report = Report()
    let rate = source.rate
    let expected = source.duration.map { Int(($0 * rate.framesPerSecond).rounded()) }
    var progress = FilmProgress(total: expected, isShown: settings.showsProgress)
    var film: (header: FilmHeader, writer: FilmWriter)?
    let encoder = FilmEncoder(
      model: model, settings: settings.film, size: settings.size, fit: settings.fit)
    let ahead = FramesAhead(
      source,
      FramePreparation(
        model: model, settings: settings.film, size: settings.size, fit: settings.fit,
        isAhead: true))
    defer { ahead.finish() }
    while let (prepared, size) = try next(of: ahead, &report) {
      let encoded = try encoder.encode(prepared)
      if film == nil, let shape = encoder.pyramid?.shape {
        let header = try header(name, size, shape, rate)
        let writer = FilmWriter(header, format: settings.format, vocabulary: model.vocabulary)
        film = (header, writer)
        try write(Piece(header: header, bytes: try writer.beginning()))
      }
      if let header = film?.header, let bytes = try film?.writer.bytes(of: encoded) {
        try write(Piece(header: header, frame: encoded, bytes: bytes))
      }
      report.count(encoded)
      progress.advance("\(report.words / report.frames) words a frame")
    }
    ahead.finish()
    progress.finish()
    if let film { try write(Piece(header: film.header, bytes: try film.writer.ending())) }
    report.notices = source.notices
    return report
  }

  /// The next frame; nil at the end, and where the clip breaks off.
  private func next(
    of ahead: FramesAhead, _ report: inout Report
  ) throws -> (PreparedFrame, size: (width: Int, height: Int))? {
    switch ahead.next() {
    case .frame(let frame, let width, let height): return (frame, (width, height))
    case .end: return nil
    case .failure(let error):
      report.failure = error
      return nil
    case .refused(let error): throw error
    }
  }

  private func header(
    _ name: String, _ size: (width: Int, height: Int), _ shape: PyramidShape, _ rate: FrameRate
  ) throws -> FilmHeader {
    FilmHeader(
      model: try model.name(),
      source: .init(name: name, width: size.width, height: size.height),
      shape: shape, rate: rate, from: FilmTime(seconds: settings.from))
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

/// A film that is being written: it can be read up to its last frame, unless an earlier one has its
/// name.
private struct WrittenFilm {
  private let output: OutputFile
  private let file: GrowingFile
  private let standing: StandingFilm?

  init(
    _ header: FilmHeader, to output: OutputFile, _ format: FilmWriter.Format, _ model: Model
  ) throws {
    self.output = output
    standing = try StandingFilm(at: output, vocabulary: model.vocabulary)
    try standing?.compare(header, as: format)
    file =
      standing == nil
      ? try output.growing(visible: true)
      : try OutputFile(output.path, mayReplace: true).growing()
  }

  func write(_ piece: ClipEncoder.Piece) throws(Failure) {
    if let frame = piece.frame { try standing?.compare(frame) }
    do throws(SystemError) { try file.write(piece.bytes) } catch { throw failure(error) }
  }

  func finish() throws(Failure) {
    if let standing, try standing.isSame() { return }
    do throws(SystemError) { try file.finish() } catch { throw failure(error) }
  }

  private func failure(_ error: SystemError) -> Failure {
    Failure("\(output.path): cannot be written: \(error)\(AtomicFile.remedy(for: error))")
  }
}
