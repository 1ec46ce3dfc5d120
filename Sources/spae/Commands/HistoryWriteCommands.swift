import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAESystem

// The commands of `spae history` that write something.

/// `spae history restore`: a file as it was.
struct HistoryRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Write a pyramid as it was at a revision.",
    discussion: """
      What the file holds now is kept as a revision first, so that this can be taken back. With -o \
      another file is written, or standard output with -, and the history stays as it is; a file that \
      exists is replaced only with --force. A file that is gone is written anew.
      """)

  @OptionGroup var history: HistoryOption
  @OptionGroup var model: ModelOption

  @Option(name: .shortAndLong, help: ArgumentHelp("Another file to write.", valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @Argument(help: ArgumentHelp("The pyramid.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("A revision's number or name.", valueName: "revision"))
  var revision: String

  func validate() throws {
    try overwriting.validate(for: output ?? ".")
    try FileForm.validate(wordsFor: output)
  }

  func run() throws {
    if output != nil { return try restore() }
    try OutputFile(file).held { _ in try restore() }
  }

  private func restore() throws {
    let store = try openStore()
    let models = try model.library()
    let known = try store.history(ofPath: try history.path(of: file, in: store, model))
    guard !known.document.isFilm else {
      throw Failure("\(file): a film; in spae \(file) the tree (t) goes to its states")
    }
    let current = try currentDocument(models)
    let history = try reopened(store, known, current)
    let revision = try history.revision(of: revision)
    let model = try model(of: revision, in: history, models)
    var document = try current ?? known.document.document(model.name(), known.pyramid, model)
    if try !model.goesByIdentity(document.model.hash) { document.model = try model.name() }
    document.pyramid = try history.pyramid(of: revision.id)
    try document.pyramid.check(model.vocabulary)
    let target = output ?? file
    let format: DocumentFormat = target.hasSuffix(".json") ? .json : .text
    let bytes = try document.bytes(as: format, vocabulary: model.vocabulary)
    if output == "-" { return StandardOutput.write(bytes) }
    if let output {
      try overwriting.file(output).write(bytes)
    } else {
      // What it holds is a revision by now.
      try AtomicFile.write(bytes, to: target)
      try history.jump(to: revision.id)
      try history.markSaved()
    }
    print("\(target): as it was at revision \(revision.id), \(revision.time.written)")
  }

  /// Opens the history; without -o it must be able to keep what the file holds now.
  private func openStore() throws -> HistoryStore {
    let store = try history.open(forReading: true)
    guard output == nil else { return store }
    do throws(HistoryError) { try store.expectWritable() } catch {
      guard let obstacle = error.obstacle else { throw error }
      throw Failure(
        "\(file): not restored: the history cannot keep what it holds now: \(obstacle);"
          + " -o OTHER writes another file")
    }
    return store
  }

  /// The model of a revision's words; the chosen one where it was not recorded.
  private func model(
    of revision: Revision, in history: DocumentHistory, _ models: ModelLibrary
  ) throws -> Model {
    let chosen = try models.chosen()
    let recorded = try history.model(of: revision.id)
    if let recorded, !models.isFixed, try !chosen.goesByIdentity(recorded.hash) {
      let vocabulary = history.document.vocabulary
      return try models.model(
        .init(name: recorded.name, hash: recorded.hash, vocabulary: vocabulary), for: file)
    }
    guard history.document.vocabulary == (try chosen.name().vocabulary) else {
      throw Failure(
        "\(file): its words are another vocabulary's; name that model's folder with --model")
    }
    return chosen
  }

  /// The file as it is now; nil where it is gone.
  private func currentDocument(_ models: ModelLibrary) throws -> PyramidDocument? {
    guard FileSystem.exists(file) else { return nil }
    guard case .pyramid(let document, _) = try Input(path: file, models: models) else {
      throw Failure("\(file): this is a picture; name a file for the pyramid with -o")
    }
    return document
  }

  /// Takes in what was changed outside, before it is overwritten.
  private func reopened(
    _ store: HistoryStore, _ known: DocumentHistory, _ current: PyramidDocument?
  ) throws -> DocumentHistory {
    guard output == nil, let current else { return known }
    return try store.open(
      documentPath: file, pyramid: current.pyramid, vocabularyHash: current.model.vocabulary,
      label: current.source.name,
      model: RevisionModel(name: current.model.name, hash: current.model.hash))
  }
}

extension Pyramid {
  /// Throws where a word's number is beyond the vocabulary: an imported history may hold any.
  fileprivate func check(_ vocabulary: Vocabulary) throws(HistoryError) {
    let wrong = words.first { !vocabulary.words.indices.contains(Int($0)) }
    if let wrong { throw .word(wrong, vocabulary: vocabulary.count) }
  }
}

extension HistoryDocument {
  /// A document for the words where no file says more.
  fileprivate func document(
    _ name: PyramidDocument.ModelName, _ pyramid: Pyramid, _ model: Model
  ) -> PyramidDocument {
    let size = grid.scaled(by: model.configuration.patch)
    return PyramidDocument(
      model: name, source: .init(name: label, width: size.columns, height: size.rows),
      pyramid: pyramid)
  }
}

/// `spae history export`: the store as lines of JSON.
struct HistoryExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the history as lines of JSON.",
    discussion: "'spae history import' reads them back to the same history, revision for revision.")

  @OptionGroup var history: HistoryOption

  @Option(
    name: .shortAndLong, help: ArgumentHelp("A file; default: standard output.", valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @Argument(help: ArgumentHelp("One pyramid; default: all.", valueName: "file"))
  var file: String?

  func validate() throws { try overwriting.validate(for: output) }

  func run() throws {
    let target = output.flatMap { $0 == "-" ? nil : overwriting.file($0) }
    try target?.refuseTaken()
    var bytes: [UInt8] = []
    let store = try history.open(forReading: true)
    let path = try file.map { try history.path(of: $0, in: store) }
    try store.export(path: path) { line in
      if target == nil { return StandardOutput.write((line + "\n").utf8) }
      bytes += (line + "\n").utf8
    }
    try target?.write(bytes)
  }
}

/// `spae history import`: lines of JSON into the store.
struct HistoryImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read a history that was exported.",
    discussion: """
      All of it is taken in, or nothing. A pyramid whose history is there already must be the same \
      revision for revision; then nothing is added.
      """)

  @OptionGroup var history: HistoryOption

  @Argument(help: ArgumentHelp("The exported file; - is standard input.", valueName: "file"))
  var file: String

  func run() throws {
    let input = file == "-" ? STDIN_FILENO : FileSystem.open(file, O_RDONLY)
    guard input >= 0 else { throw Failure("\(file): \(SystemError.last)") }
    if FileSystem.isFolder(file) { throw Failure("\(file): \(SystemError(code: EISDIR))") }
    do {
      let added = try history.open().importLines(LineReader(descriptor: input))
      print(
        "\(added.revisions.counted("revision")) of \(added.documents.counted("pyramid"))"
          + " \(added.revisions == 1 ? "was" : "were") taken in")
    } catch HistoryError.exchange(let line, let problem) {
      throw Failure("\(file): \(line > 0 ? "line \(line): " : "")\(problem)")
    }
  }
}

/// `spae history prune`: the one command that removes revisions.
struct HistoryPruneCommand: ParsableCommand {
  struct Entry: Encodable {
    let path: String
    let removed: [Int]
    let kept: Int
  }

  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove old revisions.",
    discussion: """
      Kept are the first revision, the end of every branch, what has a name, what the file and the \
      head hold, and all that is younger than --keep says. Nothing else in this program removes a \
      revision. No other program may have the history open.
      """)

  @OptionGroup var history: HistoryOption

  @Option(
    help: ArgumentHelp("Keep what is younger: 90d, 12h, 30m or 10s.", valueName: "age"))
  var keep: Age

  @Flag(help: "Only say what would be removed.")
  var dryRun = false

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list with an object for each file: path, removed (numbers of revisions), kept (how \
        many).
        """))
  var json = false

  @Argument(help: ArgumentHelp("One pyramid; default: all.", valueName: "file"))
  var file: String?

  func run() throws {
    let store = try history.open(forReading: dryRun)
    let path = try file.map { try history.path(of: $0, in: store, takesCopies: false) }
    let pruning = try store.prune(
      before: Date(timeIntervalSinceNow: -keep.seconds), path: path, isDryRun: dryRun)
    let entries = pruning.documents.map {
      Entry(path: $0.document.path, removed: $0.removed, kept: $0.kept)
    }
    if json { return try putJSON(entries) }
    for each in entries {
      let numbers = each.removed.prefix(20).map(String.init).joined(separator: " ")
      let more = each.removed.count > 20 ? " and \(each.removed.count - 20) more" : ""
      print("\(each.path): \(numbers)\(more); \(each.kept) stay")
    }
    print(
      "\(pruning.removed.counted("revision"))"
        + " \(dryRun ? "would be" : pruning.removed == 1 ? "was" : "were") removed")
  }
}

/// A span of time as a person writes it: a number and d, h, m or s.
struct Age: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    let units: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
    guard let unit = argument.last.flatMap({ units[$0] }),
      let count = Int(argument.dropLast()), (0...1_000_000).contains(count)
    else { return nil }
    seconds = Double(count) * unit
  }
}

/// `spae history check`: whether the store is whole.
struct HistoryCheckCommand: ParsableCommand {
  struct Report: Encodable {
    let documents: Int
    let revisions: Int
    let problems: [String]
  }

  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Verify every revision of every pyramid.",
    discussion: """
      Compares each revision's words with their checksum and with what its edit makes of its \
      parent's, and lets SQLite verify its own structures. With --salvage a store that is not whole \
      is set aside and what can be read of it goes into a new one.
      """)

  @OptionGroup var history: HistoryOption

  @Flag(help: "Save what can be read, if the history is damaged.")
  var salvage = false

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        An object: documents, revisions, problems (a list of lines).
        """))
  var json = false

  func run() throws {
    let store = try history.open(forReading: !salvage)
    let report = try report(of: store)
    if json {
      try putJSON(report)
    } else {
      report.problems.forEach { print($0) }
      let state =
        report.problems.isEmpty ? "no problems found" : report.problems.count.counted("problem")
      print(
        "\(report.revisions.counted("revision")) of \(report.documents.counted("pyramid")): \(state)"
      )
    }
    if report.problems.isEmpty { return }
    guard salvage else {
      throw Failure("\(try history.path): the history is damaged; see --salvage")
    }
    if let saved = try store.setAside() {
      print("spae: \(try history.path): \(saved)", toStandardError: true)
    }
  }

  private func report(of store: HistoryStore) throws -> Report {
    do throws(HistoryError) {
      let check = try store.check()
      return Report(
        documents: check.documents, revisions: check.revisions, problems: check.problems)
    } catch {
      guard case .damaged = error else { throw error }
      return Report(documents: 0, revisions: 0, problems: ["\(error)"])
    }
  }
}
