import Glibc
package import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// Writes a film by ffmpeg, which takes raw frames and ends with this object.
package final class FFmpegSink: FrameSink {
  private let file: GrowingFile
  private let rate: FrameRate
  private let container: FilmEncoding.Container
  private let ffmpeg: FFmpeg
  private var child: ChildProcess?
  private var count = 0

  package init(
    _ file: GrowingFile, rate: FrameRate, container: FilmEncoding.Container, by ffmpeg: FFmpeg
  ) {
    (self.file, self.rate, self.container, self.ffmpeg) = (file, rate, container, ffmpeg)
  }

  deinit { child?.kill() }

  package func put(_ image: PixelImage) throws(FrameError) {
    let child = try running(for: image)
    do throws(SystemError) {
      try child.write(image.pixels, milliseconds: ffmpeg.milliseconds)
    } catch {
      // It has said why, if it is given the time to.
      if error.isBrokenPipe, let failure = ffmpeg.ending(of: child, behind: count) { throw failure }
      throw ffmpeg.failure(error, of: child, behind: count)
    }
    count += 1
  }

  package func finish() throws(FrameError) {
    guard let child else { throw .unwritable("it has no frame") }
    child.closeInput()
    if let failure = ffmpeg.ending(of: child, behind: count) { throw failure }
    try unwritable { () throws(SystemError) in try file.finish() }
  }

  private func running(for image: PixelImage) throws(FrameError) -> ChildProcess {
    if let child { return child }
    let child = try start(image)
    self.child = child
    return child
  }

  /// It writes to the open file, which has no name yet, as its third descriptor.
  private func start(_ image: PixelImage) throws(FrameError) -> ChildProcess {
    let arguments =
      [
        "-nostdin", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-video_size", "\(image.width)x\(image.height)",
        "-framerate", "\(rate.numerator)/\(rate.denominator)", "-i", "pipe:0", "-an",
      ] + container.arguments + ["-f", container.format, "/dev/fd/3"]
    return try ffmpeg.start(arguments, .init(hasInput: true, file: file.descriptor))
  }
}
