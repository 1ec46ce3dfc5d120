import ArgumentParser
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAELanguage
import SPAELibrary
import SPAEPyramid
import SPAESession
import SPAESystem

/// `spae revise`: a wish changes words, by a frozen language model.
struct ReviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revise",
    abstract: "Change a picture as a wish says: a language model chooses the words.",
    discussion: """
      The language model reads examples, the words that cover most of the picture and the wish, such \
      as 'in winter' or 'a lion instead of the dog'. It proposes at most four changes, and each is \
      done as 'spae edit' does OLD -> NEW. The new words are of the vocabulary, and what the wish \
      does not name leaves the main subject as it is.

      --dry-run changes nothing: it prints the edits, one a line, as a file of edits for \
      'spae edit' has them. A wish that changes nothing here is an error; one that changes \
      everything is said to. So is a wish of which the model knows no word.

      Where the wish names a light, a season or another thing that has a colour (night, winter), the \
      new words are of that colour: at night nothing becomes a bright moon.

      Each change is chosen by its log-probability against that of the word staying, less half of \
      both without the wish. A server that gives no log-probabilities writes the changes; words that \
      the vocabulary lacks are left out and counted.

      spae revise meadow.jpg 'in winter' -o winter.jpg
      spae revise meadow.spae 'at night' --dry-run
      """)

  @OptionGroup var models: ModelsOption

  @Option(
    help: ArgumentHelp("Which layers of words the model reads, such as 1-3.", valueName: "range"))
  var layers = LayerRange(1...3)

  @Option(
    help: ArgumentHelp(
      "Examples of your own.", discussion: "Default: those that are installed, of Assets/language.",
      valueName: "file"))
  var examples: String?

  @Flag(help: "Write nothing: print the edits, as 'spae edit' takes them.")
  var dryRun = false

  @Flag(help: "Change only the words named; the others stay.")
  var exact = false

  @OptionGroup var result: EditOutput

  @OptionGroup(title: "Language model") var language: LanguageOptions

  @Argument(help: ArgumentHelp("A picture or a pyramid.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("What is to be otherwise: a line of text.", valueName: "wish"))
  var wish: String

  func validate() throws {
    guard wish.contains(where: { !$0.isWhitespace }), !wish.contains(where: \.isNewline) else {
      throw ValidationError("the wish must be one line of text")
    }
    guard wish.count <= 200 else { throw ValidationError("the wish has more than 200 characters") }
  }

  func run() throws {
    let examples = try RevisionExamples.examples(at: examples)
    let library = try models.library()
    if dryRun { return try show(try result.read(file, library), examples) }
    var (edited, target) = try result.open(file, library)
    let session = try language.open(for: "revise")
    let edits = try revise(&edited, examples, by: session)
    let verb = EditRecord.verb(granting: wish, edits, exact ? .exact : .painted)
    try result.write(edited, to: target, verb: verb)
    if !exact { result.tellBlindness(edited, file) }
    var report = report(edited, edits, session)
    report.output = target.path
    if result.json { try putJSON(report) } else { tell(report) }
    session.close()
  }

  private func show(_ opened: EditedFile, _ examples: RevisionExamples) throws {
    var edited = opened
    let session = try language.open(for: "revise")
    let edits = try revise(&edited, examples, by: session)
    if result.json {
      try putJSON(report(edited, edits, session))
    } else {
      edits.forEach { print($0) }
    }
    session.close()
  }

  private func report(
    _ edited: EditedFile, _ edits: [String], _ session: LanguageSession
  ) -> EditOutput.Report {
    var report = result.report(edited, edits)
    (report.wish, report.model) = (wish, session.model.name)
    return report
  }

  private func tell(_ report: EditOutput.Report) {
    report.edits.forEach { print($0, toStandardError: true) }
    result.tell(report)
  }

  /// Asks, and does what is proposed; gives the edits that were done.
  private func revise(
    _ edited: inout EditedFile, _ examples: RevisionExamples, by session: LanguageSession
  ) throws -> [String] {
    let (model, pyramid) = (edited.model, edited.before.pyramid)
    let words = pyramid.wordsByArea(ofLayers: try layers.within(pyramid.shape, of: file))
    let proposal = try WordRevision(by: session.model, of: model, examples: examples)
      .proposal(for: wish, words: words)
    for notice in proposal.notices { print("spae: \(file): \(notice)", toStandardError: true) }
    var done: [String] = []
    for change in proposal.changes {
      let edit = WordEdit.Change.replace(old: change.old, new: change.new)
      if try edited.apply(edit, Painter.Style(isExact: exact)) {
        done.append("\(model.vocabulary[change.old]) -> \(model.vocabulary[change.new])")
      }
    }
    guard !done.isEmpty else {
      throw Failure(
        "\(file): '\(wish)' changes nothing here; \(proposal.reason(model.vocabulary))")
    }
    return done
  }
}
