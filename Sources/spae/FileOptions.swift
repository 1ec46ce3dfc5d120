import ArgumentParser
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEHistory
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// Whether a command may replace files that it did not make.
struct OverwriteOption: ParsableArguments {
  @Flag(help: "Replace a file that exists.")
  var force = false

  func file(_ path: String) -> OutputFile { OutputFile(path, mayReplace: force) }

  /// Refuses --force where nothing but standard output is written.
  func validate(for output: String?) throws {
    guard !force || ![nil, "-"].contains(output) else {
      throw ValidationError("--force replaces a file, and none is written; leave it out")
    }
  }
}

extension FileSystem {
  /// Whether two paths lead to one file.
  static func isSame(_ path: String, as other: String) -> Bool {
    path == other || resolved(path).map { $0 == resolved(other) } ?? false
  }
}

extension FileForm {
  /// Refuses a name whose ending asks for nothing that can be written.
  static func validate(_ path: String) throws {
    guard FileForm(path: path) != nil else {
      throw ValidationError("\(path): a name ends in \(FileForm.endings)")
    }
  }

  /// Refuses a picture's name for words.
  static func validate(wordsFor path: String?) throws {
    guard let path else { return }
    let destination = (try? FileSystem.destination(of: path)) ?? path
    let leads = FileSystem.isTaken(path) && !isPictureName(path) ? " leads to \(destination)" : ""
    guard isPictureName(path) || isPictureName(destination) else { return }
    throw ValidationError(
      "\(path)\(leads): words do not go into a picture's name; end it in .spae or .json")
  }
}

/// What `spae edit` and `spae revise` share: how the file is read, and where the result goes.
struct EditOutput: ParsableArguments {
  @Flag(help: "Write the picture that the words give, not the photograph.")
  var wordsOnly = false

  @Option(
    help: ArgumentHelp(
      "The photograph that a pyramid's words came from.",
      discussion: "Default: the one beside the pyramid that has the source's name.",
      valueName: "picture"))
  var source: String?

  @OptionGroup var input: PictureOptions

  @Option(help: ArgumentHelp("The frame of a film, counted from 1.", valueName: "n"))
  var frame: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The words or the picture, by the name's ending.",
      discussion: "Default: the pyramid that is edited; a picture needs another.",
      valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @OptionGroup var history: HistoryOption

  @Flag(
    help: ArgumentHelp(
      "Print what was done as JSON.",
      discussion: """
        An object: wish, edits, edited, each with layer, row, column, old and new; steered (how \
        many words), brought (the picture of each edit, or null), model, output. What there is not \
        is left out.
        """))
  var json = false

  func validate() throws {
    try overwriting.validate(for: output ?? ".")
    if let output, output != "-" { try FileForm.validate(output) }
    if let frame, frame < 1 { throw ValidationError("--frame counts from 1") }
    if let output, wordsOnly, FileForm(path: output)?.isPicture != true {
      throw ValidationError("--words-only needs -o with a picture's name")
    }
    if json, output == "-" {
      throw ValidationError("--json and -o - would both write to standard output")
    }
  }

  /// Where a result goes.
  struct Target {
    var path: String
    /// The file that is edited.
    var file: String
    /// What that file held when it was read; nil where it is not edited in place.
    var bytes: [UInt8]?
    var isInPlace: Bool
  }

  /// Reads the file that is edited, and refuses what could not be written later.
  func open(_ file: String, _ models: ModelLibrary) throws -> (EditedFile, Target) {
    let path = try path(for: file)
    let isInPlace = FileSystem.isSame(path, as: file)
    try refuseFilm(file, isInPlace: isInPlace)
    if !isInPlace, path != "-" { try overwriting.file(path).refuseTaken() }
    // Only a file that is edited in place is read twice: a pipe gives what it has once.
    let bytes = isInPlace ? try? FileSystem.bytes(of: file) : nil
    let edited = try read(file, models, isInPlace: isInPlace)
    if isInPlace, edited.isPicture {
      throw Failure("\(file): a picture is not edited in place; name a file with -o")
    }
    return (edited, Target(path: path, file: file, bytes: bytes, isInPlace: isInPlace))
  }

  /// Reads a file, and says what a person should know of it.
  func read(
    _ file: String, _ models: ModelLibrary, isInPlace: Bool = false
  ) throws -> EditedFile {
    let edited = try EditedFile(
      path: file, size: input.size, fit: input.fit ?? .whole, models: models, source: source,
      isInPlace: isInPlace, frame: frame ?? 1, past: { history.past(of: file, $0, $1) })
    if !edited.isPicture { try input.refuse("\(file): a pyramid has its own size") }
    for notice in edited.notices { print("spae: \(file): \(notice)", toStandardError: true) }
    return edited
  }

  /// A pyramid without -o is edited in place.
  private func path(for file: String) throws -> String {
    if let output { return output }
    guard file != "-", !FileForm.isPictureName(file) else {
      throw Failure("\(file): name a file for the words or the picture with -o")
    }
    return file
  }

  /// A film is not edited in place: one of its frames has no file yet.
  private func refuseFilm(_ file: String, isInPlace: Bool) throws(Failure) {
    guard isInPlace else { return }
    if Input.holdsFilm(FileSystem.start(of: file, count: 4096)) {
      throw Failure(
        "\(file): a film; -o NAME.spae takes the words of frame \(frame ?? 1) with the edit, -o"
          + " NAME.png its picture, and spae \(file) edits the film itself")
    }
    if let frame { throw Failure("\(file): it is no film, and has no frame \(frame)") }
  }

  /// Writes the words or the picture; `verb` is what the history calls it.
  func write(_ edited: EditedFile, to target: Target, verb: String) throws {
    if case .picture(let encoding)? = FileForm(path: target.path), target.path != "-" {
      let picture = try edited.painted(wordsOnly: wordsOnly)
      return try overwriting.file(target.path).write(try picture.bytes(as: encoding))
    }
    let format: DocumentFormat = FileForm(path: target.path) == .json ? .json : .text
    let bytes = try edited.document.bytes(as: format, vocabulary: edited.model.vocabulary)
    if target.path == "-" { return StandardOutput.write(bytes) }
    if target.isInPlace { return try replace(target, by: bytes, edited, verb) }
    try overwriting.file(target.path).write(bytes)
    do {
      let history = try open(target, edited, in: try history.open())
      try beginAnew(history, after: edited.past)
      try history.commit(edited.painter.pyramid, verb: verb)
      try history.markSaved()
    } catch let error as HistoryError {
      guard let obstacle = error.obstacle else { throw error }
      print("spae: \(obstacle): the edit is not in the history", toStandardError: true)
    }
  }

  /// Edits a file in place: what it held is in the history before it is replaced, with the edits as
  /// one revision.
  private func replace(
    _ target: Target, by bytes: [UInt8], _ edited: EditedFile, _ verb: String
  ) throws {
    try overwriting.file(target.path).held { file in
      let found = try? FileSystem.bytes(of: target.path)
      guard file.mayReplace || found == target.bytes else { throw file.refusal(Self.change) }
      let (history, former) = try keep(edited, at: target, verb)
      do throws(Failure) {
        try file.write(bytes) { $0 == target.bytes ? .unedited : .foreign(Self.change) }
      } catch {
        _ = try? history.jump(to: former)
        throw error
      }
      try history.markSaved()
    }
  }

  private static let change = "it was changed meanwhile"

  /// Adds the edits to the history of a file; gives the revision before as well.
  private func keep(
    _ edited: EditedFile, at target: Target, _ verb: String
  ) throws -> (DocumentHistory, former: Revision.ID) {
    try history.keeping(target.file) { store in
      let history = try open(target, edited, in: store)
      let former = history.head.id
      try history.commit(edited.painter.pyramid, verb: verb)
      return (history, former)
    }
  }

  private func open(
    _ target: Target, _ edited: EditedFile, in store: HistoryStore
  ) throws(HistoryError) -> DocumentHistory {
    let (name, model) = (edited.before.model, edited.model)
    let first = target.isInPlace ? nil : edited.past?.first
    return try store.open(
      documentPath: target.path, pyramid: first ?? edited.before.pyramid,
      vocabularyHash: name.vocabulary, wordCount: model.vocabulary.count,
      label: edited.before.source.name,
      model: RevisionModel(
        name: name.name, hash: name.hash,
        formerHashes: model.configuration.formerIdentities ?? []),
      origin: target.isInPlace ? .file : .written)
  }

  /// What is written over a file does not come from what that held: it begins at the words before any
  /// edit, and the states before come along, so that later edits know what they have put.
  private func beginAnew(_ history: DocumentHistory, after past: EditPast?) throws {
    try history.jump(to: try history.saved().id)
    for state in past?.states ?? [] { try history.commit(state.pyramid, verb: state.verb) }
  }
}

// MARK: Reports

extension EditOutput {
  struct Report: Encodable {
    struct Change: Encodable {
      let layer: Int
      let row: Int
      let column: Int
      let old: String
      let new: String
    }

    /// The wish that the edits grant, where a language model proposed them.
    var wish: String?
    var edits: [String]
    /// The cells that were edited themselves.
    var edited: [Change]
    /// How many other words were rewritten.
    var steered: Int
    /// With --bring: the picture that each edit's word came from, null where only the word was put.
    var brought: [String?]?
    /// Which language model proposed the edits.
    var model: String?
    /// nil where nothing was written.
    var output: String?
  }

  /// Says what was done: as JSON on standard output, or as text on standard error.
  func report(
    _ edited: EditedFile, _ edits: [String], _ target: Target, brought: [String?]? = nil
  ) throws {
    var report = report(edited, edits)
    (report.brought, report.output) = (brought, target.path)
    if json { try putJSON(report) } else { tell(report) }
  }

  /// Says why edits see only what words show.
  func tellBlindness(_ edited: EditedFile, _ file: String) {
    guard let reason = edited.blindness else { return }
    print("spae: \(file): \(reason)", toStandardError: true)
  }

  func report(_ edited: EditedFile, _ edits: [String]) -> Report {
    let (outcome, shape) = (edited.painter.outcome, edited.before.pyramid.shape)
    let vocabulary = edited.model.vocabulary
    let changes = outcome.edited.map { change in
      let cell = shape.cell(at: change.index)
      return Report.Change(
        layer: cell.layer, row: cell.row + 1, column: cell.column + 1,
        old: vocabulary[change.old], new: vocabulary[change.new])
    }
    return Report(edits: edits, edited: changes, steered: outcome.steered)
  }

  func tell(_ report: Report) {
    for change in report.edited {
      print(
        "\(change.layer) (\(change.row),\(change.column))  \(change.old) -> \(change.new)",
        toStandardError: true)
    }
    let count = report.edited.count
    print(
      "\(count) word\(count == 1 ? "" : "s") edited, \(report.steered) steered",
      toStandardError: true)
  }
}
