import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAESession
import SPAESystem

/// `spae convert`: pyramids of former models to the present one.
struct ConvertCommand: ParsableCommand {
  struct Report: Encodable {
    let file: String
    /// "converted", "current" where nothing was to do, or "rewritten" of a film in another form.
    let result: String
    var output: String?
    let from: PyramidDocument.ModelName
    var to: PyramidDocument.ModelName?
    /// "picture" or "decoded".
    var basis: String?
    var picture: String?
    var fit: String?
    /// Words of a person's that were put in again, and that were not; null where nobody can tell
    /// which words a person changed.
    var carried: Int?
    var left: Int?
    /// Of a film.
    var frames: Int?
    var notes: [String] = []
  }

  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Move pyramids to the present model.",
    discussion: """
      A pyramid of a former model is made anew: from its picture, which is looked for beside it by \
      its name or is named with --source, else from the picture that the former model decodes, \
      which loses detail. A picture is taken only where its size and its words are those of the \
      pyramid. Edits by hand of layers 1 to 3 are put in again; those of the layers below are \
      counted and left out, because their words mean nothing in another model. What was edited is \
      found by encoding the picture with the former model once more, or by the history. What was \
      painted is painted again on the picture, by the edits that the history has; where that cannot be, or \
      where the history does not know a pyramid whose words are too many others than its picture's, it is \
      made from its decoded picture, which a note says.

      NAME.spae becomes NAME.converted.spae beside it, and stays as it is. A file that exists is \
      replaced only with --force; -o FILE --force replaces the pyramid itself, whose former words \
      the history keeps; where it cannot be written, the pyramid stays. What is of the present model \
      already is left alone.

      A film keeps its words and its model: -o NAME.json makes JSON lines of its text, and \
      -o NAME.spae text of its JSON lines; -o - writes either to standard output in the other form, \
      so that 'spae convert - -o -' stands in a pipe. To have it in the words of the present model, encode its \
      clip again.
      """)

  @OptionGroup var model: ModelOption

  @Option(
    help: ArgumentHelp(
      "The picture of one pyramid.",
      discussion: "Default: the one beside it that has the source's name.", valueName: "image"))
  var source: String?

  @Option(help: "What of the picture was encoded; default: as the words tell.")
  var fit: Fit?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A file or a folder.", discussion: "Default: NAME.converted.spae.", valueName: "path"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @OptionGroup var history: HistoryOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list with an object for each file: file, result (converted, current, rewritten), \
        output, from and to (name, hash, vocabulary of a model), basis (picture, decoded), \
        picture, fit, carried and left (how many edits), frames of a film, notes. What there is \
        not is left out.
        """))
  var json = false

  @Argument(help: ArgumentHelp("The pyramids.", valueName: "file"))
  var files: [String]

  func validate() throws {
    try overwriting.validate(for: output ?? ".")
    try FileForm.validate(wordsFor: output)
    guard source == nil || files.count == 1 else {
      throw ValidationError("--source is the picture of one pyramid; \(files.count) are given")
    }
    guard !json || output != "-" else {
      throw ValidationError("--json and the words cannot both go to standard output")
    }
    guard files.count == 1 || output.map(isFolder) != false else {
      throw ValidationError("-o names the file of one pyramid, or a folder that exists")
    }
  }

  private func isFolder(_ path: String) -> Bool { FileSystem.isFolder(path) }

  func run() throws {
    let models = try model.conversionLibrary()
    let converter = try PyramidConverter(models: models, fit: fit)
    let vocabulary = try models.chosen().vocabulary
    var (reports, failures) = ([Report](), [String]())
    for file in files {
      do {
        let report = try converted(file, by: converter, vocabulary, models)
        reports.append(report)
        if !json { report.lines.forEach { print($0) } }
      } catch let failure as Failure {
        failures += failure.lines
      } catch {
        failures.append("\(file): \(error)")
      }
    }
    if json { try putJSON(reports) }
    if !failures.isEmpty { throw Failure(lines: failures) }
  }

  private func converted(
    _ file: String, by converter: PyramidConverter, _ vocabulary: Vocabulary,
    _ models: ModelLibrary
  ) throws -> Report {
    let input = file == "-" ? try Self.standardInput() : nil
    if Input.holdsFilm(input ?? FileSystem.start(of: file, count: 4096)) {
      return try rewritten(file, input, with: models)
    }
    let outcome = try converter.converted(
      file, bytes: input, source: source, past: { history.past(of: file, $0, $1) }
    ) { document in try editedCells(of: document, in: file) }
    switch outcome {
    case .current(let name): return Report(file: file, result: "current", from: name)
    case .converted(let found): return try written(found, of: file, vocabulary, models)
    }
  }

  private static func standardInput() throws(Failure) -> [UInt8] {
    do { return try ImageFile.bytes(path: "-") } catch { throw Failure("-: \(error)") }
  }

  private func written(
    _ found: PyramidConverter.Conversion, of file: String, _ vocabulary: Vocabulary,
    _ models: ModelLibrary
  ) throws -> Report {
    let target = target(of: file)
    let format: DocumentFormat = FileForm(path: target) == .json ? .json : .text
    let bytes = try found.document.bytes(as: format, vocabulary: vocabulary)
    if target == "-" {
      StandardOutput.write(bytes)
    } else {
      if overwriting.force, FileSystem.isSame(target, as: file) {
        try keep(found.before, of: file, vocabulary, models)
      }
      try overwriting.file(target).write(bytes)
    }
    return Report(file, target, found)
  }

  /// Puts the words that a file holds into its history, before others replace them.
  private func keep(
    _ document: PyramidDocument, of file: String, _ vocabulary: Vocabulary, _ models: ModelLibrary
  ) throws {
    let former = try models.model(identity: document.model.hash)
    let name = RevisionModel(
      name: document.model.name, hash: document.model.hash,
      formerHashes: former?.configuration.formerIdentities ?? [])
    _ = try history.keeping(file) { store in
      try store.open(
        documentPath: file, pyramid: document.pyramid, vocabularyHash: document.model.vocabulary,
        wordCount: (former?.vocabulary ?? vocabulary).count, label: document.source.name,
        model: name)
    }
  }

  /// A film in the form that -o names; to standard output in the other one.
  private func rewritten(
    _ file: String, _ input: [UInt8]?, with models: ModelLibrary
  ) throws -> Report {
    guard source == nil, fit == nil else {
      throw Failure("\(file): a film keeps its words; leave out --source and --fit")
    }
    guard let target = output.map({ isFolder($0) ? target(of: file) : $0 }) else {
      throw Failure(
        "\(file): a film keeps its words; -o NAME.json or -o NAME.spae writes it in that form,"
          + " and -o - in the other one")
    }
    let bytes = try input ?? FileSystem.bytes(of: file)
    let isJSON = target == "-" ? !Self.holdsJSON(bytes) : FileForm(path: target) == .json
    let film = try FilmRewriting(
      path: file, bytes: bytes, as: isJSON ? .json : .text, models: models)
    if target == "-" {
      StandardOutput.write(film.bytes)
    } else {
      try overwriting.file(target).write(film.bytes)
    }
    var report = Report(file: file, result: "rewritten", output: target, from: film.model)
    (report.to, report.frames, report.notes) = (film.model, film.frames, film.notes)
    return report
  }

  private static func holdsJSON(_ bytes: [UInt8]) -> Bool {
    bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) } == UInt8(ascii: "{")
  }

  /// Where the words go: NAME.converted.spae, or the same name in a folder, or -o.
  private func target(of file: String) -> String {
    if let output, !isFolder(output) { return output }
    let name = file == "-" ? "stdin.spae" : file
    let ending = FileForm(path: name) == .json ? "json" : "spae"
    if let output { return "\(output)/\(FileName.stem(of: name)).\(ending)" }
    return "\(FileName.withoutEnding(name)).converted.\(ending)"
  }

  /// The cells that a person changed, by the history; nil where it does not know these words.
  private func editedCells(
    of document: PyramidDocument, in file: String
  ) throws -> [CellAddress]? {
    let path = try history.path
    guard path != "none", FileSystem.exists(path) else { return nil }
    guard let store = try? history.open(forReading: true) else { return nil }
    let former = try? store.formerHistory(of: file, models: model.conversionLibrary)
    guard let history = try? store.history(ofPath: former?.path ?? file),
      history.pyramid.shape == document.pyramid.shape,
      let held = try history.revision(holding: document.pyramid)
    else { return nil }
    var base = held
    while base.verb != "another model", let parent = base.parent {
      base = try history.revision(parent)
    }
    let edit = try history.diff(base.id, held.id)
    return edit.changes.map { document.pyramid.shape.cell(at: $0.index) }
  }
}

extension ConvertCommand.Report {
  init(_ file: String, _ target: String, _ found: PyramidConverter.Conversion) {
    self.init(
      file: file, result: "converted", output: target, from: found.before.model,
      to: found.document.model, carried: found.edits?.carried.count,
      left: found.edits?.left.count, notes: found.notes)
    switch found.basis {
    case .picture(let path, let fit): (basis, picture, self.fit) = ("picture", path, fit.rawValue)
    case .decoded: basis = "decoded"
    }
  }

  /// What a person reads of it.
  var lines: [String] {
    guard let output, let to else {
      return ["\(file): of the present model \(from.label) already; nothing is written"]
    }
    if let frames {
      let all = ["\(output): \(frames.counted("frame")) of \(file)"] + notes.map { "  \($0)" }
      return output == "-" ? [] : all
    }
    let way = picture.map { "from \($0)" } ?? "from its decoded picture"
    let all =
      ["\(output): \(from.label) -> \(to.label), \(way); \(edits)"] + notes.map { "  \($0)" }
    // Words that go to standard output are not mixed with it.
    return output == "-" ? [] : all
  }

  private var edits: String {
    guard let carried, let left else { return "nobody can tell which words were edited" }
    if carried + left == 0 { return "no edits by hand" }
    let rest = left == 0 ? "" : ", \(left) of lower layers left out"
    return "edits by hand: \(carried) put in again\(rest)"
  }
}
