import Dispatch
import Glibc
package import SPAEEngine
package import SPAEFrames
package import SPAEPixels
package import SPAEPyramid
package import SPAESystem
import Synchronization

/// Pictures and clips in on standard input, their words out on standard output, in the order of the
/// input.
///
/// Memory does not grow with the stream: nothing is read before a thread is free for it, and
/// nothing when `window` answers wait, for an earlier one or for a slow reader.
package final class EncodeStream: Sendable {
  /// How a picture or a clip becomes words.
  package struct Settings: Sendable {
    package let size: Int
    package let fit: Fit
    package let semanticWeight: Float
    package let verbose: Bool
    /// How clips become films; `frames` are chosen of each.
    package var film = FilmSettings()
    package var frames = FrameSelection()
    /// The form of films; pictures are lists of words in any case.
    package var format = FilmWriter.Format.json
    /// Whether animations are clips, of which otherwise the first frame is taken.
    package var animationsAreClips = false

    package init(size: Int, fit: Fit, semanticWeight: Float, verbose: Bool) {
      (self.size, self.fit, self.semanticWeight, self.verbose) = (
        size, fit, semanticWeight, verbose
      )
    }
  }

  private struct Input {
    var reader = PictureReader(descriptor: STDIN_FILENO)
    var count = 0
    var isOver = false
    var failure: Failure?
  }

  private let model: Model
  private let settings: Settings
  private let threads: Int
  private let answer: StreamAnswer
  private let input = Mutex(Input())
  private let output = OrderedOutput(descriptor: STDOUT_FILENO)
  private let room: DispatchSemaphore

  package init(model: Model, settings: Settings, threads: Int) throws {
    self.model = model
    self.settings = settings
    self.threads = threads
    answer = StreamAnswer(model: try model.identity(), vocabulary: model.vocabulary)
    room = DispatchSemaphore(value: 16 * threads)
  }

  /// Answers until the input ends; throws where it broke, when all before that is answered.
  package func run() throws(Failure) {
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while let (index, picture) = next() { encode(picture, index) }
    }
    if let failure = input.withLock({ $0.failure }) { throw failure }
  }

  private func next() -> (Int, StreamedPicture)? {
    room.wait()
    let next = input.withLock { input -> (Int, StreamedPicture)? in
      guard !input.isOver else { return nil }
      do throws(Failure) {
        if let picture = try input.reader.next() {
          defer { input.count += 1 }
          return (input.count, picture)
        }
      } catch {
        input.failure = error
      }
      input.isOver = true
      return nil
    }
    if next == nil { room.signal() }
    return next
  }

  /// Nobody can be told of an answer that cannot be written: the program ends at once.
  private func orEnd<Result>(_ write: () throws(Failure) -> Result) -> Result {
    do throws(Failure) { return try write() } catch {
      error.report()
      Glibc.exit(1)
    }
  }

  private func put(_ line: [UInt8], for index: Int) {
    for _ in 0..<orEnd({ () throws(Failure) in try output.put(line, for: index) }) {
      room.signal()
    }
  }

  private func note(_ notes: [String], of key: String) {
    guard settings.verbose else { return }
    for note in notes { print("spae: \(key): \(note)", toStandardError: true) }
  }

  private func encode(_ picture: StreamedPicture, _ index: Int) {
    do {
      switch try picture.open(asFilm: settings.animationsAreClips, settings.frames) {
      case .picture(let file): put(try line(of: file, key: picture.key), for: index)
      case .clip(let source, let copy):
        try withExtendedLifetime(copy) { try encode(source, of: picture, index) }
      }
    } catch {
      put(answer.line(key: picture.key, error: error.reason), for: index)
    }
  }

  private func line(of file: ImageFile, key: String) throws -> [UInt8] {
    note(file.notices(size: settings.size, fit: settings.fit), of: key)
    let pyramid = try model.encode(
      file.image, size: settings.size, fit: settings.fit, semanticWeight: settings.semanticWeight)
    return answer.line(
      key: key, width: file.image.width, height: file.image.height, pyramid: pyramid)
  }

  /// Answers a clip, piece by piece: memory does not grow with its film.
  private func encode(_ source: any FrameSource, of clip: StreamedPicture, _ index: Int) throws {
    guard settings.semanticWeight == 1 else { throw ClipEncoder.notWeighted }
    var film = FilmAnswer(answer, key: clip.key, format: settings.format)
    var error: String?
    do {
      let report = try encoder.encode(source, name: FileName.inputLabel(of: clip.name)) {
        piece in
        let part = film.part(piece)
        orEnd { () throws(Failure) in try output.append(part, to: index) }
      }
      note(report.notices, of: clip.key)
      error = report.failure?.description
    } catch let problem {
      error = problem.reason
    }
    put(film.ending(error: error), for: index)
  }

  private var encoder: ClipEncoder {
    var clips = ClipEncoder.Settings(
      size: settings.size, fit: settings.fit, format: settings.format)
    (clips.film, clips.from) = (settings.film, settings.frames.from)
    return ClipEncoder(model: model, settings: clips)
  }
}
