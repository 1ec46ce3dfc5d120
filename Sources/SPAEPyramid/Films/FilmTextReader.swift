import SPAESystem

/// Reads a film's text line by line, with no more of it in memory than one frame.
struct FilmTextReader: Sendable {
  private let vocabulary: Vocabulary?
  private(set) var header: FilmHeader?
  private var headerLines = SignificantLines()
  private var frame: OpenFrame?
  /// Comments before the first frame, or behind an end: they are the next frame's.
  private var waiting = SignificantLines()
  /// The comment of the line that ends the film.
  private var endComment: String?
  /// The number of the frame that was named last.
  private(set) var number = 0
  private var hasWords = false
  private(set) var hasEnded = false
  private var line = 0
  /// The bytes of the lines that are kept.
  private var size = 0

  /// Nil where the header alone is read.
  init(vocabulary: Vocabulary?) { self.vocabulary = vocabulary }

  /// A reader at a key frame, whose line is the next one; `line` is the number of the one before.
  func resumed(line: Int) -> FilmTextReader {
    var reader = FilmTextReader(vocabulary: vocabulary)
    (reader.header, reader.line) = (header, line)
    return reader
  }

  /// Whether the last line that was taken names a key frame.
  var hasBegunKeyFrame: Bool {
    frame?.isKey == true && frame?.lines.lines.count == 1 && frame?.lines.lines[0].number == line
  }

  /// The comments of the line `end`, which is line 0, and behind it, or of a frame that is not whole.
  var commentsBehind: [PyramidDocument.Comment] {
    let end = endComment.map { [PyramidDocument.Comment(endOf: 0, text: $0)] } ?? []
    let others = (frame?.lines ?? waiting).comments
    return end + others.map { .init(before: 1, text: $0.text) }
  }

  /// Takes the next line, without its end; gives the frame that it shows to be whole.
  mutating func take(_ text: String) throws(FilmTextError) -> FilmFrame? {
    line += 1
    size += text.utf8.count
    guard size <= PyramidText.longest else {
      throw error(column: 1, .pyramid(.tooLong(limit: PyramidText.longest)))
    }
    guard let header else {
      try takeHeader(line == 1 && text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
      return nil
    }
    return try takeLine(text, header)
  }

  /// The last frame, if the end of the text shows it to be whole: a key frame that has all words.
  mutating func finish() throws(FilmTextError) -> FilmFrame? {
    guard let header else {
      guard !headerLines.lines.isEmpty else {
        throw FilmTextError(line: 0, column: 0, problem: .notFilm)
      }
      line += 1
      _ = try parsedHeader()
      return nil
    }
    guard let frame, frame.isKey, !frame.needsRows else { return nil }
    return try closed(header)
  }

  // MARK: Header

  private mutating func takeHeader(_ text: String) throws(FilmTextError) {
    headerLines.add(text, number: line)
    guard let first = headerLines.lines.first else { return }
    if headerLines.lines.count == 1 { try checkVersion(first) }
    guard headerLines.lines.count == FilmText.headerLines else { return }
    header = try parsedHeader()
    headerLines = SignificantLines()
    size = 0
  }

  private func checkVersion(_ first: SignificantLines.Line) throws(FilmTextError) {
    let fields = first.text.fields
    guard fields.count == 3, fields[0] == "spae", fields[1] == "film" else {
      throw error(column: 1, .notFilm)
    }
    guard fields[2] == "\(FilmText.version)" else {
      throw error(at: fields[2], in: first.text, .version(fields[2].excerpt))
    }
  }

  private func parsedHeader() throws(FilmTextError) -> FilmHeader {
    var reader = PyramidReader(headerLines.after(), vocabulary: nil, lineCount: line)
    do {
      let (model, source) = (try reader.identity(), try reader.source())
      let shape = try reader.shape()
      let (rate, from) = try reader.rate()
      return FilmHeader(
        model: model, source: source, shape: shape, rate: rate, from: from,
        comments: headerLines.comments)
    } catch {
      throw FilmTextError(error)
    }
  }

  // MARK: Frames

  private mutating func takeLine(
    _ text: String, _ header: FilmHeader
  ) throws(FilmTextError) -> FilmFrame? {
    var single = SignificantLines()
    single.add(text, number: line)
    guard let fields = single.lines.first?.text.fields else {
      if frame == nil {
        waiting.add(text, number: line)
      } else {
        frame?.lines.add(text, number: line)
      }
      return nil
    }
    if Self.isSteady(fields), frame?.takesSteady != true {
      throw error(
        at: fields[0], in: single.lines[0].text,
        .misplacedSteady(fields.joined(separator: " ")[...].excerpt))
    }
    if frame?.needsRows == true, !Self.isTitle(fields) {
      frame?.lines.add(text, number: line)
      return nil
    }
    guard fields[0] == "frame" || fields[0] == "end" else {
      try takeChange(text, single.lines[0].text, fields, header)
      return nil
    }
    let whole = try closed(header)
    if fields == ["end"] {
      hasEnded = true
      endComment = single.comments.first?.text
    } else {
      try open(text, fields, header)
    }
    return whole
  }

  /// "frame 7" and "frame 7 key" are titles; rows of words have no number.
  private static func isTitle(_ fields: [Substring]) -> Bool {
    fields.count >= 2 && fields[0] == "frame" && Int(fields[1]) != nil
  }

  /// "steady 12" is about the filter; rows of words have no number.
  private static func isSteady(_ fields: [Substring]) -> Bool {
    fields.count == 2 && fields[0] == "steady" && Int(fields[1]) != nil
  }

  /// The open frame, which what follows shows to be whole.
  private mutating func closed(_ header: FilmHeader) throws(FilmTextError) -> FilmFrame? {
    guard let frame else { return nil }
    self.frame = nil
    size = 0
    let comments = frame.lines.comments
    guard frame.isKey else { return FilmFrame(.changes(frame.changes), comments: comments) }
    let steady = try frame.steadyLines.first.map { line throws(FilmTextError) in
      try Self.steady(line)
    }
    let layers = frame.lines.after(first: steady == nil ? 1 : 2)
    var reader = PyramidReader(layers, vocabulary: vocabulary, lineCount: line)
    do {
      let pyramid = try reader.pyramid(of: header.shape)
      return FilmFrame(.key(pyramid, steady: steady ?? 0), comments: comments)
    } catch {
      throw FilmTextError(error)
    }
  }

  /// The levels of the filter: a number of up to three digits.
  private static func steady(_ line: SignificantLines.Line) throws(FilmTextError) -> Int {
    let fields = line.text.fields
    guard fields.count == 2, fields[1].utf8.count <= 3, let levels = Int(fields[1]),
      fields[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      FilmText.steady.contains(levels)
    else {
      let field = fields.count > 1 ? fields[1] : fields[0]
      let column = line.text.distance(from: line.text.startIndex, to: field.startIndex) + 1
      throw FilmTextError(
        line: line.number, column: column, problem: .steady(line.text.trimmed.excerpt))
    }
    return levels
  }

  private mutating func open(
    _ text: String, _ fields: [Substring], _ header: FilmHeader
  ) throws(FilmTextError) {
    let isKey = fields.count == 3 && fields[2] == "key"
    let named = fields.count == 2 || isKey ? Int(fields[1]) : nil
    let got = fields.joined(separator: " ")[...].excerpt
    // A film that was cut out of another one begins with any number.
    guard let named, isKey ? named > number : named == number + 1 || !hasWords else {
      throw error(column: 1, .frame(expected: number + 1, got: got))
    }
    guard isKey || hasWords else { throw error(column: 1, .noKeyFrame(got)) }
    (number, hasWords, hasEnded) = (named, true, false)
    if let endComment { waiting.addFirst(comment: endComment) }
    endComment = nil
    var frame = OpenFrame(layerLines: isKey ? PyramidText.layerLineCount(header.shape) : nil)
    (frame.lines, waiting) = (waiting, SignificantLines())
    frame.lines.add(text, number: line)
    self.frame = frame
  }

  private mutating func takeChange(
    _ text: String, _ meaning: Substring, _ fields: [Substring], _ header: FilmHeader
  ) throws(FilmTextError) {
    guard hasWords else { throw error(column: 1, .noKeyFrame(meaning.excerpt)) }
    guard frame?.isKey == false else {
      // One line too many: where the rows do not fit their layers, it is an earlier one.
      var reader = self
      _ = try reader.closed(header)
      throw error(column: 1, .frame(expected: number + 1, got: meaning.excerpt))
    }
    guard fields.count == 2 else { throw error(column: 1, .change(meaning.excerpt)) }
    let cell = try cell(fields[0], in: meaning, header.shape)
    guard frame?.changed.contains(cell) == false else {
      throw error(at: fields[0], in: meaning, .twice(cell.text))
    }
    let change = FilmFrame.Change(cell: cell, word: try word(fields[1], in: meaning))
    self.frame?.add(change, text, line)
  }

  private func cell(
    _ field: Substring, in text: Substring, _ shape: PyramidShape
  ) throws(FilmTextError) -> CellAddress {
    guard let cell = CellAddress(text: field) else {
      throw error(at: field, in: text, .change(text.excerpt))
    }
    if let problem = FilmTextError.CellProblem(cell, shape) {
      throw error(at: field, in: text, .cell(cell.text, problem))
    }
    return cell
  }

  private func word(_ field: Substring, in text: Substring) throws(FilmTextError) -> Int32 {
    if let word = vocabulary?.number(of: field) ?? vocabulary?.number(of: field.lowercased()) {
      return word
    }
    let near = vocabulary?.nearestInSpelling(to: String(field.prefix(64)))
    throw error(at: field, in: text, .unknownWord(field.excerpt, near: near ?? []))
  }

  // MARK: Errors

  private func error(column: Int, _ problem: FilmTextError.Problem) -> FilmTextError {
    FilmTextError(line: line, column: column, problem: problem)
  }

  private func error(
    at field: Substring, in text: Substring, _ problem: FilmTextError.Problem
  ) -> FilmTextError {
    error(column: text.distance(from: text.startIndex, to: field.startIndex) + 1, problem)
  }
}

/// A frame that is not known to be whole yet.
private struct OpenFrame {
  /// With the one that names the frame; of changes their comments alone.
  var lines = SignificantLines()
  private(set) var changes: [FilmFrame.Change] = []
  private(set) var changed: Set<CellAddress> = []
  /// The lines of a key frame's layers; nil of a frame of changes.
  let layerLines: Int?

  init(layerLines: Int?) { self.layerLines = layerLines }

  var isKey: Bool { layerLines != nil }

  /// Whether a key frame lacks rows, so that any line is one.
  var needsRows: Bool {
    layerLines.map { lines.lines.count <= $0 + steadyLines.count } ?? false
  }

  /// Whether the line of the filter may come now: behind the line that names a key frame.
  var takesSteady: Bool { isKey && lines.lines.count == 1 }

  /// What stands before the first layer's title and says how steady still pixels are; one of them, or
  /// too many.
  var steadyLines: ArraySlice<SignificantLines.Line> {
    lines.lines.dropFirst().prefix { $0.text.fields.first == "steady" }
  }

  mutating func add(_ change: FilmFrame.Change, _ text: String, _ line: Int) {
    changes.append(change)
    changed.insert(change.cell)
    lines.add(text, number: line)
  }
}
