import Dispatch
import Glibc
package import SPAEEngine
package import SPAEPixels
import SPAEPyramid
package import SPAESystem
import Synchronization

/// Pictures in on standard input, their words out on standard output, in the order of the input.
///
/// Memory does not grow with the stream: no picture is read before a thread is free for it, and
/// none when `window` answers wait, for an earlier one or for a slow reader.
package final class EncodeStream: Sendable {
  /// How a picture becomes words.
  package struct Settings: Sendable {
    package let size: Int
    package let fit: Fit
    package let semanticWeight: Float
    package let verbose: Bool

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
      while let (index, picture) = next() { put(encoded(picture), for: index) }
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
  private func put(_ line: [UInt8], for index: Int) {
    do throws(Failure) {
      for _ in 0..<(try output.put(line, for: index)) { room.signal() }
    } catch {
      error.report()
      Glibc.exit(1)
    }
  }

  private func encoded(_ picture: StreamedPicture) -> [UInt8] {
    do {
      let file = try picture.read()
      if settings.verbose {
        for note in file.notices(size: settings.size, fit: settings.fit) {
          print("spae: \(picture.key): \(note)", toStandardError: true)
        }
      }
      let pyramid = try model.encode(
        file.image, size: settings.size, fit: settings.fit, semanticWeight: settings.semanticWeight)
      return answer.line(
        key: picture.key, width: file.image.width, height: file.image.height, pyramid: pyramid)
    } catch {
      return answer.line(key: picture.key, error: "\(error)")
    }
  }
}
