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
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Paint with words: change a word, and the picture follows.",
    discussion: """
      An edit is OLD -> NEW or LAYER:ROW,COLUMN = WORD.

      'grass -> snow' makes snow of all the grass: of every upper word (layers 1 to 3) that is \
      grass, a form of it or a near synonym, of every position that the frozen branches name so, \
      and, where they know its outlines, of its pixels and no others. A palace is a building: of a \
      picture with that word, 'palace -> gold' takes the building. 'parrot -> snow' follows the \
      box in which the detection branch sees a parrot, or another thing if the parrot is what the \
      picture shows, and the thing's colours; without a box, the colours of the cells that say so; \
      and where neither tells it from the rest, the cells that say so are painted. \
      What an earlier edit of the same run has put is what it says: after 'grass -> snow', \
      'mountain -> gold' leaves that snow, and 'snow -> grass' paints it alone where nothing else \
      says snow. A pyramid goes on from its history: what earlier runs, or the explorer, \
      have put is known too, after the file was renamed or copied as well. It is seen by the picture that its words came from, where that is \
      beside it, or by --source; else by what its words show, which is said. \
      With --layer only that layer's words count. A word that becomes itself changes nothing. '2:1,2 = sunset' puts a word into one cell; rows and columns count from \
      1; '3:1-2,1-4 = sunset' puts it into a block, '3:1,2 1,4 = sunset' into two cells. The words \
      below are rewritten, so that the picture takes on the new word's colour and keeps its \
      detail. With --exact, and in the two lowest layers, only the words named change.

      With --bring the new word comes with what it says: the picture of the library that shows it \
      best is scaled into the cells, or into those of the old word, and its rim is blended. The \
      library is the index (see 'spae index') with the bundled pictures, or --library FOLDER: \
      pictures and .spae files, which the index then holds too. On a photograph what is brought is as \
      sharp as words are, and the rest keeps its own detail; --words-only shows the words alone.

      Edits are done one after another. --edits reads them from a file, or from standard input for \
      -, one a line; # begins a comment. One edit that cannot be done ends the command, and nothing \
      is written.

      Of a film of words one frame is edited, the first or --frame N, and written to -o as a picture's; \
      the explorer edits films.

      -o NAME.spae or .json takes the words, with the words before, and the states that led to \
      them, in its history: u in the explorer goes back to those. -o NAME.png, .jpg or .webp takes the \
      photograph itself at its own size, with what the words changed laid onto it, and within the \
      outlines of what they filled; with --words-only the picture that the words give. With --source PHOTO a pyramid's edits, those in \
      it and the new ones, are laid onto the photograph that its words came from; another one is \
      refused. A pyramid without -o is edited in place, and stays where the history cannot keep its words; -o - \
      writes words to standard output. A picture is encoded whole unless --fit says otherwise, so that \
      all of it can be painted.

      spae edit meadow.jpg 'grass -> snow' -o winter.jpg
      spae edit meadow.jpg '2:2,1 = dog' --bring -o dog.spae
      """)

  @OptionGroup var models: ModelsOption

  @Option(help: ArgumentHelp("A file of edits, or - for standard input.", valueName: "file"))
  var edits: String?

  @Option(
    help: ArgumentHelp(
      "Replace OLD -> NEW among the words of this layer alone.",
      discussion: "Default: layers 1 to 3.", valueName: "n"))
  var layer: Int?

  @Flag(help: "Change only the words named; the others stay.")
  var exact = false

  @OptionGroup var bringing: BringOptions

  @OptionGroup var result: EditOutput

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
    if exact, bringing.bring { throw ValidationError("give --exact or --bring") }
  }

  func run() throws {
    let text = try edits.map(read)
    let library = try models.library()
    var (edited, target) = try result.open(file, library)
    let model = edited.model
    try checkLayer(edited.before.pyramid.shape)
    let list = try all(text, model, edited.before.pyramid.shape)
    try checkOptions(list.map(\.edit.change), edited.before.pyramid.shape)
    let exemplars = bringing.bring ? try bringing.exemplars(library, model) : nil
    var brought: [String?]?
    for (edit, place) in list {
      let former = edited.document.pyramid
      do { try apply(edit, to: &edited, exemplars, &brought) } catch {
        let reason = (error as? Failure)?.lines.joined(separator: "; ") ?? "\(error)"
        throw Failure("\(place), column \(edit.column): \(reason)")
      }
      if edited.document.pyramid == former {
        print("spae: \(place), '\(edit.text)': nothing changes", toStandardError: true)
      }
    }
    let texts = list.map(\.edit.text)
    let manner: EditRecord.Manner = exact ? .exact : bringing.bring ? .brought : .painted
    try result.write(edited, to: target, verb: EditRecord.verb(texts, manner, layer: layer))
    if !exact { result.tellBlindness(edited, file) }
    try result.report(edited, texts, target, brought: brought)
    tellBrought(list.map(\.edit), brought, model.vocabulary)
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

  private func read(_ path: String) throws -> String {
    do {
      let bytes =
        path == "-" ? try FileSystem.bytes(of: "/dev/stdin") : try FileSystem.bytes(of: path)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure("\(path): the edits are no text in UTF-8")
      }
      // A byte order mark is no content.
      return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  /// Refuses options that no edit heeds.
  private func checkOptions(_ edits: [WordEdit.Change], _ shape: PyramidShape) throws {
    let isAnyReplacement = edits.contains { if case .replace = $0 { true } else { false } }
    guard layer == nil || isAnyReplacement else {
      throw ValidationError(
        "--layer is for OLD -> NEW, and these edits name their cells; leave it out")
    }
    guard bringing.bring, !edits.contains(where: { brings($0, shape) }) else { return }
    let last = (1...shape.depth).last(where: shape.paints) ?? 1
    throw ValidationError(
      "--bring is for layers 1 to \(last), and these edits are in lower ones; leave it out")
  }

  /// Whether an edit is in a layer into whose cells a picture can be brought.
  private func brings(_ edit: WordEdit.Change, _ shape: PyramidShape) -> Bool {
    switch edit {
    case .replace: shape.paints(layer ?? 1)
    case .put(let cells, _): cells.contains { shape.paints($0.layer) }
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
    if list.isEmpty {
      throw Failure(name.isEmpty ? "the edits are empty" : "\(name): there is no edit in it")
    }
    return list
  }

  private func help(_ error: WordEditError, _ model: Model) -> String {
    guard case .unknownWord(_, let near) = error.problem else { return "" }
    return model.alternatives(near: near)
  }

  private func tellBrought(
    _ edits: [WordEdit], _ brought: [String?]?, _ vocabulary: Vocabulary
  ) {
    guard !result.json else { return }
    for (edit, path) in zip(edits, brought ?? []) {
      guard let path else { continue }
      print("'\(vocabulary[edit.change.word])' brought from \(path)", toStandardError: true)
    }
  }
}
