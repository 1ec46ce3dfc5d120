import ArgumentParser

/// `spae ask`: a question about a picture, to a language model that reads its words.
struct AskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask",
    abstract: "Ask a language model a question about a picture, using its words.",
    discussion: """
      The model does not see the picture. It reads examples and the words of the upper layers. The \
      bundled model is small: it names things and places, answers yes or no at random, and knows no \
      colours, because the words do not name them. A larger model behind --endpoint reasons better \
      over the same words.
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
    abstract: "Caption a picture with a language model, using its words.",
    discussion: """
      The model does not see the picture. It reads examples and the words of the upper layers. Of 60 \
      captions by the bundled model, 42 name the main subject; most of the others hallucinate.
      """)

  @OptionGroup var options: PictureQuestionOptions

  func run() throws { try options.run(question: nil) }
}
