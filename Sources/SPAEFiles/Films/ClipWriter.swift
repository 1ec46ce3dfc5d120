import SPAEFrames
package import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// Writes pictures as a clip, in the format that its name asks for.
package enum ClipWriter {
  /// Writes all that `next` gives, enlarged, at a rate; the file has its name once it is whole.
  ///
  /// Throws a `Failure` that names the file, and what `next` throws.
  package static func write(
    to output: OutputFile, rate: FrameRate, scale: Int = 1, next: () throws -> PixelImage?
  ) throws {
    guard let encoding = FilmEncoding(path: output.path) else {
      throw Failure("\(output.path): a clip's name ends in one of \(FilmEncoding.endings)")
    }
    let sink = try FrameWriter.open(output, as: encoding, rate: rate)
    while let image = try next() {
      try FilmDecoding.named(output.path) { () throws(FrameError) in
        try sink.put(image.enlarged(scale))
      }
    }
    try FilmDecoding.named(output.path) { () throws(FrameError) in try sink.finish() }
  }
}
