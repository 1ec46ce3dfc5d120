import FoundationEssentials

/// A server that is asked in JSON and answers in it; every failure becomes an error of ours.
struct JSONService: Sendable {
  let endpoint: Endpoint
  private let connection: HTTPConnection
  private let patience: Patience

  init(_ endpoint: Endpoint, patience: Patience) throws(LanguageError) {
    self.endpoint = endpoint
    self.patience = patience
    connection = try HTTPConnection(endpoint, seconds: patience.seconds)
  }

  /// Asks by GET.
  func get<Answer: Decodable>(_ path: String, _: Answer.Type = Answer.self) throws(LanguageError)
    -> Answer
  {
    try decoded(try ask(path, nil), path)
  }

  /// Asks by POST; `members` are more of the question's, in JSON already.
  func post<Answer: Decodable>(
    _ path: String, _ question: some Encodable, members: String = "",
    _: Answer.Type = Answer.self
  ) throws(LanguageError) -> Answer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var body = try? encoder.encode(question) else {
      throw .rejected(url: endpoint.url + path, status: 0, message: "a number that JSON lacks")
    }
    if !members.isEmpty { body = body.dropLast() + Data(("," + members + "}").utf8) }
    return try decoded(try ask(path, [UInt8](body)), path)
  }

  /// Sends until the answer is one to keep.
  private func ask(_ path: String, _ body: [UInt8]?) throws(LanguageError) -> [UInt8] {
    let url = endpoint.url + path
    for attempt in 1... {
      var answer = try connection.send(path, body: body)
      answer.body = endpoint.key?.hidden(in: answer.body) ?? answer.body
      if (200..<300).contains(answer.status) { return answer.body }
      guard Patience.isPassing(answer.status) else { throw failure(answer, url) }
      guard attempt < patience.attempts else {
        throw .unavailable(
          url: url, status: answer.status, attempts: attempt,
          message: ServerMessage(answer.body).text)
      }
      try patience.wait(after: attempt, asked: answer.retryAfter, url: url)
    }
    preconditionFailure("attempts end")
  }

  private func failure(_ answer: HTTPAnswer, _ url: String) -> LanguageError {
    let message = ServerMessage(answer.body)
    if let context = message.context { return context }
    return switch answer.status {
    case 300..<400: .redirected(url: url, status: answer.status)
    case 401, 403:
      .unauthorised(url: url, status: answer.status, hasKey: endpoint.key != nil)
    case 404, 405, 501: .notFound(url: url)
    default: .rejected(url: url, status: answer.status, message: message.text)
    }
  }

  private func decoded<Answer: Decodable>(
    _ body: [UInt8], _ path: String
  ) throws(LanguageError) -> Answer {
    let url = endpoint.url + path
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(body))
    } catch DecodingError.dataCorrupted {
      throw .notJSON(url: url, excerpt: excerpt(String(decoding: body.prefix(400), as: UTF8.self)))
    } catch DecodingError.keyNotFound(let key, _) {
      throw .wrongJSON(url: url, problem: "it has no '\(key.stringValue)'")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw .wrongJSON(url: url, problem: "'\(place)' is of another kind")
    } catch {
      throw .wrongJSON(url: url, problem: excerpt("\(error)"))
    }
  }
}

/// What a server says of its refusal: llama.cpp, OpenAI and vLLM word it alike, others in their way.
struct ServerMessage {
  private struct Body: Decodable {
    struct Details: Decodable {
      var message: String?
      var type: String?
      var code: Code?
      var n_prompt_tokens: Int?
      var n_ctx: Int?
    }
    var error: Details?
    var message: String?
    var code: Code?
  }

  /// A number here, a name there.
  private struct Code: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        text = "\(number)"
      } else {
        text = (try? container.decode(String.self)) ?? ""
      }
    }
  }

  /// In one line, for a person; a body that is no JSON gives its beginning.
  let text: String
  /// Where the server says that the prompt is too long.
  let context: LanguageError?

  init(_ body: [UInt8]) {
    let decoded = try? JSONDecoder().decode(Body.self, from: Data(body))
    let said = decoded?.error?.message ?? decoded?.message
    text = excerpt(said ?? String(decoding: body.prefix(400), as: UTF8.self), count: 200)
    let names = [decoded?.error?.type, decoded?.error?.code?.text, decoded?.code?.text]
    let isContext =
      names.contains("exceed_context_size_error") || names.contains("context_length_exceeded")
      || text.lowercased().contains("maximum context length")
    context =
      isContext
      ? Self.tooLong(decoded?.error?.n_prompt_tokens, decoded?.error?.n_ctx, text) : nil
  }

  /// Numbers of their own fields, or from a sentence like OpenAI's: the limit first, then the prompt;
  /// nil where it has neither, and the sentence must do.
  private static func tooLong(_ tokens: Int?, _ limit: Int?, _ text: String) -> LanguageError? {
    let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
    guard let tokens = tokens ?? numbers.dropFirst().first, let limit = limit ?? numbers.first
    else { return nil }
    return .contextTooLong(tokens: tokens, limit: limit, fitting: nil)
  }
}
