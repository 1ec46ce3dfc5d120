import Foundation
package import SPAEFrames
package import SPAEPixels
import SPAESystem

/// One picture or clip of a stream: what it is called, and where its bytes are.
package struct StreamedPicture: Sendable {
  /// Where it is; what cannot be had is that picture's error, not the stream's.
  package enum Contents: Sendable {
    case file(String)
    case base64(String)
    case bytes([UInt8])
    case tooLong
  }

  package let key: String
  /// What a film calls its source; it tells formats of clips that their content does not.
  package let name: String
  package let contents: Contents

  /// What it turns out to be; a clip's frames are read one by one.
  package enum Opened {
    case picture(ImageFile)
    case clip(any FrameSource, UnnamedCopy?)
  }

  /// Reads a picture and decompresses it, or opens a clip: of an animation all frames if `asFilm`.
  ///
  /// Throws `ImageError` or `FrameError`.
  package func open(asFilm: Bool, _ selection: FrameSelection) throws -> Opened {
    let (reader, path) = try reader()
    switch try PictureOrClip(reader, name: name, asFilm: asFilm) {
    case .picture(let file): return .picture(file)
    case .clip(let reader, let kind):
      // ffmpeg reads files alone.
      let copy = path == nil && kind.needsFile ? try UnnamedCopy(of: reader) : nil
      let source = try FrameReader.open(
        reader, path: path ?? copy?.path ?? "-", kind: kind, selection)
      return .clip(source, copy)
    }
  }

  /// Its bytes, and its path if it is a file.
  private func reader() throws -> (ByteReader, path: String?) {
    switch contents {
    case .file("-"):
      throw ImageError.unreadable("standard input brings the stream itself; name a file")
    case .file(let path): return (try ByteReader(path: path), path)
    case .bytes(let bytes): return (ByteReader(bytes), nil)
    case .tooLong: throw ImageError.tooManyBytes(limit: ImageFile.greatestBytes)
    case .base64(let text):
      guard let bytes = Data(base64Encoded: text) else {
        throw ImageError.unreadable("not valid base64")
      }
      return (ByteReader([UInt8](bytes)), nil)
    }
  }
}

/// What came through a pipe, as a file that other programs can open as long as this lives.
package final class UnnamedCopy {
  private let descriptor: Int32

  /// Takes all that a reader brings. Throws `FrameError` where it cannot be kept.
  init(of reader: ByteReader) throws(FrameError) {
    let bytes = try reader.rest(limit: ImageFile.greatestBytes, format: "")
    do throws(SystemError) {
      descriptor = try FileSystem.unnamedFile()
      try FileSystem.write(bytes, to: descriptor)
    } catch {
      throw .unreadable("no room for a copy that ffmpeg can read: \(error)")
    }
  }

  deinit { close(descriptor) }

  var path: String { "/proc/\(getpid())/fd/\(descriptor)" }
}
