import Foundation
import SPAEFrames
package import SPAEPixels

/// One picture of a stream: what it is called, and where its bytes are.
package struct StreamedPicture: Sendable {
  /// Where a picture is; what cannot be had is that picture's error, not the stream's.
  package enum Contents: Sendable {
    case file(String)
    case base64(String)
    case bytes([UInt8])
    case tooLong
  }

  package let key: String
  package let contents: Contents

  /// Reads and decompresses it.
  package func read() throws(ImageError) -> ImageFile {
    switch contents {
    case .file(let path):
      do throws(ImageError) { return try ImageFile(path: path) } catch {
        guard Self.isClip(path) else { throw error }
        throw .unreadable("a clip, not a picture; spae encode makes a film of words of it")
      }
    case .bytes(let bytes): return try ImageFile(contents: bytes)
    case .tooLong: throw .tooManyBytes(limit: ImageFile.greatestBytes)
    case .base64(let text):
      guard let bytes = Data(base64Encoded: text) else { throw .unreadable("not valid base64") }
      return try ImageFile(contents: [UInt8](bytes))
    }
  }

  /// Whether a file is a film and no picture: an animation is both.
  private static func isClip(_ path: String) -> Bool {
    guard let reader = try? ByteReader(path: path),
      let prefix = try? reader.peek(FilmKind.prefix)
    else { return false }
    return FilmKind(prefix: prefix, name: path)?.isPicture == false
  }
}
