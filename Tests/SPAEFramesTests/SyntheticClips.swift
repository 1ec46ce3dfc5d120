import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

/// Clips that the tests make themselves.
enum Clip {
  /// A y4m of frames of one brightness each, grey, with `more` in its first line.
  static func y4m(
    _ width: Int, _ height: Int, greys: [UInt8], sampling: String = "420jpeg",
    rate: String = "F25:1", more: String = ""
  ) -> [UInt8] {
    let chroma: Int =
      switch sampling {
      case "444": width * height
      case "422": (width + 1) / 2 * height
      case "mono": 0
      default: (width + 1) / 2 * ((height + 1) / 2)
      }
    let frames = greys.flatMap { grey in
      Array("FRAME\n".utf8) + repeated(grey, width * height) + repeated(128, 2 * chroma)
    }
    return Array("YUV4MPEG2 W\(width) H\(height) \(rate) C\(sampling)\(more)\n".utf8) + frames
  }

  static func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] {
    [UInt8](repeating: byte, count: count)
  }

  /// A picture with a square that moves with the number.
  static func moving(_ number: Int, side: Int = 16) -> PixelImage {
    var image = PixelImage(
      width: side, height: side, colour: Colour(red: 20, green: 60, blue: 180))
    for row in 4..<8 {
      for column in 0..<4 {
        let at = 3 * (row * side + (column + number) % side)
        image.pixels.replaceSubrange(at..<at + 3, with: [250, 200, UInt8(30 + number)])
      }
    }
    return image
  }

  /// Writes pictures by a sink, and gives the bytes of the file.
  static func written(
    _ images: [PixelImage], as ending: String, rate: FrameRate, in folder: String
  ) throws -> (path: String, bytes: [UInt8]) {
    let path = "\(folder)/clip.\(ending)"
    let encoding = try #require(FilmEncoding(path: path))
    let sink = try FrameWriter.open(OutputFile(path), as: encoding, rate: rate)
    for image in images { try sink.put(image) }
    try sink.finish()
    return (path, try FileSystem.bytes(of: path))
  }
}

extension FrameSource {
  /// All frames that there are.
  func all() throws -> [Frame] {
    var frames: [Frame] = []
    while let frame = try next() { frames.append(frame) }
    return frames
  }

  /// The frames before an error, and that.
  func untilError() -> (frames: [Frame], error: FrameError?) {
    var frames: [Frame] = []
    do throws(FrameError) {
      while let frame = try next() { frames.append(frame) }
      return (frames, nil)
    } catch {
      return (frames, error)
    }
  }
}
