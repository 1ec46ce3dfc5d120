import SPAEEngine
package import SPAEFrames
import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// The pictures that the words of a film give, one frame after the other.
package final class DecodedFilm: FrameSource {
  package let format = "spae"
  package var rate: FrameRate { opened.rate }
  package var duration: Double? { opened.duration }
  package var notices: [String] { opened.notices }

  private let opened: OpenedFilm
  private let depth: Int?
  private var session: DecodeSession?
  private var count = 0

  /// Decodes the first `depth` layers of each frame; nil is all of them.
  package init(_ opened: OpenedFilm, depth: Int? = nil) {
    (self.opened, self.depth) = (opened, depth)
  }

  package func next() throws(FrameError) -> Frame? {
    guard count < opened.film.frames else { return nil }
    let image: PixelImage
    do {
      image = try picture(try opened.pyramid(ofFrame: count))
    } catch {
      throw .unreadable("frame \(count + 1): \(error.reason)")
    }
    defer { count += 1 }
    return Frame(
      image: image, time: rate.seconds(toFrame: count), duration: 1 / rate.framesPerSecond)
  }

  /// Only what changed words reach is computed again.
  private func picture(_ pyramid: Pyramid) throws -> PixelImage {
    if let session {
      _ = try session.apply(pyramid)
      return session.picture
    }
    let session = try DecodeSession(model: opened.model, pyramid: pyramid, depth: depth)
    self.session = session
    return session.picture
  }
}
