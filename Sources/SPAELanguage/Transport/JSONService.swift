import FoundationEssentials

/// A server that is asked in JSON and answers in it; every failure becomes an error of ours.
struct JSONService: Sendable {
  let endpoint: Endpoint
  private let connection: HTTPConnection
  private let retryPolicy: RetryPolicy

  init(_ endpoint: Endpoint, retryPolicy: RetryPolicy) throws(LanguageError) {
    self.endpoint = endpoint
    self.retryPolicy = retryPolicy
    connection = try HTTPConnection(endpoint, seconds: retryPolicy.seconds)
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
      guard let message = message(of: &answer) else { return answer.body }
      if let error = message.tooLong(url: url) { throw error }
      guard RetryPolicy.isPassing(answer.status) else { throw failure(answer, message, url) }
      guard attempt < retryPolicy.attempts else {
        throw .unavailable(
          url: url, status: answer.status, attempts: attempt, message: message.text)
      }
      try retryPolicy.wait(after: attempt, asked: answer.retryAfter, url: url)
    }
    preconditionFailure("attempts end")
  }

  /// What the server says of its failure; nil where it did not fail.
  ///
  /// An error that came as a success gets the status that it names itself.
  private func message(of answer: inout HTTPAnswer) -> ServerMessage? {
    guard (200..<300).contains(answer.status) else { return ServerMessage(answer.body) }
    guard let message = ServerMessage.error(within: answer.body) else { return nil }
    if let status = message.status, (400..<600).contains(status) { answer.status = status }
    return message
  }

  private func failure(
    _ answer: HTTPAnswer, _ message: ServerMessage, _ url: String
  ) -> LanguageError {
    let words = message.isWorded ? message.text : ""
    return switch answer.status {
    case 300..<400: .redirected(url: url, status: answer.status)
    case 401, 403:
      .unauthorised(
        url: url, status: answer.status, hasKey: endpoint.key != nil, message: words)
    case 404, 405, 501: .notFound(url: url, message: words)
    default:
      .rejected(
        url: url, status: answer.status, message: message.text, parameter: message.parameter)
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
