package import SPAEFrames
package import SPAEPixels
package import SPAESystem

/// A file to be encoded, by its content: a picture, or a clip whose frames are yet to be read.
package enum PictureOrClip {
  case picture(ImageFile)
  case clip(ByteReader, FilmKind)

  /// Opens a file, or standard input for "-".
  ///
  /// An animation is a picture, its first frame, unless a film is wished for.
  package init(path: String, asFilm: Bool) throws(Failure) {
    do {
      let reader = try ByteReader(path: path)
      if asFilm, try Self.kind(of: reader, name: path, asFilm: true) == nil {
        throw FrameError.noFilm(try reader.peek(FilmKind.prefix))
      }
      self = try PictureOrClip(reader, name: path, asFilm: asFilm)
    } catch FrameError.still {
      throw Failure("\(path): \(FrameError.still); leave out --film")
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  /// Looks at what a reader brings; `name` is that of the file.
  ///
  /// Of an animation all frames are taken if `asFilm`; what has one frame is a picture. Throws
  /// `FrameError` for bytes that cannot be read and `ImageError` for what is no picture.
  init(_ reader: ByteReader, name: String, asFilm: Bool) throws {
    if let kind = try Self.kind(of: reader, name: name, asFilm: asFilm) {
      self = .clip(reader, kind)
    } else {
      // It is not opened again: what came through a pipe would be gone.
      self = .picture(try ImageFile(contents: try Self.rest(of: reader)))
    }
  }

  private static func kind(
    of reader: ByteReader, name: String, asFilm: Bool
  ) throws(FrameError) -> FilmKind? {
    let prefix = try reader.peek(FilmKind.prefix)
    let likely = FilmKind(prefix: prefix, name: name)
    if prefix.isEmpty, asFilm || likely != nil { throw .empty }
    guard let likely, asFilm || !likely.isPicture else { return nil }
    return try FilmKind(reader, name: name)
  }

  private static func rest(of reader: ByteReader) throws(ImageError) -> [UInt8] {
    do throws(FrameError) {
      return try reader.rest(limit: ImageFile.greatestBytes, format: "")
    } catch {
      if case .tooManyBytes(_, let limit) = error { throw .tooManyBytes(limit: limit) }
      throw .unreadable("\(error)")
    }
  }
}
