import SPAESystem

extension PyramidText {
  /// The longest text that is read, in bytes; the largest pyramid needs a tenth of it.
  public static let longest = 4 << 20

  /// Reads a document back; the vocabulary gives its words their numbers.
  public static func document(
    from text: String, vocabulary: Vocabulary
  ) throws(PyramidTextError) -> PyramidDocument {
    guard text.utf8.count <= longest else {
      throw PyramidTextError(line: 0, column: 0, problem: .tooLong(limit: longest))
    }
    if FilmText.begins(text) { throw PyramidTextError(line: 1, column: 1, problem: .film) }
    var reader = PyramidReader(text: text, vocabulary: vocabulary)
    do { return try reader.document() } catch { throw reader.marked(error) }
  }

  /// Reads only which model's words a text holds.
  public static func modelName(
    in text: String
  ) throws(PyramidTextError) -> PyramidDocument.ModelName {
    if FilmText.begins(text) { throw PyramidTextError(line: 1, column: 1, problem: .film) }
    var reader = PyramidReader(text: String(text.prefix(4096)), vocabulary: nil)
    do { return try reader.header() } catch { throw reader.marked(error) }
  }
}

/// Reads the lines of a pyramid's text, one after the other.
struct PyramidReader {
  typealias Line = SignificantLines.Line

  /// Nil where only the header is read.
  private let vocabulary: Vocabulary?
  private var lines: ArraySlice<Line>
  private let comments: [PyramidDocument.Comment]
  private let lineCount: Int
  /// The last line that holds anything, and whether it has an end.
  private var last = 0
  private var hasEnd = true

  init(text: String, vocabulary: Vocabulary?) {
    let plain = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    var significant = SignificantLines()
    for (index, line) in plain.textLines.enumerated() { significant.add(line, number: index + 1) }
    // An error at the end of the text names the line that would come next.
    let ending = plain.utf8.last == UInt8(ascii: "\n") ? 1 : 0
    self.init(
      significant, vocabulary: vocabulary, lineCount: plain.textLines.count + ending)
    (last, hasEnd) = (significant.lines.last?.number ?? 0, ending == 1)
  }

  /// An error, which is called a cut where the text ends too early.
  func marked(_ error: PyramidTextError) -> PyramidTextError {
    let isCut =
      switch error.problem {
      case .rows(_, let expected, let got), .words(_, _, let expected, let got): got < expected
      case .unknownWord, .grid, .size, .version: !hasEnd
      case .header(_, let got), .layer(_, let got): !hasEnd && !got.isEmpty
      default: false
      }
    guard isCut, last > 0, error.line >= last else { return error }
    return PyramidTextError(line: error.line, column: error.column, problem: .cut(error.problem))
  }

  /// Takes a part of a text; an error at its end names the line `lineCount`.
  init(_ lines: SignificantLines, vocabulary: Vocabulary?, lineCount: Int) {
    (self.vocabulary, self.lineCount) = (vocabulary, lineCount)
    (self.lines, comments) = (lines.lines[...], lines.comments)
  }

  mutating func document() throws(PyramidTextError) -> PyramidDocument {
    let model = try header()
    let source = try source()
    let shape = try shape()
    let pyramid = try pyramid(of: shape)
    return PyramidDocument(model: model, source: source, pyramid: pyramid, comments: comments)
  }

  /// The layers of a pyramid, after which nothing comes.
  mutating func pyramid(of shape: PyramidShape) throws(PyramidTextError) -> Pyramid {
    var words: [Int32] = []
    for layer in 1...shape.depth { words += try self.words(ofLayer: layer, of: shape) }
    try refuseMoreRows(ofLayer: shape.depth, of: shape)
    if let line = lines.first { throw error(line, .surplus(excerpt(line.text))) }
    guard let pyramid = Pyramid(shape: shape, words: words) else {
      throw PyramidTextError(line: 0, column: 0, problem: .empty)
    }
    return pyramid
  }

  // MARK: Header

  mutating func header() throws(PyramidTextError) -> PyramidDocument.ModelName {
    guard let first = lines.popFirst() else {
      throw PyramidTextError(line: 0, column: 0, problem: .empty)
    }
    let start = fields(first.text)
    guard start.count == 2, start[0] == "spae" else { throw error(first, .notPyramid) }
    guard PyramidText.versions.contains(where: { start[1] == "\($0)" }) else {
      throw error(first, .version(excerpt(start[1])))
    }
    return try identity()
  }

  /// The lines that name the model and its vocabulary.
  mutating func identity() throws(PyramidTextError) -> PyramidDocument.ModelName {
    let model = try next("model NAME SHA-256", count: 3)
    let vocabulary = try next("vocabulary SHA-256", count: 2)
    return .init(name: String(model[1]), hash: String(model[2]), vocabulary: String(vocabulary[1]))
  }

  mutating func source() throws(PyramidTextError) -> PyramidDocument.Source {
    let expected = "source \"NAME\" WIDTHxHEIGHT"
    guard let line = lines.popFirst() else { throw ended(.header(expected: expected, got: "")) }
    let text = line.text.drop { $0.isWhitespace }
    guard text.hasPrefix("source"), let open = text.unicodeScalars.firstIndex(of: "\""),
      let (name, rest) = unquoted(text.unicodeScalars[open...].dropFirst())
    else { throw error(line, .header(expected: expected, got: excerpt(text))) }
    let size = rest.trimmed.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard size.count == 2, let width = size[0], let height = size[1], width > 0, height > 0 else {
      throw error(line, .size(excerpt(rest.trimmed)))
    }
    return .init(name: name, width: width, height: height)
  }

  /// The name up to the closing quote, and what follows it.
  ///
  /// It goes by scalars: a quote before a combining mark is still a quote.
  private func unquoted(
    _ text: Substring.UnicodeScalarView
  ) -> (name: String, rest: Substring)? {
    var name = String.UnicodeScalarView()
    var rest = text
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return (String(name), Substring(rest)) }
      guard scalar == "\\" else {
        name.append(scalar)
        continue
      }
      guard let escaped = rest.popFirst() else { return nil }
      if escaped == "u", rest.first == "{", let end = rest.prefix(9).firstIndex(of: "}") {
        let digits = rest[rest.index(after: rest.startIndex)..<end]
        guard let value = UInt32(String(digits), radix: 16), let scalar = Unicode.Scalar(value)
        else {
          return nil
        }
        name.append(scalar)
        rest = rest[rest.index(after: end)...]
      } else {
        name.append(escaped)
      }
    }
    return nil
  }

  mutating func shape() throws(PyramidTextError) -> PyramidShape {
    let line = lines.first
    let fields = try next("grid CELLS", count: 2)
    guard let grid = GridSize(text: fields[1]), let shape = PyramidShape(grid: grid) else {
      throw PyramidTextError(
        line: line?.number ?? 0, column: 1, problem: .grid(excerpt(fields[1])))
    }
    return shape
  }

  /// The frames of a film in a second, and at which of its clip's seconds it begins.
  mutating func rate() throws(PyramidTextError) -> (rate: FrameRate, from: FilmTime) {
    let line = lines.first
    let fields = try next("rate FRAMES-A-SECOND", count: 2, or: 4)
    func bad(_ index: Int, _ problem: PyramidTextError.Problem) -> PyramidTextError {
      PyramidTextError(
        line: line?.number ?? 0, column: line.map { column(of: fields[index], in: $0.text) } ?? 0,
        problem: problem)
    }
    guard let rate = FrameRate(fields[1]) else { throw bad(1, .rate(excerpt(fields[1]))) }
    guard fields.count == 4 else { return (rate, FilmTime()) }
    guard fields[2] == "from", let from = FilmTime(fields[3]) else {
      throw bad(2, .from(excerpt(fields[2] + " " + fields[3])))
    }
    return (rate, from)
  }

  /// The fields of the next line, which must begin with the first word of `expected`.
  private mutating func next(
    _ expected: String, count: Int, or other: Int? = nil
  ) throws(PyramidTextError) -> [Substring] {
    guard let line = lines.popFirst() else { throw ended(.header(expected: expected, got: "")) }
    let fields = fields(line.text)
    guard fields.count == count || fields.count == other, expected.hasPrefix(fields[0] + " ") else {
      throw error(line, .header(expected: expected, got: excerpt(line.text)))
    }
    return fields
  }

  // MARK: Layers

  private mutating func words(
    ofLayer layer: Int, of shape: PyramidShape
  ) throws(PyramidTextError) -> [Int32] {
    if layer > 1 { try refuseMoreRows(ofLayer: layer - 1, of: shape) }
    guard let title = lines.popFirst() else { throw ended(.layer(expected: layer, got: "")) }
    guard fields(title.text) == ["layer", "\(layer)"] else {
      throw error(title, .layer(expected: layer, got: excerpt(title.text)))
    }
    let size = shape.size(ofLayer: layer)
    var words: [Int32] = []
    for row in 0..<size.rows {
      guard let line = lines.first, !isTitle(line) else {
        let problem = PyramidTextError.Problem.rows(
          layer: layer, expected: size.rows, got: row)
        throw lines.first.map { error($0, problem) } ?? ended(problem)
      }
      lines.removeFirst()
      let found = fields(line.text)
      for word in found { words.append(try number(of: word, in: line)) }
      guard found.count == size.columns else {
        throw error(
          line, .words(layer: layer, row: row + 1, expected: size.columns, got: found.count))
      }
    }
    return words
  }

  /// Refuses rows of words where a layer has had all of its own.
  ///
  /// A title that is misspelt is no row, and rows as long as the next layer's only lack its title.
  private func refuseMoreRows(
    ofLayer layer: Int, of shape: PyramidShape
  ) throws(PyramidTextError) {
    guard let line = lines.first, !isTitle(line) else { return }
    let (words, size) = (fields(line.text), shape.size(ofLayer: layer))
    let isNext = layer < shape.depth && words.count == shape.size(ofLayer: layer + 1).columns
    guard words.allSatisfy({ vocabulary?.number(of: $0.lowercased()) != nil }),
      words.count == size.columns || !isNext
    else { return }
    let more = lines.prefix { !isTitle($0) }.count
    throw error(line, .rows(layer: layer, expected: size.rows, got: size.rows + more))
  }

  /// "layer 3" is a title; a row that holds the word layer has no number.
  private func isTitle(_ line: Line) -> Bool {
    let fields = fields(line.text)
    return fields.count == 2 && fields[0] == "layer" && Int(fields[1]) != nil
  }

  private func number(of word: Substring, in line: Line) throws(PyramidTextError) -> Int32 {
    if let number = vocabulary?.number(of: word) ?? vocabulary?.number(of: word.lowercased()) {
      return number
    }
    throw PyramidTextError(
      line: line.number, column: column(of: word, in: line.text),
      problem: .unknownWord(
        excerpt(word), near: vocabulary?.nearestInSpelling(to: String(word.prefix(64))) ?? []))
  }

  // MARK: Parts

  private func fields(_ text: Substring) -> [Substring] { text.fields }

  private func column(of field: Substring, in text: Substring) -> Int {
    text.distance(from: text.startIndex, to: field.startIndex) + 1
  }

  /// A part of the text for a message.
  private func excerpt(_ text: Substring) -> String { text.excerpt }

  private func error(_ line: Line, _ problem: PyramidTextError.Problem) -> PyramidTextError {
    PyramidTextError(line: line.number, column: 1, problem: problem)
  }

  /// The text ended too early.
  private func ended(_ problem: PyramidTextError.Problem) -> PyramidTextError {
    PyramidTextError(line: lineCount, column: 1, problem: problem)
  }
}
