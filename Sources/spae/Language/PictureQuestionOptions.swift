import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAELanguage
import SPAEPixels
import SPAEPyramid
import SPAESession
import SPAESystem

/// What `spae ask` and `spae caption` share: a picture, its words, and the examples before them.
struct PictureQuestionOptions: ParsableArguments {
  @OptionGroup var model: ModelOption

  @OptionGroup var language: LanguageOptions

  @OptionGroup var sending: SendingOption

  @Option(
    help: ArgumentHelp("Which layers of words the model reads, such as 1-3.", valueName: "range"))
  var layers = LayerRange(1...3)

  @Option(
    help: ArgumentHelp(
      "Examples of your own.", discussion: "Default: those that are installed, of Assets/language.",
      valueName: "file"))
  var examples: String?

  @Option(
    help: ArgumentHelp(
      "How boldly words are drawn; 0 takes the likeliest each time.", valueName: "n"))
  var temperature = 0.0

  @Flag(help: "Print what is known of the picture, a fact a line, and ask nobody.")
  var facts = false

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        An object: file, words, facts, question, answer, reasoning, model; what there is not is \
        left out.
        """))
  var json = false

  @Argument(help: ArgumentHelp("A picture or a pyramid.", valueName: "file"))
  var file: String

  func validate() throws {
    guard temperature >= 0, temperature <= 10 else {
      throw ValidationError("--temperature must be 0 to 10")
    }
    if facts, let name = namedForAnswer.first {
      throw ValidationError("\(name) is for an answer, and --facts asks nobody; leave one out")
    }
  }

  /// What a command line names that only an answer needs.
  private var namedForAnswer: [String] {
    language.named(and: sending) + (examples == nil ? [] : ["--examples"])
      + (temperature == 0 ? [] : ["--temperature"])
  }

  private struct Report: Encodable {
    let file: String
    let words: [String]
    let facts: [String]
    let question: String?
    /// nil where nobody was to answer.
    var answer: String?
    /// What the model thought before it answered, where it reasons.
    var reasoning: String?
    /// nil where the facts alone made the answer.
    var model: String?
  }

  /// Asks about the picture, and prints the answer.
  func run(question: String?) throws {
    let command = question == nil ? "caption" : "ask"
    let examples = try ExampleFile.examples(at: examples, asks: question != nil)
    let (words, known) = try known()
    let lines = question.map(known.lines(for:)) ?? known.lines
    if facts { return try putFacts(lines, words, question) }
    let asked = PictureQuestion(file: examples, words: words, facts: known, question: question)
    func put(_ answer: Completion, of model: String?) throws {
      guard json else { return answer.text.textLines.forEach { print($0) } }
      try putJSON(
        Report(
          file: file, words: words, facts: lines, question: question, answer: answer.text,
          reasoning: answer.reasoning, model: model))
    }
    if let text = asked.answerOfFacts {
      try put(Completion(text: text), of: nil)
      return print(
        "spae: what is known of the picture makes the answer; no language model was asked",
        toStandardError: true)
    }
    let session = try language.open(for: command, sending: sending)
    let answer = try asked.answer(
      by: session.model, temperature: temperature, seed: session.seed)
    try put(answer, of: session.model.name)
    session.close(answer)
  }

  /// Prints what is known of the picture.
  private func putFacts(_ facts: [String], _ words: [String], _ question: String?) throws {
    guard json else { return facts.forEach { print($0) } }
    try putJSON(Report(file: file, words: words, facts: facts, question: question))
  }

  /// The picture's words, that which covers most of it first, and what is known of it.
  private func known() throws -> (words: [String], PictureFacts) {
    let opened = try OpenedPicture(path: file, models: try model.library())
    let layers = try layers.within(opened.pyramid.shape, of: file)
    let words = opened.pyramid.wordsByArea(ofLayers: layers).map { opened.model.vocabulary[$0] }
    return (words, try opened.facts(layers: layers))
  }
}
