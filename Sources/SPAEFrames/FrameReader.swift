import SPAEPixels

/// Opens clips of every kind.
package enum FrameReader {
  /// Opens a file, or standard input for "-", whose first bytes `reader` may have looked at.
  ///
  /// The frames come at a constant rate. A PNG is an animation that ffmpeg reads.
  package static func open(
    _ reader: ByteReader, path: String, kind: FilmKind, _ selection: FrameSelection = .init()
  ) throws(FrameError) -> any FrameSource {
    switch kind {
    case .y4m:
      let source = try Y4MSource(reader, assumed: selection.rate)
      return SelectedFrames(source, selection)
    case .gif:
      let bytes = try reader.rest(limit: ImageFile.greatestBytes, format: "GIF")
      return SelectedFrames(try GIFSource(bytes), selection)
    case .webP:
      let bytes = try reader.rest(limit: ImageFile.greatestBytes, format: "WebP")
      return SelectedFrames(try WebPSource(bytes), selection)
    case .png: return try foreign(path, "APNG", selection)
    case .foreign(let format): return try foreign(path, format, selection)
    }
  }

  /// Opens a file by its name, whatever kind of film it is.
  package static func open(
    path: String, _ selection: FrameSelection = .init()
  ) throws(FrameError) -> any FrameSource {
    let reader = try ByteReader(path: path)
    let prefix = try reader.peek(FilmKind.prefix)
    if prefix.isEmpty { throw .empty }
    guard let kind = try FilmKind(reader, name: path) else { throw .noFilm(prefix) }
    return try open(reader, path: path, kind: kind, selection)
  }

  private static func foreign(
    _ path: String, _ format: String, _ selection: FrameSelection
  ) throws(FrameError) -> any FrameSource {
    guard path != "-" else { throw .needsFile }
    return try FFmpegSource(path: path, format: format, selection, by: FFmpeg())
  }
}
