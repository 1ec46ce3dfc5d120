import SPAEPixels

/// The screen of an animation, on which its frames lay their parts.
struct FrameCanvas {
  /// What becomes of a part before the next one comes.
  enum Disposal {
    case stays, isCleared, isUndone
  }

  /// A part of the screen: RGBA, [height, width, 4].
  struct Part {
    let left: Int
    let top: Int
    let width: Int
    let height: Int
    let pixels: [UInt8]
  }

  let width: Int
  let height: Int

  /// [height, width, 4]; alpha is not multiplied into the colours.
  private var pixels: [UInt8]
  private var waiting: (disposal: Disposal, part: Part, before: [UInt8])?

  /// Makes a transparent screen.
  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    pixels = [UInt8](repeating: 0, count: 4 * width * height)
  }

  /// Lays a part onto what the former parts have left; what lies outside the screen is not seen.
  mutating func put(_ part: Part, blends: Bool, _ disposal: Disposal) {
    dispose()
    waiting = (disposal, part, disposal == .isUndone ? pixels : [])
    forEachPixel(of: part) { pixels, target, source in
      Self.lay(part.pixels[source..<source + 4], on: &pixels, at: target, blends: blends)
    }
  }

  /// What is seen, with white behind it.
  var image: PixelImage {
    var rgb = [UInt8](repeating: 255, count: 3 * width * height)
    for pixel in 0..<width * height {
      let alpha = Int(pixels[4 * pixel + 3])
      for channel in 0..<3 where alpha > 0 {
        let blended = Int(pixels[4 * pixel + channel]) * alpha + 255 * (255 - alpha)
        rgb[3 * pixel + channel] = UInt8((blended + 127) / 255)
      }
    }
    return PixelImage(width: width, height: height, pixels: rgb)
  }

  private mutating func dispose() {
    guard let (disposal, part, before) = waiting else { return }
    switch disposal {
    case .stays: break
    case .isUndone: pixels = before
    case .isCleared:
      forEachPixel(of: part) { pixels, target, _ in
        for channel in 0..<4 { pixels[target + channel] = 0 }
      }
    }
    waiting = nil
  }

  /// Hands out where each pixel of a part lies on the screen, and in the part.
  private mutating func forEachPixel(
    of part: Part, _ body: (inout [UInt8], _ target: Int, _ source: Int) -> Void
  ) {
    let rows = max(0, -part.top)..<max(max(0, -part.top), min(part.height, height - part.top))
    let columns = max(0, -part.left)..<max(max(0, -part.left), min(part.width, width - part.left))
    for row in rows {
      for column in columns {
        body(
          &pixels, 4 * ((row + part.top) * width + column + part.left),
          4 * (row * part.width + column))
      }
    }
  }

  private static func lay(
    _ source: ArraySlice<UInt8>, on pixels: inout [UInt8], at target: Int, blends: Bool
  ) {
    let alpha = Int(source[source.startIndex + 3])
    if blends, alpha == 0 { return }
    if !blends || alpha == 255 || pixels[target + 3] == 0 {
      pixels.replaceSubrange(target..<target + 4, with: source)
      return
    }
    // Of two that are transparent, each colour counts as much as it is seen.
    let below = Int(pixels[target + 3]) * (255 - alpha)
    let whole = 255 * alpha + below
    for channel in 0..<3 {
      let sum =
        255 * alpha * Int(source[source.startIndex + channel])
        + below * Int(pixels[target + channel])
      pixels[target + channel] = UInt8((sum + whole / 2) / whole)
    }
    pixels[target + 3] = UInt8((whole + 127) / 255)
  }
}
