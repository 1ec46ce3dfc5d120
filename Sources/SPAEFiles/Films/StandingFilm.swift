import Glibc
import SPAEPyramid
package import SPAESystem

/// The film that has the name of one that is being encoded: what an earlier run made, whole or cut
/// short, or another one, which is not replaced.
///
/// It is read frame by frame beside the new one, so a difference ends the work where it is.
package final class StandingFilm {
  private let output: OutputFile
  private let descriptor: Int32
  private var lines: LineReader
  private var reader: FilmReader
  private var hasComments = false
  /// Whether the new film has more frames.
  private var isShort = false

  /// nil where nothing has the name, or it may be replaced; throws where no film of words has it.
  init?(at output: OutputFile, vocabulary: Vocabulary) throws(Failure) {
    guard Self.isTaken(output) else { return nil }
    try Self.refuseOthers(output)
    self.output = output
    descriptor = FileSystem.open(output.path, O_RDONLY)
    guard descriptor >= 0 else { throw output.refusal("it cannot be read: \(SystemError.last)") }
    (lines, reader) = (LineReader(descriptor: descriptor), FilmReader(vocabulary: vocabulary))
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static func isTaken(_ output: OutputFile) -> Bool {
    output.path != "-" && !output.mayReplace && !output.isSpecial
      && FileSystem.exists(output.path)
  }

  /// Throws where something other than a film has the name: before a long work that could then not
  /// be written.
  package static func refuseOthers(_ output: OutputFile) throws(Failure) {
    guard isTaken(output), !Input.holdsFilm(FileSystem.start(of: output.path, count: 4096)) else {
      return
    }
    throw output.refusal("it is no film of words")
  }

  /// Compares the headers.
  func compare(_ header: FilmHeader, as format: FilmWriter.Format) throws(Failure) {
    while reader.header == nil, let line = lines.next() { _ = try take(line) }
    guard let found = reader.header else { throw output.refusal("it has no whole frame") }
    hasComments = !found.comments.isEmpty
    if found.source != header.source {
      throw output.refusal("it holds the film of another clip, \(found.source.name)")
    }
    guard found.model == header.model else { throw output.refusal("it is of another model") }
    guard (found.shape, found.rate, found.from) == (header.shape, header.rate, header.from) else {
      throw output.refusal("it was made with another --size, --fit, --fps or --from")
    }
    let isJSON = FileSystem.start(of: output.path, count: 1).first == UInt8(ascii: "{")
    guard isJSON == (format == .json) else { throw output.refusal("it has another --format") }
  }

  /// Compares the next frame.
  func compare(_ frame: FilmFrame) throws(Failure) {
    guard !isShort, let found = try nextFrame() else {
      isShort = true
      return
    }
    guard found.content == frame.content else {
      throw output.refusal(
        "its words are others in frame \(reader.frames): they were edited, or made with another"
          + " --tolerance")
    }
  }

  /// Whether it is the same film to its end, and stays; false where the new one is to replace it.
  func isSame() throws(Failure) -> Bool {
    if !isShort, try nextFrame() != nil {
      throw output.refusal(
        "it has more than the \(reader.frames - 1) frames that are to be written")
    }
    if !isShort, reader.hasEnded { return true }
    if hasComments { throw output.refusal("somebody wrote comments into it") }
    guard FileSystem.isWritable(output.path) else { throw output.refusal("it is read-only") }
    return false
  }

  private func nextFrame() throws(Failure) -> FilmFrame? {
    while let line = lines.next() {
      if let frame = try take(line) {
        hasComments = hasComments || !frame.comments.isEmpty
        return frame
      }
    }
    hasComments = hasComments || !reader.commentsBehind.isEmpty
    return nil
  }

  private func take(_ line: String) throws(Failure) -> FilmFrame? {
    do throws(FilmTextError) { return try reader.take(line) } catch {
      // What stands in the last line may be half of one.
      guard lines.next() != nil else { return nil }
      throw output.refusal("it is damaged: \(error)")
    }
  }
}
