import CPicture
package import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// Writes an animated GIF that begins again at its end, by giflib: of each frame the part that changed,
/// with a palette of its own.
///
/// A GIF counts in 1/100 s and browsers slow down what is faster than 50 frames a second: of those
/// some are left out.
@safe
package final class GIFSink: FrameSink {
  private let file: GrowingFile
  private let rate: FrameRate
  private var writer: OpaquePointer?
  private var waiting: PixelImage?
  private var before: PixelImage?
  private var count = 0
  private var start = 0

  package init(_ file: GrowingFile, rate: FrameRate) { (self.file, self.rate) = (file, rate) }

  deinit {
    if let writer = unsafe writer { unsafe _ = spae_gif_finish(writer) }
  }

  package func put(_ image: PixelImage) throws(FrameError) {
    let time = hundredths(count)
    defer { count += 1 }
    guard let shown = waiting else {
      waiting = image
      return
    }
    guard time - start >= Self.leastDelay else { return }
    if shown == image { return }
    try add(shown, delay: time - start)
    (waiting, start) = (image, time)
  }

  package func finish() throws(FrameError) {
    if let waiting { try add(waiting, delay: max(Self.leastDelay, hundredths(count) - start)) }
    waiting = nil
    guard let writer = unsafe writer else { throw .unwritable("it has no frame") }
    unsafe self.writer = nil
    guard unsafe spae_gif_finish(writer) == 0 else { throw .unwritable(by: .last) }
    try unwritable { () throws(SystemError) in try file.finish() }
  }

  private static let leastDelay = 2
  /// The longest delay that a GIF can say.
  private static let longestDelay = 65535

  private func hundredths(_ frame: Int) -> Int {
    Int((100 * rate.seconds(toFrame: frame)).rounded())
  }

  private func add(_ image: PixelImage, delay: Int) throws(FrameError) {
    if unsafe writer == nil {
      unsafe writer = spae_gif_create(file.descriptor, Int32(image.width), Int32(image.height))
    }
    guard let writer = unsafe writer else { throw .unwritable(by: .last) }
    var rest = delay
    repeat {
      let step = min(rest, Self.longestDelay)
      var part = GIFPart(image, before: before)
      part.frame.delay = Int32(step)
      guard part.choosePalette() else { throw .unwritable("there is not enough memory") }
      guard unsafe spae_gif_add(writer, &part.frame, Int32(part.colours), part.numbers) == 0 else {
        throw .unwritable(by: .last)
      }
      before = image
      rest -= step
    } while rest > 0
  }
}

/// What of a frame is written: the rectangle that changed, by numbers of a palette.
private struct GIFPart {
  var frame = spae_gif_frame()
  private(set) var numbers: [UInt8] = []
  private(set) var colours = 256
  private let image: PixelImage

  init(_ image: PixelImage, before: PixelImage?) {
    let (rows, columns) =
      before.map { image.changes(since: $0) } ?? (0..<image.height, 0..<image.width)
    self.image = image.cropped(
      left: columns.lowerBound, top: rows.lowerBound, width: columns.count, height: rows.count)
    (frame.left, frame.top) = (Int32(columns.lowerBound), Int32(rows.lowerBound))
    (frame.width, frame.height) = (Int32(columns.count), Int32(rows.count))
    frame.disposal = 1
  }

  /// Takes the colours as they are, up to 256, or those that suit more of them; false without memory.
  mutating func choosePalette() -> Bool {
    takeColours() || quantize()
  }

  private mutating func takeColours() -> Bool {
    var known: [Colour: UInt8] = [:]
    numbers = []
    numbers.reserveCapacity(image.width * image.height)
    for pixel in 0..<image.width * image.height {
      let colour = Colour(
        red: image.pixels[3 * pixel], green: image.pixels[3 * pixel + 1],
        blue: image.pixels[3 * pixel + 2])
      if known[colour] == nil {
        guard known.count < 256 else { return false }
        known[colour] = UInt8(known.count)
      }
      numbers.append(known[colour] ?? 0)
    }
    colours = 2
    while colours < known.count { colours *= 2 }
    for (colour, number) in known {
      for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
        unsafe spae_gif_set_colour(&frame, Int32(3 * Int(number) + channel), value)
      }
    }
    return true
  }

  private mutating func quantize() -> Bool {
    let planes = (0..<3).map { channel in
      stride(from: channel, to: image.pixels.count, by: 3).map { image.pixels[$0] }
    }
    numbers = [UInt8](repeating: 0, count: image.width * image.height)
    colours = 256
    return unsafe spae_gif_quantize(&frame, planes[0], planes[1], planes[2], &numbers) == 0
  }
}

extension PixelImage {
  /// The least rectangle that holds all pixels that differ; one pixel where none does.
  fileprivate func changes(since other: PixelImage) -> (Range<Int>, Range<Int>) {
    var (top, bottom, left, right) = (height, -1, width, -1)
    for row in 0..<height {
      let line = 3 * row * width..<3 * (row + 1) * width
      guard pixels[line] != other.pixels[line] else { continue }
      (top, bottom) = (min(top, row), row)
      for column in 0..<width where self[row, column] != other[row, column] {
        (left, right) = (min(left, column), max(right, column))
      }
    }
    return bottom < 0 ? (0..<1, 0..<1) : (top..<bottom + 1, left..<right + 1)
  }
}
