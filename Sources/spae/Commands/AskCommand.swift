import ArgumentParser

/// `spae ask`: a question about a picture, to a language model that reads its words.
struct AskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask",
    abstract: "Ask a language model about a picture, of which it reads the words.",
    discussion: """
      The model sees no picture, only examples and the words of the upper layers. The one in the box \
      is small: it names things and places, answers yes or no at random, and knows no colours, for \
      the words tell none. A larger one by --endpoint reasons better over the same words.
      """)

  @OptionGroup var options: PictureQuestionOptions

  @Argument(help: ArgumentHelp("A line of text.", valueName: "question"))
  var question: String

  func validate() throws {
    guard question.contains(where: { !$0.isWhitespace }), !question.contains(where: \.isNewline)
    else { throw ValidationError("the question must be one line of text") }
  }

  func run() throws { try options.run(question: question) }
}

/// `spae caption`: what a picture shows, by a language model that reads its words.
struct CaptionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caption",
    abstract: "Let a language model say what a picture shows, of which it reads the words.",
    discussion: """
      The model sees no picture, only examples and the words of the upper layers. Of 24 captions by \
      the one in the box, ten named the main thing or its kin; it makes things up around the words.
      """)

  @OptionGroup var options: PictureQuestionOptions

  func run() throws { try options.run(question: nil) }
}
