package import SPAEPyramid
package import SPAESystem

/// Makes the sinks for films of every kind.
package enum FrameWriter {
  /// Makes the sink that the ending of a file's name asks for; throws where the name is taken.
  package static func open(
    _ file: OutputFile, as encoding: FilmEncoding, rate: FrameRate
  ) throws(Failure) -> any FrameSink {
    switch encoding {
    case .folder: return try FolderSink(file.path, mayReplace: file.mayReplace)
    case .y4m: return Y4MSink(try growing(file), rate: rate)
    case .gif: return GIFSink(try growing(file), rate: rate)
    case .webP: return WebPSink(try growing(file), rate: rate)
    case .foreign(let container):
      let ffmpeg: FFmpeg
      do { ffmpeg = try FFmpeg() } catch { throw Failure("\(file.path): \(error)") }
      return FFmpegSink(try growing(file), rate: rate, container: container, by: ffmpeg)
    }
  }

  private static func growing(_ file: OutputFile) throws(Failure) -> GrowingFile {
    if file.path != "-" { try file.refuseTaken() }
    return try file.growing()
  }
}
