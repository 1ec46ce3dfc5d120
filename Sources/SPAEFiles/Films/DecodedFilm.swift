import SPAEEngine
package import SPAEFrames
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// The pictures that the words of a film give, one frame after the other.
package final class DecodedFilm: FrameSource {
  package let format = "spae"
  package var rate: FrameRate { opened.rate }
  package var duration: Double? { opened.duration }
  package var notices: [String] { opened.notices }

  private let opened: OpenedFilm
  private let decoder: FilmDecoder
  private var count = 0

  /// Decodes the first `depth` layers of each frame; nil is all of them.
  package init(_ opened: OpenedFilm, depth: Int? = nil) {
    self.opened = opened
    decoder = FilmDecoder(model: opened.model, depth: depth)
  }

  package func next() throws(FrameError) -> Frame? {
    guard count < opened.film.frames else { return nil }
    let image: PixelImage
    do { image = try decoder.picture(of: try opened.shown(ofFrame: count)) } catch {
      throw .unreadable("frame \(count + 1): \(error.reason)")
    }
    defer { count += 1 }
    return Frame(
      image: image, time: rate.seconds(toFrame: count), duration: 1 / rate.framesPerSecond)
  }

  /// What one frame shows, counted from 0: the same as in the whole film.
  ///
  /// Throws where the film has no such frame.
  package static func picture(
    ofFrame frame: Int, in opened: OpenedFilm, depth: Int? = nil
  ) throws -> PixelImage {
    let decoder = FilmDecoder(model: opened.model, depth: depth)
    for earlier in try opened.film.firstFrame(toShow: frame)..<max(0, frame) {
      _ = try decoder.picture(of: try opened.shown(ofFrame: earlier))
    }
    return try decoder.picture(of: try opened.shown(ofFrame: frame))
  }
}
