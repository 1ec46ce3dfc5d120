import ArgumentParser

/// `spae ask`: a question about a picture, to a language model that reads its words.
struct AskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask",
    abstract: "Ask a language model a question about a picture, using its words.",
    discussion: """
      The model does not see the picture. It reads examples and what is known of the picture: the \
      main thing, what is where, how many there are, colours, and the words of the upper layers. Of \
      these facts it reads those that the question names, or all; --facts prints them. The bundled \
      model is small: it repeats such facts well, and answers other questions often at random. A \
      larger model behind --endpoint reasons better over the same facts.

      Where the question is only whether things are there ("Is there a tree?", "Is there grass or \
      snow?", "Are there two dogs?") and the facts tell, they make the answer, and no model is asked: of what they state, \
      with colours and numbers, of people, of words that stand twice in the picture, and of \
      classes that a frozen branch knows and sees nothing of. Where they do not tell, the answer \
      begins with "Maybe". To other questions no answer denies what the facts state.

      Facts come from the words, from what the frozen branches see in the picture, and from its \
      colours; those of a pyramid from what it decodes to.
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
      The model does not see the picture. It reads examples and what is known of the picture: the \
      main thing, what is where, how many there are, and colours; --facts prints all of that. A \
      caption that names another main thing is asked for again with its first words given. "maybe" \
      says that the main thing is not sure, "or" that two words fit. People have neutral words. Of \
      60 captions by the bundled model, 45 name the main subject.
      """)

  @OptionGroup var options: PictureQuestionOptions

  func run() throws { try options.run(question: nil) }
}
