/// A question about a picture, put to a language model behind examples.
///
/// The examples stand first and never change, so that a server which keeps what it has read reads only
/// what is known of the picture and the question.
package struct PictureQuestion: Hashable, Sendable {
  package var file: ExampleFile
  /// The picture's words, each once.
  package var words: [String]
  /// What is known of the picture, where that is; the examples say whether the model is told.
  package var facts: PictureFacts?
  /// nil asks for a caption.
  package var question: String?

  /// Takes examples, of which one with just the picture's words would give the answer away: it is left
  /// out.
  package init(
    file: ExampleFile, words: [String], facts: PictureFacts? = nil, question: String?
  ) {
    self.file = file
    self.file.examples.removeAll { !$0.words.isEmpty && $0.words == words }
    self.words = words
    self.facts = facts
    self.question = question
  }

  /// Tokens that an answer may have: it ends with its line.
  package static let longestAnswer = 40

  /// The text that is sent.
  package var prompt: String { prompt(examples: file.examples.count) }

  /// The answer where the facts alone make it, and no model need be asked.
  package var answerOfFacts: String? {
    guard file.hasFacts, let facts, let question else { return nil }
    return facts.presence(in: question)?.plainAnswer
  }

  /// Asks, and takes the answer's only line, with neutral words for people.
  ///
  /// A caption that does not name the main thing, or is surer of it than the facts are, is asked for
  /// once more with its first words given. Whether something is there the facts say where they tell
  /// and the question is wholly understood; what they state no answer denies.
  package func answer(
    by model: any LanguageModel, temperature: Double = 0, seed: UInt64 = 1
  ) throws(LanguageError) -> Completion {
    if let text = answerOfFacts { return Completion(text: text) }
    try checkLength(model)
    func complete(_ opening: String) throws(LanguageError) -> Completion {
      let request = CompletionRequest(
        prompt: prompt + opening, maximumTokens: Self.longestAnswer, stop: ["\n"],
        temperature: temperature, seed: seed)
      var answer = try model.complete(request)
      answer.text = NeutralWords.applied(
        to: String(Substring(answer.text).trimmed), keeping: Set(words))
      return answer
    }
    var answer = try complete("")
    guard file.hasFacts, let facts else { return answer }
    guard let question else { return try caption(answer, by: facts, complete) }
    let text = facts.corrected(answer.text, to: question)
    if text != answer.text { (answer.text, answer.isCut) = (text, nil) }
    return answer
  }

  private func caption(
    _ answer: Completion, by facts: PictureFacts,
    _ complete: (String) throws(LanguageError) -> Completion
  ) throws(LanguageError) -> Completion {
    guard !facts.accept(caption: answer.text), let opening = facts.captionOpening
    else { return answer }
    var rest = try complete(" " + opening)
    rest.text = facts.caption(opening: opening, answer: rest.text)
    return rest
  }

  // MARK: Parts

  private func prompt(examples count: Int) -> String {
    let heading = file.heading.isEmpty ? "" : file.heading + "\n\n"
    let examples = file.examples.prefix(count).map { example in
      opening(example.words, example.facts, example.question) + " \(example.answer)\n\n"
    }
    return heading + examples.joined() + opening(file.hasWords ? words : [], knownFacts, question)
  }

  private var knownFacts: [String] {
    guard file.hasFacts, let facts else { return [] }
    return question.map(facts.lines(for:)) ?? facts.captionLines
  }

  /// What stands before an answer.
  private func opening(_ words: [String], _ facts: [String], _ question: String?) -> String {
    let list = words.isEmpty ? "" : "Words: " + words.joined(separator: ", ") + "\n"
    let lines = facts.map { $0 + "\n" }.joined()
    return list + lines + (question.map { "Question: \($0)\nAnswer:" } ?? "Caption:")
  }

  /// Says how many examples would fit where they do not all.
  private func checkLength(_ model: any LanguageModel) throws(LanguageError) {
    guard let limit = model.contextLength else { return }
    let room = limit - Self.longestAnswer
    let tokens = try model.tokenCount(of: prompt)
    guard tokens > room else { return }
    var fitting = file.examples.count - 1
    while fitting > 0, try model.tokenCount(of: prompt(examples: fitting)) > room { fitting -= 1 }
    throw .contextTooLong(
      tokens: tokens + Self.longestAnswer, limit: limit, fitting: max(0, fitting))
  }
}
