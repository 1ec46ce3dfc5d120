import SPAELanguage
import Testing

/// What servers that speak as OpenAI's do differs, and is understood all the same.
@Suite struct ServerHabits {
  /// A message of a chat, in JSON, with why it ended.
  private static func chat(_ message: String, ended: String = "stop") -> Reply {
    .json(
      "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\(message)},"
        + "\"finish_reason\":\"\(ended)\"}],\"usage\":{\"prompt_tokens\":5}}")
  }

  private static func failure(_ status: Int, _ error: String) -> Reply {
    .answer(status, "{\"error\":\(error)}")
  }

  /// A server of chat alone.
  private func server(_ replies: [Reply]) throws -> ScriptedServer {
    try ScriptedServer(["/v1/models": [models], "/v1/chat/completions": replies])
  }

  private func chats(_ server: ScriptedServer) -> [ScriptedServer.Request] {
    server.requests.filter { $0.path == "/v1/chat/completions" }
  }

  // MARK: What they take

  @Test("max_completion_tokens and the server's own temperature are learnt, once a run")
  func newNames() throws {
    let limit = """
      {"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use \
      'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens",\
      "code":"unsupported_parameter"}
      """
    let temperature = """
      {"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the \
      default (1) value is supported.","param":"temperature","code":"unsupported_value"}
      """
    let server = try server([
      Self.failure(400, limit), Self.failure(400, temperature), Self.chat("\"content\":\"a cat\""),
    ])
    let client = try server.client()
    #expect(client.remarks.isEmpty)
    for _ in 0..<2 { #expect(try client.complete(question).text == "a cat") }
    let asked = chats(server)
    #expect(asked.map { $0.json["max_tokens"] as? Int } == [4, nil, nil, nil])
    #expect(asked.map { $0.json["max_completion_tokens"] as? Int } == [nil, 4, 4, 4])
    #expect(asked.map { $0.json["temperature"] != nil } == [true, true, false, false])
    #expect(client.remarks.joined().contains("at its own temperature"))
  }

  /// What a server does not take: how it says so, and what is not sent to it any more.
  static let untaken: [(String, String)] = [
    (
      """
      {"detail":[{"type":"extra_forbidden","loc":["body","seed"],\
      "msg":"Extra inputs are not permitted"}]}
      """, "seed"
    ),
    ("{\"error\":{\"message\":\"Unsupported parameter: 'stop'\",\"param\":\"stop\"}}", "stop"),
    ("{\"error\":\"unknown field temperature\"}", "temperature"),
  ]

  @Test("what a server does not take is left out", arguments: untaken)
  func leftOut(reply: String, name: String) throws {
    let server = try server([.answer(422, reply), Self.chat("\"content\":\"a cat\"")])
    #expect(try server.client().complete(question).text == "a cat")
    #expect(chats(server).map { $0.json[name] != nil } == [true, false])
  }

  @Test("a chat without a system's role is asked by the user alone")
  func systemRole() throws {
    let server = try server([
      Self.failure(400, "{\"message\":\"System role not supported\"}"),
      Self.chat("\"content\":\"a cat\""),
    ])
    #expect(try server.client().complete(question).text == "a cat")
    let messages = try #require(chats(server).last?.json["messages"] as? [[String: String]])
    #expect(messages.map { $0["role"] } == ["user"])
    #expect(messages[0]["content"]?.hasSuffix("\n\n" + question.prompt) == true)
  }

  @Test("what is wrong for another reason is asked once")
  func otherReason() throws {
    let server = try server([
      Self.failure(400, "{\"message\":\"temperature is too high\",\"param\":\"temperature\"}")
    ])
    let error = #expect(throws: LanguageError.self) { try server.client().complete(question) }
    #expect("\(try #require(error))".contains("(400): temperature is too high"))
    #expect(chats(server).count == 1)
  }

  @Test("a model of chat alone may be told by a bad request, too")
  func onlyChat() throws {
    let server = try ScriptedServer([
      "/v1/models": [models],
      "/v1/completions": [
        Self.failure(400, "{\"message\":\"use the chat/completions endpoint\"}")
      ],
      "/v1/chat/completions": [Self.chat("\"content\":\"a cat\"")],
    ])
    let client = try server.client()
    for _ in 0..<2 { #expect(try client.complete(question).text == "a cat") }
    #expect(server.requests.filter { $0.path == "/v1/completions" }.count == 1)
  }

  // MARK: What they answer

  /// A message, and what is said and thought in it.
  struct Said: Sendable, CustomTestStringConvertible {
    let message: String
    var text = "a cat on a rug"
    var reasoning: String?
    var testDescription: String { message }
  }

  static let said = [
    Said(message: "\"content\":\"a cat on a rug\""),
    Said(message: "\"content\":\"\\n\\na cat on a rug\""),
    Said(message: "\"content\":\"a cat on a rug\\r\\nIt sleeps.\""),
    Said(message: "\"content\":\"a cat on a rug\\nIt sleeps.\\r\\n\""),
    Said(
      message: "\"content\":\"<think>\\nhmm, a cat\\n</think>\\n\\na cat on a rug\"",
      reasoning: "hmm, a cat"),
    Said(message: "\"content\":\"<think>\\n\\n</think>\\n\\na cat on a rug\""),
    Said(
      message: "\"content\":\"hmm, a cat\\n</think>\\na cat on a rug\"", reasoning: "hmm, a cat"),
    Said(message: "\"content\":\"[THINK]hmm[/THINK]a cat on a rug\"", reasoning: "hmm"),
    Said(message: "\"content\":\"◁think▷hmm◁/think▷a cat on a rug\"", reasoning: "hmm"),
    Said(
      message: "\"content\":\"a cat on a rug\",\"reasoning_content\":\"hmm\"", reasoning: "hmm"),
    Said(
      message: "\"content\":\"a cat on a rug\",\"reasoning\":\"hmm\",\"refusal\":null",
      reasoning: "hmm"),
    Said(message: "\"content\":\"a <think> on a rug\"", text: "a <think> on a rug"),
    Said(message: "\"content\":[{\"type\":\"text\",\"text\":\"a cat on a rug\"}]"),
    Said(
      message: """
        "content":[{"type":"thinking","thinking":[{"type":"text","text":"hmm"}]},\
        {"type":"text","text":"a cat "},{"type":"image_url"},{"text":"on a rug"}]
        """, reasoning: "hmm"),
  ]

  @Test("the answer is kept apart from the reasoning", arguments: said)
  func apart(_ each: Said) throws {
    let answer = try server([Self.chat(each.message)]).client().complete(question)
    #expect(answer.text == each.text)
    #expect(answer.reasoning == each.reasoning)
    #expect(answer.isCut == false)
  }

  @Test("a completion's reasoning is kept apart, too; the space before an answer stays without it")
  func completion() throws {
    let replies: [Reply] = [
      .json("{\"choices\":[{\"text\":\"<think>hmm</think> a cat\"}]}"),
      .json("{\"choices\":[{\"text\":\" a dog\\r\\nWords\",\"finish_reason\":\"length\"}]}"),
    ]
    let server = try ScriptedServer(["/v1/models": [models], "/v1/completions": replies])
    let client = try server.client()
    #expect(
      try client.complete(question) == Completion(text: "a cat", reasoning: "hmm", isCut: nil))
    #expect(try client.complete(question) == Completion(text: " a dog", isCut: false))
  }

  @Test("an answer that ends with its budget says so")
  func cut() throws {
    let answer = try server([Self.chat("\"content\":\"a cat on\"", ended: "length")]).client()
      .complete(question)
    #expect(answer == Completion(text: "a cat on", promptTokens: 5, isCut: true))
  }

  @Test("reasoning is not cut off at the end of its first line")
  func stops() throws {
    let server = try server([
      Self.chat("\"content\":\"<think>\""),
      Self.chat("\"content\":\"<think>\\nhmm</think>a cat\""),
    ])
    let client = try server.client()
    for _ in 0..<2 { #expect(try client.complete(question).text == "a cat") }
    #expect(chats(server).map { $0.json["stop"] != nil } == [true, false, false])
  }

  @Test(
    "an answer may be allowed more tokens than a question needs", arguments: [(3, 4), (90, 90)])
  func budget(tokens: Int, sent: Int) throws {
    let server = try server([Self.chat("\"content\":\"a cat\"")])
    let model = BudgetModel(try server.client(), tokens: tokens)
    #expect(try model.complete(question).text == "a cat")
    #expect(chats(server).last?.json["max_tokens"] as? Int == sent)
  }

  // MARK: Where there is no answer

  /// A reply without an answer, what is said of it, and how often the server is asked.
  struct Unsaid: Sendable, CustomTestStringConvertible {
    let name: String
    let reply: Reply
    let says: String
    var count = 1
    var testDescription: String { name }
  }

  static let unsaid = [
    Unsaid(
      name: "reasoning cut off",
      reply: chat("\"content\":\"\",\"reasoning_content\":\"The user\"", ended: "length"),
      says: "cut after 4 tokens, while the model was reasoning; allow it more with --max-tokens"),
    Unsaid(
      name: "reasoning cut off in the text",
      reply: chat("\"content\":\"<think>The user\"", ended: "length"),
      says: "cut after 4 tokens, while the model was reasoning"),
    Unsaid(
      name: "cut off before a word", reply: chat("\"content\":\"\\n\"", ended: "length"),
      says: "cut after 4 tokens, before its first word"),
    Unsaid(
      name: "reasoning that fills the output, by OpenAI",
      reply: failure(
        400,
        """
        {"message":"Could not finish the message because max_tokens or model output limit was \
        reached. Please try again with higher max_tokens."}
        """), says: "while the model was reasoning; allow it more with --max-tokens"),
    Unsaid(
      name: "reasoning and no more",
      reply: chat("\"content\":null,\"reasoning_content\":\"We need\\u001b[31m a cat\""),
      says: #"gave its reasoning ('We need\u{1b}[31m a cat') and no answer"#, count: 2),
    Unsaid(
      name: "a filter",
      reply: chat("\"content\":\"\",\"refusal\":\"I can't help\"", ended: "content_filter"),
      says: "the server's content filter held the answer back: I can't help"),
    Unsaid(
      name: "a filter without words", reply: chat("\"content\":\"a c\"", ended: "content_filter"),
      says: "the server's content filter held the answer back"),
    Unsaid(
      name: "a refusal", reply: chat("\"content\":null,\"refusal\":\"I'm sorry\""),
      says: "the language model refuses to answer: I'm sorry"),
    Unsaid(
      name: "a refusal as a part",
      reply: chat("\"content\":[{\"type\":\"refusal\",\"refusal\":\"I'm sorry\"}]"),
      says: "refuses to answer: I'm sorry"),
    Unsaid(name: "no choice", reply: .json("{\"choices\":[]}"), says: "'choices' is empty"),
    Unsaid(
      name: "a choice that failed",
      reply: .json("{\"choices\":[{\"error\":{\"code\":502,\"message\":\"overloaded\"}}]}"),
      says: "the server answers with an error: overloaded"),
    Unsaid(
      name: "an error as a success", reply: failure(200, "{\"message\":\"no such adapter\"}"),
      says: "the server answers with an error: no such adapter"),
    Unsaid(
      name: "an error in a word", reply: failure(200, "\"model not loaded\""),
      says: "the server answers with an error: model not loaded"),
    Unsaid(
      name: "an error in an array, by Gemini",
      reply: .answer(400, "[{\"error\":{\"code\":400,\"message\":\"bad model\"}}]"),
      says: "(400): bad model"),
    Unsaid(
      name: "an error of the server behind, by OpenRouter",
      reply: failure(
        400,
        """
        {"message":"Provider returned error","metadata":{"raw":"{\\"error\\":\\"no tools\\"}"}}
        """), says: "(400): Provider returned error: no tools"),
    Unsaid(
      name: "too many requests, as a success",
      reply: failure(200, "{\"code\":429,\"message\":\"slow down\"}"),
      says: "failed 4 times, at last with 429: slow down", count: 4),
    Unsaid(
      name: "a forbidden prompt", reply: failure(403, "{\"message\":\"your input was flagged\"}"),
      says: "refuses the request (403): your input was flagged"),
    Unsaid(
      name: "no such model", reply: failure(404, "{\"message\":\"no model 'm'\"}"),
      says: "not found: no model 'm'"),
    Unsaid(
      name: "a long prompt, as a success",
      reply: failure(
        200,
        """
        {"code":400,"message":"the request exceeds the available context size. try increasing it",\
        "type":"exceed_context_size_error","n_prompt_tokens":14429,"n_ctx":8192}
        """),
      says: """
        the prompt is too long for the language model: the request exceeds the available context \
        size. try increasing it; use fewer layers or shorter examples
        """),
    Unsaid(
      name: "a long prompt, as the server's fault",
      reply: failure(
        500,
        "{\"code\":500,\"message\":\"Context size has been exceeded.\",\"type\":\"server_error\"}"),
      says: "the prompt is too long for the language model: Context size has been exceeded;"),
    Unsaid(
      name: "a long prompt, by vLLM",
      reply: .answer(
        400,
        """
        {"object":"error","message":"This model's maximum context length is 4096 tokens. However, \
        you requested 4390 tokens (4350 in the messages, 40 in the completion).","code":400}
        """), says: "you requested 4390 tokens (4350 in the messages, 40 in the completion);"),
  ]

  @Test("where there is no answer, the server's reason is told", arguments: unsaid)
  func reason(_ each: Unsaid) throws {
    let server = try server([each.reply])
    let client = try server.client(retryPolicy: Pauses().retryPolicy())
    let error = #expect(throws: LanguageError.self) { try client.complete(question) }
    let said = error.map { "\($0)" } ?? ""
    #expect(said.contains(each.says), "\(said)")
    #expect(!said.contains("\u{1B}"))
    #expect(chats(server).count == each.count)
  }
}
