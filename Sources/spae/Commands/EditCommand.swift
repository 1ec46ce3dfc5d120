import ArgumentParser
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEHistory
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae edit`: words that paint.
struct EditCommand: ParsableCommand {
  struct Report: Encodable {
    struct Change: Encodable {
      let layer: Int
      let row: Int
      let column: Int
      let old: String
      let new: String
    }

    let edits: [String]
    /// The cells that were edited themselves.
    let edited: [Change]
    /// How many other words were rewritten.
    let steered: Int
    /// With --bring: the picture that each edit's word came from, null where only the word was put.
    let brought: [String?]?
    let output: String
  }

  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Paint with words: change a word, and the picture follows.",
    discussion: """
      An edit is OLD -> NEW or LAYER:ROW,COLUMN = WORD.

      'grass -> snow' makes snow of all the grass: of every upper word (layers 1 to 3) that is \
      grass, a form of it or a near synonym, of every position that the frozen branches name so, \
      and, where they know its outlines, of its pixels and no others. With --layer only that \
      layer's words count. '2:1,2 = sunset' puts a word into one cell; rows and columns count from \
      1; '3:1-2,1-4 = sunset' puts it into a block, '3:1,2 1,4 = sunset' into two cells. The words \
      below are rewritten, so that the picture takes on the new word's colour and keeps its \
      detail. With --exact, and in the two lowest layers, only the words named change.

      With --bring the new word comes with what it says: the picture of the library that shows it \
      best is scaled into the cells, or into those of the old word, and its rim is blended. The \
      library is the index (see 'spae index') with the bundled pictures, or --library FOLDER: \
      pictures and .spae files, which the index then holds too. Photographs keep their own detail \
      beneath what is brought; --words-only shows the words alone.

      Edits are done one after another. --edits reads them from a file, or from standard input for \
      -, one a line; # begins a comment. One edit that cannot be done ends the command, and nothing \
      is written.

      -o NAME.spae or .json takes the words, with the words before as the first state of its \
      history, which u in the explorer goes back to. -o NAME.png, .jpg or .webp takes the \
      photograph itself at its own size, with what the words changed laid onto it; with \
      --words-only the picture that the words give. With --source PHOTO a pyramid's edits, those in \
      it and the new ones, are laid onto the photograph that its words came from; another one is \
      refused. A pyramid without -o is edited in place; -o - \
      writes words to standard output. A picture is encoded whole unless --fit says otherwise, so that \
      all of it can be painted.

      spae edit meadow.jpg 'grass -> snow' -o winter.jpg
      spae edit meadow.jpg '2:2,1 = dog' --bring -o dog.spae
      """)

  @OptionGroup var models: ModelsOption

  @Option(help: ArgumentHelp("A file of edits, or - for standard input.", valueName: "file"))
  var edits: String?

  @Option(
    help: ArgumentHelp("Replace OLD -> NEW among the words of this layer alone.", valueName: "n"))
  var layer: Int?

  @Flag(help: "Change only the words named; the others stay.")
  var exact = false

  @OptionGroup var bringing: BringOptions

  @Flag(help: "Write the picture that the words give, not the photograph.")
  var wordsOnly = false

  @Option(
    help: ArgumentHelp("The photograph that a pyramid's words came from.", valueName: "picture"))
  var source: String?

  @OptionGroup var input: PictureOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The words or the picture, by the name's ending.", valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @OptionGroup var history: HistoryOption

  @Flag(help: "Print what was done as JSON.")
  var json = false

  @Argument(help: ArgumentHelp("A picture or a pyramid.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("Edits.", valueName: "edit"))
  var arguments: [String] = []

  func validate() throws {
    guard edits != nil || !arguments.isEmpty else {
      throw ValidationError("name an edit, such as 'grass -> snow', or a file of them with --edits")
    }
    guard edits != "-" || file != "-" else {
      throw ValidationError("standard input cannot be both the picture and the edits")
    }
    if let output, output != "-" { try FileForm.validate(output) }
    if let output, wordsOnly, FileForm(path: output)?.isPicture != true {
      throw ValidationError("--words-only needs -o with a picture's name")
    }
    if exact, bringing.bring { throw ValidationError("give --exact or --bring") }
    if json, output == "-" {
      throw ValidationError("--json and -o - would both write to standard output")
    }
  }

  func run() throws {
    let target = try target
    if target != file, target != "-" { try overwriting.file(target).refuseTaken() }
    let text = try edits.map(read)
    let before = file == "-" ? nil : try? FileSystem.bytes(of: file)
    let library = try models.library()
    var edited = try EditedFile(
      path: file, size: input.size, fit: input.fit ?? .whole, models: library,
      source: source, isInPlace: target == file)
    let model = edited.model
    if target == file, edited.isPicture {
      throw Failure("\(file): a picture is not edited in place; name a file with -o")
    }
    try checkLayer(edited.before.pyramid.shape)
    for notice in edited.notices { print("spae: \(file): \(notice)", toStandardError: true) }
    let list = try all(text, model, edited.before.pyramid.shape)
    let exemplars = bringing.bring ? try bringing.exemplars(library, model) : nil
    var brought: [String?]?
    for (edit, place) in list {
      do { try apply(edit, to: &edited, exemplars, &brought) } catch {
        let reason = (error as? Failure)?.lines.joined(separator: "; ") ?? "\(error)"
        throw Failure("\(place), column \(edit.column): \(reason)")
      }
    }
    try write(edited, to: target, whoseBytesWere: before, edits: list.map(\.edit), model)
    try report(edited, list.map(\.edit), target, model.vocabulary, brought)
  }

  private func apply(
    _ edit: WordEdit, to edited: inout EditedFile, _ exemplars: ExemplarLibrary?,
    _ brought: inout [String?]?
  ) throws {
    let style = Painter.Style(isExact: exact, layer: layer)
    guard let exemplars else { return try edited.apply(edit, style) }
    let path = try edited.bring(edit, style) { word in
      try exemplars.parts(showing: word).map { ($0.path, $0.part) }
    }
    brought = (brought ?? []) + [path]
  }

  /// Where the result goes: a pyramid without -o is edited in place.
  private var target: String {
    get throws {
      if let output { return output }
      guard file != "-", !FileForm.isPictureName(file) else {
        throw Failure("\(file): name a file for the words or the picture with -o")
      }
      return file
    }
  }

  private func read(_ path: String) throws -> String {
    do {
      let bytes =
        path == "-" ? try FileSystem.bytes(of: "/dev/stdin") : try FileSystem.bytes(of: path)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure("\(path): the edits are no text in UTF-8")
      }
      return text
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  private func checkLayer(_ shape: PyramidShape) throws {
    guard let layer, !(1...shape.depth).contains(layer) else { return }
    throw Failure("--layer \(layer): this pyramid has layers 1 to \(shape.depth)")
  }

  /// The edits of the file and then those of the arguments, each with where it stands.
  private func all(
    _ text: String?, _ model: Model, _ shape: PyramidShape
  ) throws -> [(edit: WordEdit, place: String)] {
    var list: [(edit: WordEdit, place: String)] = []
    func add(_ line: String, _ number: Int, _ place: String) throws {
      do throws(WordEditError) {
        let edit = try WordEdit(
          line: line, number: number, shape: shape, vocabulary: model.vocabulary)
        if let edit { list.append((edit, place)) }
      } catch {
        throw Failure("\(place), column \(error.column): \(error.problem)\(help(error, model))")
      }
    }
    let name = edits == "-" ? "standard input" : edits ?? ""
    for (index, line) in (text?.textLines ?? []).enumerated() {
      try add(String(line), index + 1, "\(name): line \(index + 1)")
    }
    for (index, line) in arguments.enumerated() { try add(line, index + 1, "edit \(index + 1)") }
    if list.isEmpty { throw Failure("\(name): there is no edit in it") }
    return list
  }

  private func help(_ error: WordEditError, _ model: Model) -> String {
    guard case .unknownWord(_, let near) = error.problem else { return "" }
    return model.alternatives(near: near)
  }

  private func write(
    _ edited: EditedFile, to target: String, whoseBytesWere before: [UInt8]?, edits: [WordEdit],
    _ model: Model
  ) throws {
    if case .picture(let encoding)? = FileForm(path: target), target != "-" {
      let picture = try edited.painted(wordsOnly: wordsOnly)
      return try overwriting.file(target).write(try picture.bytes(as: encoding))
    }
    let format: DocumentFormat = FileForm(path: target) == .json ? .json : .text
    let bytes = try edited.document.bytes(as: format, vocabulary: model.vocabulary)
    if target == "-" { return StandardOutput.write(bytes) }
    try overwriting.file(target).write(bytes) { found throws(Failure) in
      guard target == self.file else { return .foreign("it exists") }
      return found == before ? .unedited : .foreign("it was changed meanwhile")
    }
    try record(edited, at: target, edits, model)
  }

  /// Adds the edits to the history of the written file, as one revision.
  private func record(
    _ edited: EditedFile, at path: String, _ edits: [WordEdit], _ model: Model
  ) throws {
    let store: HistoryStore
    do { store = try history.open() } catch let error as HistoryError {
      guard let obstacle = error.obstacle else { throw error }
      return print("spae: \(obstacle): the edit is not in the history", toStandardError: true)
    }
    let name = edited.before.model
    let history = try store.open(
      documentPath: path, pyramid: edited.before.pyramid, vocabularyHash: name.vocabulary,
      wordCount: model.vocabulary.count, label: edited.before.source.name,
      model: RevisionModel(
        name: name.name, hash: name.hash,
        formerHashes: model.configuration.formerIdentities ?? []))
    let verb = edits.map(\.text).joined(separator: "; ")
    try history.commit(
      edited.painter.pyramid, verb: verb.count > 200 ? verb.prefix(199) + "…" : verb)
    try history.markSaved()
  }

  private func report(
    _ edited: EditedFile, _ edits: [WordEdit], _ target: String, _ vocabulary: Vocabulary,
    _ brought: [String?]?
  ) throws {
    let (outcome, shape) = (edited.painter.outcome, edited.before.pyramid.shape)
    let changes = outcome.edited.map { change in
      let cell = shape.cell(at: change.index)
      return Report.Change(
        layer: cell.layer, row: cell.row + 1, column: cell.column + 1,
        old: vocabulary[change.old], new: vocabulary[change.new])
    }
    if json {
      return try putJSON(
        Report(
          edits: edits.map(\.text), edited: changes, steered: outcome.steered, brought: brought,
          output: target))
    }
    for change in changes {
      print(
        "\(change.layer) (\(change.row),\(change.column))  \(change.old) -> \(change.new)",
        toStandardError: true)
    }
    for (edit, path) in zip(edits, brought ?? []) {
      guard let path else { continue }
      print("'\(vocabulary[edit.change.word])' brought from \(path)", toStandardError: true)
    }
    print(
      "\(changes.count) word\(changes.count == 1 ? "" : "s") edited, \(outcome.steered) steered",
      toStandardError: true)
  }
}
