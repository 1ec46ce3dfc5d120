import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Synchronization

/// What is on the screen of a film, so that the frame beside it is shown as the film's filter has it.
///
/// A frame that stands beside the one shown, before or after it, and in the same shot, does not flash:
/// pixels that stand still are held. Any other frame shows what its words decode to. Where the words of
/// the frame that is shown change, by an edit or undo, the pixels that they change are shown at once.
struct FilmView: Sendable {
  /// A frame as it is on the screen.
  private struct Shown {
    let frame: Int
    let depth: Int
    let decoded: PixelImage
    let picture: PixelImage
  }

  private var shown: Shown?
  private var filter = SteadyFilter(levels: 0)

  /// The picture of a frame, counted from 0, whose words decode to `decoded` from so many layers.
  ///
  /// It is filtered if it is at most `reach` frames from the one before. `steady` are the filter's
  /// levels, and `cuts` the film's key frames.
  mutating func picture(
    ofFrame frame: Int, decoded: PixelImage, depth: Int, steady: Int, cuts: [Int], reach: Int = 1
  ) -> PixelImage {
    if filter.levels != steady { filter = SteadyFilter(levels: steady) }
    let picture = picture(frame, decoded, depth, cuts, reach)
    shown = Shown(frame: frame, depth: depth, decoded: decoded, picture: picture)
    return picture
  }

  private func picture(
    _ frame: Int, _ decoded: PixelImage, _ depth: Int, _ cuts: [Int], _ reach: Int
  ) -> PixelImage {
    guard let shown, shown.depth == depth, abs(frame - shown.frame) <= reach else { return decoded }
    if frame == shown.frame { return shown.picture.changed(from: shown.decoded, to: decoded) }
    let (first, last) = (min(frame, shown.frame), max(frame, shown.frame))
    let isCut = cuts.contains { first < $0 && $0 <= last }
    return isCut ? decoded : filter.picture(decoded, after: shown.picture)
  }
}

extension PixelImage {
  /// This picture with the pixels of `new` where that is other than `old`; all of one size.
  fileprivate func changed(from old: PixelImage, to new: PixelImage) -> PixelImage {
    guard (old.width, old.height) == (new.width, new.height), pixels.count == new.pixels.count
    else {
      return new
    }
    var changed = self
    for pixel in stride(from: 0, to: pixels.count, by: 3) {
      let range = pixel..<pixel + 3
      if old.pixels[range] != new.pixels[range] {
        changed.pixels.replaceSubrange(range, with: new.pixels[range])
      }
    }
    return changed
  }
}
