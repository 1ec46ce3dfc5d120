import Foundation
import SPAEEngine
import SPAEFiles
import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

/// A clip that becomes a film while its frames are read and prepared on another thread.
@Suite struct AClipThatIsEncoded {
  /// A square that moves, and at the end perhaps damage.
  private final class Clip: FrameSource {
    let format = "drawn"
    let rate: FrameRate
    let duration: Double? = nil
    let notices = ["drawn by hand"]
    private let frames: [PixelImage]
    private let failure: FrameError?
    private(set) var count = 0

    init(frames: Int, failure: FrameError? = nil) throws {
      rate = try #require(FrameRate(10))
      self.frames = (0..<frames).map { Self.frame(square: 4 + 5 * $0) }
      self.failure = failure
    }

    static func frame(square: Int) -> PixelImage {
      var image = PixelImage(width: 64, height: 64, colour: .white)
      for row in 0..<64 {
        for column in 0..<64 {
          let isSquare = (24..<40).contains(row) && (square..<square + 16).contains(column)
          image[row, column, 0] = isSquare ? 220 : UInt8(3 * row)
          image[row, column, 1] = isSquare ? 30 : UInt8(2 * column)
        }
      }
      return image
    }

    func next() throws(FrameError) -> Frame? {
      guard count < frames.count else {
        if let failure { throw failure }
        return nil
      }
      defer { count += 1 }
      return Frame(image: frames[count], time: Double(count) / 10, duration: 0.1)
    }
  }

  private let path =
    FileManager.default.temporaryDirectory.path + "/spae-\(UUID().uuidString).spae"

  /// The film's text, what became of the clip, and why it was not whole.
  private func encode(
    _ clip: Clip, threads: Int = 2
  ) throws -> (text: String, report: ClipEncoder.Report?, failure: String?) {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try Model(folder: Models.shipped, parallel: Parallel(threads: threads))
    let encoder = ClipEncoder(model: model, settings: .init(size: 64))
    do {
      let report = try encoder.encode(clip, path: "clip.y4m", to: OutputFile(path))
      return (try String(contentsOfFile: path, encoding: .utf8), report, nil)
    } catch let failure as Failure {
      return (try String(contentsOfFile: path, encoding: .utf8), nil, "\(failure)")
    }
  }

  @Test func isTheSameFilmOnAnyNumberOfThreads() throws {
    let films = try [1, 2].map { try encode(Clip(frames: 9), threads: $0) }
    #expect(films[0].text == films[1].text)
    #expect(films[0].text.contains("frame 9\n") && films[0].report?.frames == 9)
    #expect(films[0].report?.notices == ["drawn by hand"])
  }

  @Test func isTheFilmOfItsFramesOneByOne() throws {
    let model = try Model(folder: Models.shipped)
    let encoder = FilmEncoder(model: model, size: 64, fit: .whole)
    let clip = try Clip(frames: 5)
    var words = 0
    while let frame = try clip.next() { words += try encoder.encode(frame.image).wordCount }
    let report = try #require(try encode(Clip(frames: 5)).report)
    #expect(report.words == words && report.keyFrames == 1)
  }

  @Test func keepsTheFramesBeforeDamage() throws {
    let damage = FrameError.cutShort(format: "drawn", frames: 6, reason: "no more ink")
    let (text, _, failure) = try encode(Clip(frames: 6, failure: damage))
    #expect(text.contains("frame 6\n") && text.hasSuffix("end\n"))
    #expect(try #require(failure).contains("6 whole frames are in \(path)"))
  }
}
