import Glibc
import SPAESystem

/// A film in a file: any frame's words, with no more in memory than one pyramid and an index.
///
/// `scan` reads on to the present end, so that a film that is still being written grows. The index
/// has the place of each key frame; a frame is found by reading from the last one before it, and
/// neighbours follow each other without reading twice.
package final class FilmFile {
  /// Where a key frame begins.
  private struct KeyFrame {
    let frame: Int  // counted from 0
    let offset: Int  // of its first line, in bytes
    let line: Int  // the number of the line before
  }

  /// A reader, and the words of the frame that it gave last.
  private struct Cursor {
    var reader: FilmReader
    var lines: FilmLines
    var pyramid: Pyramid?
    /// The levels of the last key frame's filter.
    var steady = 0

    /// The frame of `pyramid`, counted from 0.
    var frame: Int { reader.frames - 1 }

    mutating func show(_ next: FilmFrame) {
      pyramid = next.pyramid(after: pyramid)
      steady = next.steady ?? steady
    }
  }

  package let header: FilmHeader
  private let file: OpenFile
  private var index: [KeyFrame] = []
  private var scanner: Cursor
  private var cursor: Cursor?

  /// How the part that was scanned ends; nil until `scan` has come to the end of the file.
  package private(set) var ending: FilmEnding?

  /// Opens a film and reads its header; the other lines by `scan`. `vocabulary` finds the words of
  /// the model that the header names.
  ///
  /// Throws `FilmTextError`, `SystemError`, and what `vocabulary` throws.
  package init(path: String, vocabulary: (FilmHeader) throws -> Vocabulary) throws {
    file = try OpenFile(path)
    header = try Self.header(file.descriptor)
    let reader = FilmReader(vocabulary: try vocabulary(header))
    scanner = Cursor(reader: reader, lines: FilmLines(descriptor: file.descriptor))
  }

  /// Another reader of the same file, scanned as far, whatever has the file's name by now.
  package init(_ other: FilmFile) {
    (header, file, index) = (other.header, other.file, other.index)
    (scanner, ending) = (other.scanner, other.ending)
  }

  private static func header(_ descriptor: Int32) throws -> FilmHeader {
    var (reader, lines) = (FilmReader(vocabulary: nil), FilmLines(descriptor: descriptor))
    while let line = try lines.next() {
      _ = try reader.take(line)
      if let header = reader.header { return header }
    }
    _ = try reader.finish(rest: lines.rest)
    throw FilmTextError(line: 0, column: 0, problem: .notFilm)
  }

  /// Whether the file that is read is still the one that its path leads to.
  package func isStill(at path: String) -> Bool {
    var own = stat()
    guard unsafe fstat(file.descriptor, &own) == 0, let there = FileSystem.status(of: path) else {
      return false
    }
    return own.st_dev == there.st_dev && own.st_ino == there.st_ino
  }

  /// The number of frames that are known to be whole.
  package var frames: Int { max(scanner.reader.frames, ending?.frames ?? 0) }

  /// The frames, counted from 0, that are key frames.
  package var keyFrames: [Int] { index.map(\.frame).filter { $0 < frames } }

  /// The number that the last frame has in the file: a writer continues with the next one.
  package var lastNumber: Int { scanner.reader.lastNumber }

  /// Reads on: at most so many frames, or up to the present end. Gives how the film ends, once it is
  /// there.
  @discardableResult
  package func scan(atMost limit: Int = .max) throws -> FilmEnding? {
    var count = 0
    while count < limit {
      let (offset, before) = (scanner.lines.offset, scanner.lines.count)
      guard let line = try scanner.lines.next() else {
        var last = scanner.reader
        ending = try last.finish(rest: scanner.lines.rest).ending
        return ending
      }
      if try scanner.reader.take(line) != nil { count += 1 }
      if let key = scanner.reader.begunKeyFrame {
        index.append(KeyFrame(frame: key, offset: offset, line: before))
      }
    }
    return nil
  }

  /// The words of a frame, counted from 0; nil where the film, as far as it was scanned, has no such.
  package func pyramid(ofFrame frame: Int) throws -> Pyramid? {
    guard (0..<frames).contains(frame), let key = index.last(where: { $0.frame <= frame }) else {
      return nil
    }
    var cursor = self.cursor
    if cursor.map({ !(key.frame...frame).contains($0.frame) }) ?? true {
      cursor = begin(at: key)
    }
    while var now = cursor, now.frame < frame {
      try advance(&now)
      cursor = now
    }
    self.cursor = cursor
    return cursor?.pyramid
  }

  /// The words of a frame, counted from 0, and how it is shown; nil where the film has no such frame.
  package func shown(ofFrame frame: Int) throws -> ShownFrame? {
    guard let pyramid = try pyramid(ofFrame: frame), let cursor else { return nil }
    return ShownFrame(
      pyramid: pyramid, steady: cursor.steady, isKey: index.contains { $0.frame == frame })
  }

  /// The frame from which on all must be decoded for a frame, counted from 0, to be shown: its key
  /// frame, or itself where nothing is filtered.
  package func firstFrame(toShow frame: Int) throws -> Int {
    guard let shown = try shown(ofFrame: frame), shown.steady > 0 else { return frame }
    return index.last { $0.frame <= frame }?.frame ?? frame
  }

  /// Reads the whole film from its first frame on, as it stands in the file; gives the comments behind
  /// its last frame.
  package func readAll(_ body: (FilmFrame) throws -> Void) throws -> [PyramidDocument.Comment] {
    var (reader, lines) = (scanner.reader.fresh, FilmLines(descriptor: file.descriptor))
    while let line = try lines.next() {
      if let frame = try reader.take(line) { try body(frame) }
    }
    if let last = try reader.finish(rest: lines.rest).frame { try body(last) }
    return reader.commentsBehind
  }

  private func begin(at key: KeyFrame) -> Cursor {
    Cursor(
      reader: scanner.reader.resumed(atFrame: key.frame, line: key.line),
      lines: FilmLines(descriptor: file.descriptor, offset: key.offset, count: key.line))
  }

  /// Reads the next frame.
  private func advance(_ cursor: inout Cursor) throws {
    while let line = try cursor.lines.next() {
      guard let frame = try cursor.reader.take(line) else { continue }
      cursor.show(frame)
      return
    }
    guard let frame = try cursor.reader.finish(rest: cursor.lines.rest).frame else {
      throw FilmTextError(line: 0, column: 0, problem: .noFrame)
    }
    cursor.show(frame)
  }
}

/// A file that stays open as long as anybody reads it.
private final class OpenFile: Sendable {
  let descriptor: Int32

  init(_ path: String) throws(SystemError) {
    descriptor = FileSystem.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last }
  }

  deinit { close(descriptor) }
}

/// The lines of a file from an offset on, each with its place, in bounded memory.
struct FilmLines {
  private let descriptor: Int32
  private var waiting: [UInt8] = []
  private var start = 0  // of what is left of `waiting`

  /// Where the next line begins, in bytes.
  private(set) var offset: Int

  /// The lines of the file before that one.
  private(set) var count: Int

  init(descriptor: Int32, offset: Int = 0, count: Int = 0) {
    (self.descriptor, self.offset, self.count) = (descriptor, offset, count)
  }

  /// What stands behind the last line's end.
  var rest: String { String(decoding: waiting[start...], as: UTF8.self) }

  /// The next line without its end; nil where there is none yet.
  mutating func next() throws -> String? {
    var seen = start
    while true {
      if let end = waiting[seen...].firstIndex(of: UInt8(ascii: "\n")) {
        return line(endingAt: end)
      }
      guard waiting.count - start <= FilmText.longestLine else {
        throw FilmTextError(
          line: count + 1, column: 1, problem: .lineTooLong(limit: FilmText.longestLine))
      }
      waiting.removeSubrange(..<start)
      (start, seen) = (0, waiting.count)
      guard try fill() else { return nil }
    }
  }

  private mutating func line(endingAt end: Int) -> String {
    let hasReturn = end > start && waiting[end - 1] == UInt8(ascii: "\r")
    let text = String(decoding: waiting[start..<(hasReturn ? end - 1 : end)], as: UTF8.self)
    offset += end + 1 - start
    count += 1
    start = end + 1
    return text
  }

  /// Reads some more; false where there is no more.
  private mutating func fill() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = unsafe pread(descriptor, &buffer, buffer.count, off_t(offset + waiting.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError.last }
      waiting += buffer[..<count]
      return count > 0
    }
  }
}
