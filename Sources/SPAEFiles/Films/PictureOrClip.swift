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
    let (reader, prefix) = try FilmDecoding.named(path) { () throws(FrameError) in
      let reader = try ByteReader(path: path)
      return (reader, try reader.peek(FilmKind.prefix))
    }
    let isOther = prefix.isEmpty || PictureFormat.isStill(prefix)
    let kind = isOther ? nil : FilmKind(prefix: prefix, name: path)
    if let kind, asFilm || !kind.isPicture {
      self = .clip(reader, kind)
      return
    }
    guard !asFilm else { throw Failure("\(path): \(FrameError.notAClip)") }
    // It is not opened again: what came through a pipe would be gone.
    do throws(ImageError) {
      self = .picture(try ImageFile(contents: try Self.rest(of: reader)))
    } catch {
      throw Failure("\(path): \(error)")
    }
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
