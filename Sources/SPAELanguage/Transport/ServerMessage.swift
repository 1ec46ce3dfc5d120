import FoundationEssentials

/// What a server says of its failure, in whatever way it words it.
///
/// OpenAI, llama.cpp and OpenRouter send `{"error": {"message": ...}}`, Ollama and TGI
/// `{"error": "..."}`, Gemini an array of one error, FastAPI's `{"detail": ...}` a text or a list.
struct ServerMessage {
  /// In one line, for a person; a body that is no JSON gives its beginning.
  let text: String
  /// The parameter of the question that the server does not take, where it names one.
  let parameter: String?
  /// Whether the prompt is too long, as far as the message says.
  let isTooLong: Bool
  /// The tokens of the prompt and what the server takes, where it gives them as numbers.
  let tokens: Int?
  let limit: Int?
  /// Whether it is an error at all, whatever the status that it came with.
  let isError: Bool
  /// The status that an error names itself.
  let status: Int?
  /// Whether the server put the reason in words.
  let isWorded: Bool

  init(_ body: [UInt8]) {
    let decoded = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
    let root = decoded?.elements.first ?? decoded ?? .null
    let error = root["error"]
    let said = Self.words(root)
    isWorded = said != nil
    text = excerpt(said ?? String(decoding: body.prefix(400), as: UTF8.self), count: 400)
    parameter = error["param"].text ?? root["detail"].elements.first?["loc"].elements.last?.text
    isError = !error.isNull || root["object"].text == "error"
    status = error["code"].integer ?? root["code"].integer
    (tokens, limit) = (error["n_prompt_tokens"].integer, error["n_ctx"].integer)
    isTooLong = Self.isTooLong(text, [error["type"], error["code"], root["code"]])
  }

  /// The error in an answer whose status says that there is none.
  static func error(within body: [UInt8]) -> ServerMessage? {
    // Errors are short, and an answer need not be read twice.
    guard body.count < 1 << 16, body.firstRange(of: Array("\"error\"".utf8)) != nil else {
      return nil
    }
    let message = ServerMessage(body)
    return message.isError ? message : nil
  }

  /// The error that this is to whoever asked; nil where it is not the prompt that is too long.
  func tooLong(url: String) -> LanguageError? {
    guard isTooLong else { return nil }
    if !isWorded, let tokens, let limit {
      return .contextTooLong(tokens: tokens, limit: limit, fitting: nil)
    }
    return .promptTooLong(url: url, message: text.hasSuffix(".") ? String(text.dropLast()) : text)
  }

  // MARK: Parts

  private static func words(_ root: JSONValue) -> String? {
    let error = root["error"]
    let said =
      error.text ?? error["message"].text ?? root["message"].text ?? root["detail"].text
      ?? details(root["detail"].elements)
    // What a server behind another one said.
    guard let said, let inner = error["metadata"]["raw"].text else { return said }
    return "\(said): \(ServerMessage(Array(inner.utf8)).text)"
  }

  /// Reasons that name the places in the question: `body.seed: Extra inputs are not permitted`.
  private static func details(_ details: [JSONValue]) -> String? {
    let lines = details.compactMap { detail in
      detail["msg"].text.map { reason in
        let place = detail["loc"].elements.compactMap(\.text).joined(separator: ".")
        return place.isEmpty ? reason : "\(place): \(reason)"
      }
    }
    return lines.isEmpty ? nil : lines.joined(separator: "; ")
  }

  private static let namesOfTooLong: Set = [
    "exceed_context_size_error", "context_length_exceeded",
  ]
  private static let wordsOfTooLong = [
    "context size", "context length", "context window", "maximum context", "prompt is too long",
  ]

  private static func isTooLong(_ text: String, _ names: [JSONValue]) -> Bool {
    let lower = text.lowercased()
    return names.contains { $0.text.map(namesOfTooLong.contains) ?? false }
      || wordsOfTooLong.contains { lower.contains($0) }
  }
}
