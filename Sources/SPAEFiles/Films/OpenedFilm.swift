import Glibc
package import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// A film of words from a file, with the model of its words.
package final class OpenedFilm {
  package let path: String
  package let film: FilmFile
  package let model: Model

  /// What a person should know of how it was read.
  package let notices: [String]

  /// Holds what came by a pipe.
  private let spooled: Int32?

  /// Opens a file, or standard input for "-", and goes through it; nil where it is no film.
  ///
  /// `bytes` are the content, where that was read already.
  package init?(path: String, bytes: [UInt8]? = nil, models: ModelLibrary) throws {
    let isStream = bytes != nil || path == "-"
    let content = isStream ? try bytes ?? Self.content(path) : try Self.beginning(of: path)
    guard Input.holdsFilm(content) else { return nil }
    spooled = isStream ? try Self.spool(content, path) : nil
    self.path = path
    let place = spooled.map { "/proc/self/fd/\($0)" } ?? path
    (film, model) = try Self.explained(path) {
      var model: Model?
      let film = try FilmFile(path: place) { header in
        let own = try models.model(header.model, for: path)
        model = own
        return own.vocabulary
      }
      try film.scan()
      guard let model else { throw FrameErrorText.noHeader }
      return (film, model)
    }
    guard film.frames > 0 else {
      throw Failure("\(path): the film has no whole frame; spae encode makes films of clips")
    }
    notices = film.ending.flatMap(\.notice).map { [$0] } ?? []
  }

  deinit { if let spooled { close(spooled) } }

  package var rate: FrameRate { film.header.rate }

  /// The seconds of all frames.
  package var duration: Double { rate.seconds(toFrame: film.frames) }

  /// The pixels of a decoded frame.
  package var size: GridSize { model.pictureSize(of: film.header.shape) }

  /// The words of a frame, counted from 0.
  package func pyramid(ofFrame frame: Int) throws(Failure) -> Pyramid {
    try shown(ofFrame: frame).pyramid
  }

  /// The words of a frame, counted from 0, and how it is shown.
  package func shown(ofFrame frame: Int) throws(Failure) -> ShownFrame {
    let found = try Self.explained(path) { try film.shown(ofFrame: frame) }
    guard let found else {
      throw Failure(
        "\(path): it has \(film.frames.counted("frame")); there is no frame \(frame + 1)")
    }
    return found
  }

  /// A frame of a clip as this film would have it: all of it, or the middle square.
  package func fitted(_ image: PixelImage) -> PixelImage {
    let shape = film.header.shape
    let isWhole =
      shape
      == PyramidShape(
        shorterSide: shape.grid.shorter, width: image.width, height: image.height)
    return model.picture(image, for: shape, fit: isWhole ? .whole : .crop)
  }

  // MARK: Parts

  private enum FrameErrorText: Error { case noHeader }

  private static func content(_ path: String) throws(Failure) -> [UInt8] {
    do throws(ImageError) { return try ImageFile.bytes(path: path) } catch {
      throw Failure("\(path): \(error)")
    }
  }

  private static func beginning(of path: String) throws(Failure) -> [UInt8] {
    let descriptor = FileSystem.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw Failure("\(path): \(SystemError.last)") }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    do throws(SystemError) {
      let count = try FileSystem.read(from: descriptor, into: &bytes, at: 0)
      return Array(bytes[..<count])
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  private static func spool(_ bytes: [UInt8], _ path: String) throws(Failure) -> Int32 {
    do throws(SystemError) {
      let descriptor = try FileSystem.unnamedFile()
      try FileSystem.write(bytes, to: descriptor)
      return descriptor
    } catch {
      throw Failure("\(path): cannot be kept in a temporary file: \(error)")
    }
  }

  /// Gives what `body` gives, and its errors with the file's name.
  private static func explained<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws(Failure) -> Result {
    do { return try body() } catch let failure as Failure { throw failure } catch {
      throw Failure("\(path): \(error)")
    }
  }
}
