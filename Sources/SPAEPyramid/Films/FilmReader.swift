import Foundation
import SPAESystem

/// Reads a film line by line, as text or as JSON lines, with no more in memory than one frame.
///
/// Give it each line with `take`, and at the end `finish`. It can be read while it is written: a
/// frame comes once what follows shows it to be whole.
package struct FilmReader: Sendable {
  private enum Form: Sendable {
    case unknown
    case text(FilmTextReader)
    case json(FilmJSONReader)
  }

  private let vocabulary: Vocabulary?
  private var form = Form.unknown

  /// The number of frames that came so far.
  package private(set) var frames = 0

  /// The frame, counted from 0, that the last line began, if it began a key frame.
  package private(set) var begunKeyFrame: Int?

  /// Reads words by a vocabulary; without one the header alone can be read.
  package init(vocabulary: Vocabulary?) { self.vocabulary = vocabulary }

  /// What the header says, once it was read.
  package var header: FilmHeader? {
    switch form {
    case .unknown: nil
    case .text(let reader): reader.header
    case .json(let reader): reader.header
    }
  }

  /// Whether the last thing read is what ends a film. More frames may follow it.
  package var hasEnded: Bool {
    switch form {
    case .unknown: false
    case .text(let reader): reader.hasEnded
    case .json(let reader): reader.hasEnded
    }
  }

  /// The number that the last frame was given in the file.
  package var lastNumber: Int {
    switch form {
    case .unknown: 0
    case .text(let reader): reader.number
    case .json(let reader): reader.number
    }
  }

  /// The same reader before the first line.
  var fresh: FilmReader { FilmReader(vocabulary: vocabulary) }

  /// A person's comments behind the last whole frame, as they stand there: of the line `end`, which is
  /// line 0, and of what follows it, or of a frame that is not whole.
  package var commentsBehind: [PyramidDocument.Comment] {
    if case .text(let reader) = form { reader.commentsBehind } else { [] }
  }

  /// The same reader at a key frame, counted from 0, whose line follows that of number `line`.
  package func resumed(atFrame frame: Int, line: Int) -> FilmReader {
    var reader = self
    (reader.frames, reader.begunKeyFrame) = (frame, nil)
    switch form {
    case .unknown: break
    case .text(let text): reader.form = .text(text.resumed(line: line))
    case .json(let json): reader.form = .json(json.resumed(line: line))
    }
    return reader
  }

  /// Takes the next line, without its end; gives the frame that is now known to be whole.
  package mutating func take(_ line: String) throws(FilmTextError) -> FilmFrame? {
    if case .unknown = form { form = begun(with: line) }
    begunKeyFrame = nil
    let frame: FilmFrame?
    switch form {
    case .unknown: return nil
    case .text(var reader):
      form = .unknown  // so that the reader is not copied
      defer { form = .text(reader) }
      frame = try reader.take(line)
      if reader.hasBegunKeyFrame { begunKeyFrame = frames + (frame == nil ? 0 : 1) }
    case .json(var reader):
      defer { form = .json(reader) }
      frame = try reader.take(line)
      if frame?.isKey == true { begunKeyFrame = frames }
    }
    if frame != nil { frames += 1 }
    return frame
  }

  /// Ends the text: `rest` is what stands behind its last line's end.
  ///
  /// Gives the last frame, if it is whole, and how the film ended. Throws where not even the header
  /// is whole.
  package mutating func finish(
    rest: String = ""
  ) throws(FilmTextError) -> (frame: FilmFrame?, ending: FilmEnding) {
    var last: FilmFrame?
    if isWhole(rest) { last = try take(rest) }
    switch form {
    case .unknown: throw FilmTextError(line: 0, column: 0, problem: .notFilm)
    case .text(var reader):
      if last == nil, let frame = try reader.finish() {
        last = frame
        frames += 1
      }
      form = .text(reader)
    case .json(let reader):
      if reader.header == nil { throw FilmTextError(line: 0, column: 0, problem: .notFilm) }
    }
    return (last, hasEnded ? .whole(frames: frames) : .cut(frames: frames))
  }

  /// Whether a line without its end is whole by its content.
  private func isWhole(_ rest: String) -> Bool {
    guard case .json = form else {
      var line = SignificantLines()
      line.add(rest, number: 1)
      let isComment = line.lines.isEmpty && !line.comments.isEmpty
      return isComment || line.lines.first?.text.trimmed == "end"
    }
    return (try? JSONDecoder().decode(FilmJSON.Line.self, from: Data(rest.utf8))) != nil
  }

  private func begun(with line: String) -> Form {
    let first = line.unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }
    guard let first else { return .unknown }
    return first == "{"
      ? .json(FilmJSONReader(vocabulary: vocabulary))
      : .text(FilmTextReader(vocabulary: vocabulary))
  }
}

extension FilmReader {
  /// What the header of a film's text, or of its JSON lines, says; later lines are not read.
  package static func header(in text: String) throws(FilmTextError) -> FilmHeader {
    var reader = FilmReader(vocabulary: nil)
    for line in text.textLines {
      _ = try reader.take(line)
      if let header = reader.header { return header }
    }
    _ = try reader.finish()
    throw FilmTextError(line: 0, column: 0, problem: .notFilm)
  }

  /// A frame of a film's text, counted from 1, and whether the film has others.
  ///
  /// Nil where it ends before that; `frames` says how many it has then.
  package static func frame(
    _ number: Int, in text: String, vocabulary: Vocabulary
  ) throws(FilmTextError) -> (document: PyramidDocument?, frames: Int, hasOthers: Bool) {
    var reader = FilmReader(vocabulary: vocabulary)
    var (pyramid, frames) = (Pyramid?.none, 0)
    func take(_ frame: FilmFrame?) {
      guard let frame else { return }
      (pyramid, frames) = (frame.pyramid(after: pyramid), frames + 1)
    }
    for line in text.textLines where frames < number { take(try reader.take(line)) }
    if frames < number { take(try reader.finish().frame) }
    guard let header = reader.header, let pyramid else {
      throw FilmTextError(line: 0, column: 0, problem: .noFrame)
    }
    let document = frames == number ? header.document(of: pyramid) : nil
    return (document, frames, frames > 1 || !reader.hasEnded)
  }
}

/// Reads a film's JSON lines.
struct FilmJSONReader: Sendable {
  private let vocabulary: Vocabulary?
  private(set) var header: FilmHeader?
  private(set) var number = 0
  private(set) var hasEnded = false
  private var hasWords = false
  private var line = 0

  init(vocabulary: Vocabulary?) { self.vocabulary = vocabulary }

  func resumed(line: Int) -> FilmJSONReader {
    var reader = FilmJSONReader(vocabulary: vocabulary)
    (reader.header, reader.line) = (header, line)
    return reader
  }

  mutating func take(_ text: String) throws(FilmTextError) -> FilmFrame? {
    line += 1
    guard !text.allSatisfy(\.isWhitespace) else { return nil }
    guard let header else {
      self.header = try decoded(FilmJSON.Header.self, text, remedy: FilmJSON.Header.remedy)
        .header(line: line)
      return nil
    }
    let object = try decoded(FilmJSON.Line.self, text)
    guard let vocabulary else { return nil }
    guard let content = try object.content(header.shape, vocabulary, line: line) else {
      hasEnded = true
      return nil
    }
    let frame = FilmFrame(content)
    try check(object.frame, isKey: frame.isKey)
    return frame
  }

  private mutating func check(_ named: Int?, isKey: Bool) throws(FilmTextError) {
    let named = named ?? number + 1
    guard isKey ? named > number : named == number + 1 || !hasWords else {
      throw error(.frame(expected: number + 1, got: "frame \(named)"))
    }
    guard isKey || hasWords else { throw error(.noKeyFrame("frame \(named)")) }
    (number, hasWords, hasEnded) = (named, true, false)
  }

  private func decoded<Object: Decodable>(
    _ type: Object.Type, _ text: String, remedy: String = ""
  ) throws(FilmTextError) -> Object {
    let json = JSONText.readable(Array(text.utf8))
    do { return try JSONDecoder().decode(type, from: Data(json)) } catch {
      throw self.error(.notJSON(error.reason(in: json) + remedy))
    }
  }

  private func error(_ problem: FilmTextError.Problem) -> FilmTextError {
    FilmTextError(line: line, column: 1, problem: problem)
  }
}
