import Synchronization

/// A model behind any server that speaks as OpenAI's does: completions, or where there are none, chat.
///
/// It cannot be restricted to words, for it does not tell their tokens: whoever asks repairs the answer.
final class OpenAIClient: LanguageModel {
  let name: String
  let contextLength: Int?

  private let service: JSONService
  /// What the server has shown that it takes.
  private let dialect = Mutex(OpenAIDialect())

  /// Asks which models there are, for a name that is not given and for its context's length.
  init(_ service: JSONService, name: String?) throws(LanguageError) {
    self.service = service
    let models: [Models.Entry]
    do throws(LanguageError) {
      models = try service.get("/v1/models", Models.self).data
    } catch {
      if name == nil { throw error }
      models = []
    }
    guard let chosen = name ?? models.first?.id else {
      throw .noModelName(url: service.endpoint.url)
    }
    self.name = chosen
    let entry = models.first { $0.id == chosen }
    contextLength = entry?.max_model_len ?? entry?.context_length
  }

  private struct Models: Decodable {
    struct Entry: Decodable {
      var id: String
      /// As vLLM and as OpenRouter call it.
      var max_model_len: Int?
      var context_length: Int?
    }
    var data: [Entry]
  }

  /// An estimate, for the tokens are not told: four bytes each, and one for every word at least.
  func tokenCount(of text: String) throws(LanguageError) -> Int {
    max((text.utf8.count + 3) / 4, text.split(whereSeparator: \.isWhitespace).count)
  }

  /// What is not as it was asked for, because the server does not take it.
  var remarks: [String] {
    let omitted = dialect.withLock { $0.omitted }
    var remarks: [String] = []
    if omitted.contains(.temperature) {
      remarks.append("at its own temperature, for it takes no other: answers may differ each time")
    }
    return remarks
  }

  func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    while dialect.withLock({ $0.hasCompletions }) {
      do throws(LanguageError) {
        return try completion(request)
      } catch .notFound {
        dialect.withLock { $0.hasCompletions = false }
      } catch .rejected(_, _, let message, _) where OpenAIDialect.isOnlyForChat(message) {
        dialect.withLock { $0.hasCompletions = false }
      }
    }
    return try chat(request)
  }

  func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    var sums: [Double] = []
    for continuation in continuations {
      sums.append(try logProbability(of: continuation, after: prompt))
    }
    return sums
  }

  // MARK: Parts

  /// OpenAI takes no more stops than these; the answer is cut at all of them here.
  private static let mostStops = 4

  private struct Question: Encodable {
    struct Message: Encodable {
      var role: String
      var content: String
    }

    var model: String
    var prompt: String?
    var messages: [Message]?
    var max_tokens: Int?
    var max_completion_tokens: Int?
    var temperature: Double? = 0
    var seed: UInt64?
    var stop: [String]?
    var logprobs: Int?
    var echo: Bool?
  }

  private func question(_ request: CompletionRequest, _ dialect: OpenAIDialect) -> Question {
    var question = Question(model: name)
    switch dialect.limit {
    case .tokens: question.max_tokens = request.maximumTokens
    case .completionTokens: question.max_completion_tokens = request.maximumTokens
    }
    let omitted = dialect.omitted
    question.temperature = omitted.contains(.temperature) ? nil : request.temperature
    question.seed = omitted.contains(.seed) ? nil : request.seed % (1 << 53)
    let stops = Array(request.stop.prefix(Self.mostStops))
    question.stop = stops.isEmpty || omitted.contains(.stop) ? nil : stops
    return question
  }

  private func completion(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    let answer = try answer(to: request, at: "/v1/completions") { $0.prompt = request.prompt }
    return try read(answer, isChat: false, request)
  }

  private func chat(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    while true {
      let answer = try answer(to: request, at: "/v1/chat/completions") {
        $0.messages = Self.messages(request.prompt, dialect.withLock { $0.hasSystemRole })
      }
      // A server stops at the first line's end, which may be one of the reasoning.
      if !request.stop.isEmpty, endsBeforeItBegins(answer),
        dialect.withLock({ $0.learnToStopAlone() })
      {
        continue
      }
      return try read(answer, isChat: true, request)
    }
  }

  private static func messages(_ prompt: String, _ hasSystemRole: Bool) -> [Question.Message] {
    let wish = "Go on with the text. Answer with what follows, no more."
    guard hasSystemRole else {
      return [Question.Message(role: "user", content: "\(wish)\n\n\(prompt)")]
    }
    return [
      Question.Message(role: "system", content: wish),
      Question.Message(role: "user", content: prompt),
    ]
  }

  /// Asks, and again without what the server does not take.
  private func answer(
    to request: CompletionRequest, at path: String, _ complete: (inout Question) -> Void
  ) throws(LanguageError) -> OpenAIAnswer {
    while true {
      var question = question(request, dialect.withLock { $0 })
      complete(&question)
      do throws(LanguageError) {
        return try service.post(path, question)
      } catch .rejected(let url, _, let message, _) where OpenAIDialect.isCut(message) {
        throw .cutAnswer(url: url, tokens: request.maximumTokens, isReasoning: true)
      } catch .rejected(let url, let status, let message, let parameter) {
        let hasLearnt = dialect.withLock { $0.learn(from: message, parameter: parameter) }
        guard hasLearnt else {
          throw .rejected(url: url, status: status, message: message, parameter: parameter)
        }
      }
    }
  }

  private func endsBeforeItBegins(_ answer: OpenAIAnswer) -> Bool {
    guard let choice = answer.choices.first, choice.finish_reason == "stop" else { return false }
    let parts = ReasoningText(choice.message?.content ?? "")
    return parts.answer.allSatisfy(\.isWhitespace) && choice.message?.refusal.isEmpty != false
  }

  private func read(
    _ answer: OpenAIAnswer, isChat: Bool, _ request: CompletionRequest
  ) throws(LanguageError) -> Completion {
    let url = service.endpoint.url
    guard let choice = answer.choices.first else {
      throw .wrongJSON(url: url, problem: "'choices' is empty")
    }
    var parts = ReasoningText(choice.text ?? choice.message?.content ?? "")
    if let apart = choice.message?.reasoning, !apart.isEmpty { parts.reasoning = apart }
    try refuse(choice, url)
    if isChat || parts.reasoning != nil {
      parts.answer = String(parts.answer.drop(while: \.isWhitespace))
    }
    let text = parts.answer.cut(before: request.stop)
    let isCut = choice.finish_reason.map { $0 == "length" && text == parts.answer }
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw noAnswer(parts, isCut: isCut == true, request)
    }
    return Completion(
      text: text, promptTokens: answer.usage?.prompt_tokens,
      answerTokens: answer.usage?.completion_tokens, reasoning: parts.reasoning, isCut: isCut)
  }

  /// Throws where there is no answer for a reason that the server gives.
  private func refuse(_ choice: OpenAIAnswer.Choice, _ url: String) throws(LanguageError) {
    let refusal = excerpt(choice.message?.refusal ?? "", count: 400)
    if choice.finish_reason == "content_filter" { throw .filtered(url: url, message: refusal) }
    if let error = choice.error, !error.isNull {
      let words = error["message"].text ?? error.text ?? ""
      throw .rejected(url: url, status: 200, message: excerpt(words, count: 400))
    }
    if !refusal.isEmpty, choice.message?.content.isEmpty != false {
      throw .refusal(url: url, message: refusal)
    }
  }

  private func noAnswer(
    _ parts: ReasoningText, isCut: Bool, _ request: CompletionRequest
  ) -> LanguageError {
    let url = service.endpoint.url
    if isCut {
      return .cutAnswer(
        url: url, tokens: request.maximumTokens, isReasoning: parts.reasoning != nil)
    }
    guard let reasoning = parts.reasoning else { return .emptyAnswer(url: url) }
    return .onlyReasoning(url: url, excerpt: excerpt(reasoning))
  }

  /// Lets the server repeat the whole text with the score of each token.
  private func logProbability(
    of continuation: String, after prompt: String
  ) throws(LanguageError) -> Double {
    var question = Question(model: name, max_tokens: 1)
    question.prompt = prompt + continuation
    (question.echo, question.logprobs) = (true, 1)
    let answer: OpenAIAnswer
    do throws(LanguageError) {
      answer = try service.post("/v1/completions", question)
    } catch .notFound(let url, _) {
      throw .noLogProbabilities(url: url, reason: "it has no /v1/completions")
    } catch .rejected(let url, _, let message, _) {
      throw .noLogProbabilities(url: url, reason: "it says '\(message)'")
    }
    let length = prompt.unicodeScalars.count
    let end = length + continuation.unicodeScalars.count
    guard let scores = answer.choices.first?.logprobs, let values = scores.token_logprobs,
      let offsets = scores.text_offset, offsets.count == values.count, offsets.first == 0
    else {
      throw .noLogProbabilities(
        url: service.endpoint.url, reason: "it does not repeat the text with 'echo'")
    }
    // A token that the prompt's end and the continuation share counts whole.
    let first = offsets.lastIndex { $0 <= length } ?? 0
    return zip(offsets, values).dropFirst(first).filter { $0.0 < end }.reduce(0) {
      $0 + ($1.1 ?? 0)
    }
  }
}

extension String {
  /// What stands before the first of some texts; a line ends with "\n" or "\r\n".
  ///
  /// By bytes: as a Character "\r\n" is another than "\n".
  func cut(before stops: [String]) -> String {
    let bytes = Array(utf8)
    let ends = stops.compactMap { stop in
      stop.isEmpty ? nil : bytes.firstRange(of: Array(stop.utf8))?.lowerBound
    }
    guard let end = ends.min() else { return self }
    let endsLine = bytes[end] == UInt8(ascii: "\n") && bytes[..<end].last == UInt8(ascii: "\r")
    return String(decoding: bytes[..<(endsLine ? end - 1 : end)], as: UTF8.self)
  }
}
