import Synchronization

/// A model behind any server that speaks as OpenAI's does: completions, or where there are none, chat.
///
/// It cannot be restricted to words, for it does not tell their tokens: whoever asks repairs the answer.
final class OpenAIClient: LanguageModel {
  let name: String
  let contextLength: Int?

  private let service: JSONService
  /// Whether the server has nothing but chat, once that is known.
  private let onlyChats = Mutex<Bool>(false)

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

  func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    if !onlyChats.withLock({ $0 }) {
      do throws(LanguageError) {
        return try completion(request)
      } catch .notFound {
        onlyChats.withLock { $0 = true }
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
    var model: String
    var prompt: String?
    var messages: [Message]?
    var max_tokens: Int
    var temperature = 0.0
    var seed: UInt64?
    var stop: [String]?
    var logprobs: Int?
    var echo: Bool?

    init(model: String, max_tokens: Int) {
      self.model = model
      self.max_tokens = max_tokens
    }
  }

  private struct Message: Codable {
    var role: String?
    var content: String?
  }

  private struct Answer: Decodable {
    struct Choice: Decodable {
      var text: String?
      var message: Message?
      var logprobs: Scores?
    }
    /// Of the tokens of the text; the first has no score.
    struct Scores: Decodable {
      var token_logprobs: [Double?]?
      var text_offset: [Int]?
    }
    struct Usage: Decodable {
      var prompt_tokens: Int?
      var completion_tokens: Int?
    }
    var choices: [Choice]
    var usage: Usage?
  }

  private func question(_ request: CompletionRequest) -> Question {
    var question = Question(model: name, max_tokens: request.maximumTokens)
    question.temperature = request.temperature
    question.seed = request.seed % (1 << 53)
    let stops = Array(request.stop.prefix(Self.mostStops))
    question.stop = stops.isEmpty ? nil : stops
    return question
  }

  private func completion(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    var question = question(request)
    question.prompt = request.prompt
    let answer: Answer = try service.post("/v1/completions", question)
    return try read(answer, answer.choices.first?.text, request)
  }

  private func chat(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    var question = question(request)
    question.messages = [
      Message(role: "system", content: "Go on with the text. Answer with what follows, no more."),
      Message(role: "user", content: request.prompt),
    ]
    let answer: Answer = try service.post("/v1/chat/completions", question)
    return try read(answer, answer.choices.first?.message?.content, request)
  }

  private func read(
    _ answer: Answer, _ text: String?, _ request: CompletionRequest
  ) throws(LanguageError) -> Completion {
    let text = (text ?? "").cut(before: request.stop)
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw .emptyAnswer(url: service.endpoint.url)
    }
    return Completion(
      text: text, promptTokens: answer.usage?.prompt_tokens,
      answerTokens: answer.usage?.completion_tokens)
  }

  /// Lets the server repeat the whole text with the score of each token.
  private func logProbability(
    of continuation: String, after prompt: String
  ) throws(LanguageError) -> Double {
    var question = Question(model: name, max_tokens: 1)
    question.prompt = prompt + continuation
    (question.echo, question.logprobs) = (true, 1)
    let answer: Answer
    do throws(LanguageError) {
      answer = try service.post("/v1/completions", question)
    } catch .notFound(let url) {
      throw .noLogProbabilities(url: url, reason: "it has no /v1/completions")
    } catch .rejected(let url, _, let message) {
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
  /// What stands before the first of some texts.
  func cut(before stops: [String]) -> String {
    let ends = stops.compactMap { stop in stop.isEmpty ? nil : firstRange(of: stop)?.lowerBound }
    return ends.min().map { String(self[..<$0]) } ?? self
  }
}
