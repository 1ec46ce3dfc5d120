import SPAELanguage
import Testing

/// What goes over the wire, and what is made of the answers.
@Suite struct Clients {
  @Test("llama.cpp's server is asked in its own words")
  func llama() throws {
    let server = try ScriptedServer([
      "/props": [llamaProperties], "/completion": [.completion(" cat")],
    ])
    let client = try server.client()
    #expect(client.name == "tiny.gguf")
    #expect(client.contextLength == 64)
    let answer = try client.complete(question)
    #expect(answer == Completion(text: " cat", promptTokens: 3, answerTokens: 2))
    let sent = try #require(server.requests.last)
    #expect(sent.json["prompt"] as? String == question.prompt)
    #expect(sent.json["n_predict"] as? Int == 4)
    #expect(sent.json["stop"] as? [String] == ["\n"])
    #expect(sent.json["cache_prompt"] as? Bool == false)
    #expect(sent.json["logit_bias"] == nil)
    #expect(!sent.head.contains("Authorization"))
  }

  @Test("a server that evaluates alike may go on from what it has read")
  func keepsPrompts() throws {
    let server = try ScriptedServer([
      "/props": [llamaProperties],
      "/completion": [
        .json("{\"content\":\" a cat\\r\\nWords\",\"stop_type\":\"limit\"}")
      ],
    ])
    let client = try server.client(keepsPrompts: true)
    #expect(try client.complete(question) == Completion(text: " a cat", isCut: true))
    #expect(server.requests.last?.json["cache_prompt"] as? Bool == true)
  }

  @Test("words that are allowed become tokens once, and those of several tokens are left out")
  func allowed() throws {
    let pieces = """
      {"tokens":[{"id":7,"piece":" cat"},{"id":9,"piece":" dog"},{"id":1,"piece":" xq"},\
      {"id":2,"piece":[195]}]}
      """
    let server = try ScriptedServer([
      "/props": [llamaProperties], "/tokenize": [.json(pieces)],
      "/completion": [.completion(" cat dog")],
    ])
    let client = try server.client()
    var request = question
    request.allowedWords = ["cat", "dog", "xqz"]
    for _ in 0..<2 { _ = try client.complete(request) }
    #expect(server.requests.filter { $0.path == "/tokenize" }.count == 1)
    let bias = try #require(server.requests.last?.json["logit_bias"] as? [[Int]])
    #expect(bias == [[7, 100], [9, 100]])
  }

  @Test("an OpenAI-compatible server is asked for its first model, with the key")
  func openAI() throws {
    let server = try ScriptedServer([
      "/v1/models": [models],
      "/v1/completions": [
        .json(
          "{\"choices\":[{\"text\":\" cat\\nand\"}],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2}}"
        )
      ],
    ])
    let client = try server.client(key: "secret-1")
    #expect(client.name == "large")
    #expect(client.contextLength == 100)
    #expect(try client.complete(question).text == " cat")
    let sent = try #require(server.requests.last)
    #expect(sent.json["model"] as? String == "large")
    #expect(sent.head.contains("Authorization: Bearer secret-1"))
  }

  @Test("where there are no completions, chat answers, and the first are not tried again")
  func chat() throws {
    let server = try ScriptedServer([
      "/v1/chat/completions": [
        .json("{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"a cat\"}}]}")
      ]
    ])
    let client = try server.client(model: "chatty")
    for _ in 0..<2 { #expect(try client.complete(question).text == "a cat") }
    #expect(server.requests.filter { $0.path == "/v1/completions" }.count == 1)
    let messages = try #require(server.requests.last?.json["messages"] as? [[String: String]])
    #expect(messages.last == ["role": "user", "content": question.prompt])
    #expect(throws: LanguageError.self) {
      try client.logProbabilities(of: [" cat"], after: "a")
    }
  }

  @Test(
    "continuations that begin alike are scored in one question, and rare tokens in one of their own",
    arguments: [(true, 256), (false, 2048)])
  func scores(keepsPrompts: Bool, likeliest: Int) throws {
    func tokens(_ list: String) -> Reply { .json("{\"tokens\":[\(list)]}") }
    func place(_ id: Int, _ score: Double, _ top: String) -> Reply {
      .json(
        "{\"content\":\"\",\"completion_probabilities\":[{\"id\":\(id),\"logprob\":\(score),\"top_logprobs\":[\(top)]}]}"
      )
    }
    let server = try ScriptedServer([
      "/props": [llamaProperties],
      "/tokenize": [tokens("1,2,3"), tokens("1,2,4,5"), tokens("1,2,4,6"), tokens("1,2")],
      "/completion": [
        place(4, -0.5, "{\"id\":4,\"logprob\":-0.5}"),  // 3 is not among the likeliest of [1,2]
        place(3, -9, "{\"id\":4,\"logprob\":-0.5}"),
        place(5, -1, "{\"id\":5,\"logprob\":-1},{\"id\":6,\"logprob\":-2}"),
      ],
    ])
    let client = try server.client(keepsPrompts: keepsPrompts)
    let sums = try client.logProbabilities(of: [" c", " de", " df"], after: "ab")
    #expect(sums == [-9, -1.5, -2.5])
    let asked = server.requests.filter { $0.path == "/completion" }
    #expect(asked.map { $0.json["prompt"] as? [Int] } == [[1, 2], [1, 2], [1, 2, 4]])
    #expect(asked[1].json["logit_bias"] as? [[Int]] == [[3, 100]])
    #expect(asked.map { $0.json["n_probs"] as? Int } == [likeliest, 1, likeliest])
    #expect(asked.allSatisfy { $0.json["cache_prompt"] as? Bool == keepsPrompts })
  }

  /// A server of the answers " ab" (tokens 4, 5) and " cd" (6) after the prompt (1, 2), each with a
  /// line's end (9).
  private func choosing(_ places: [(id: Int, top: String)]) throws -> ScriptedServer {
    try ScriptedServer([
      "/props": [llamaProperties],
      "/tokenize": ["1,2,4,5,9", "1,2,6,9", "1,2"].map { .json("{\"tokens\":[\($0)]}") },
      "/completion": places.map { place in
        .json(
          "{\"content\":\"\",\"completion_probabilities\":[{\"id\":\(place.id),\"logprob\":-3,\"top_logprobs\":[\(place.top)]}]}"
        )
      },
    ])
  }

  @Test("an answer is chosen by the tokens that differ, with what is added to each")
  func choice() throws {
    let server = try choosing([(6, "")])
    let chosen = try server.client().choice(
      among: [" ab", " cd"], offsets: [0.5, 2.25], after: "p")
    #expect(chosen == 1)
    let sent = server.requests.filter { $0.path == "/completion" }
    #expect(sent.map { $0.json["prompt"] as? [Int] } == [[1, 2]])
    #expect(sent[0].json["logit_bias"] as? [[Double]] == [[4, 100.5], [6, 102.25]])
    #expect(sent[0].json["temperature"] as? Double == 0)
  }

  @Test("a server that writes what was not allowed is named")
  func noChoice() throws {
    let server = try choosing([(7, "")])
    let error = LanguageError.noRestriction(url: server.url, reason: "'logit_bias' has no effect")
    #expect(throws: error) {
      try server.client().choice(among: [" ab", " cd"], offsets: [0, 0], after: "p")
    }
    #expect("\(error)".contains("does not restrict answers to labels"))
    let other = try ScriptedServer(["/v1/models": [models]])
    #expect(throws: LanguageError.self) {
      try other.client().choice(among: [" ab"], offsets: [0], after: "p")
    }
  }

  @Test("how an answer ends that no other begins like is not scored")
  func distinctions() throws {
    let server = try choosing([(4, "{\"id\":4,\"logprob\":-0.5},{\"id\":6,\"logprob\":-2}")])
    #expect(try server.client().distinctions(of: [" ab", " cd"], after: "p") == [-0.5, -2])
    #expect(server.requests.filter { $0.path == "/completion" }.count == 1)
  }

  @Test("the likeliest tokens are those words that stand behind a space")
  func likeliest() throws {
    let top = [("snow", -1.0), (" snow", -2), (" ice", -3), (" the", -3.5), (" sun", -4)].map {
      "{\"id\":1,\"token\":\"\($0.0)\",\"logprob\":\($0.1)}"
    }.joined(separator: ",")
    let server = try ScriptedServer([
      "/props": [llamaProperties], "/tokenize": [.json("{\"tokens\":[1,2]}")],
      "/completion": [
        .json(
          "{\"content\":\"\",\"completion_probabilities\":[{\"id\":1,\"logprob\":-1,\"top_logprobs\":[\(top)]}]}"
        )
      ],
    ])
    let likely = try server.client().likeliest(of: ["snow", "ice", "cow"], after: "in winter")
    #expect(likely == LikelyWords(scores: ["snow": -2, "ice": -3], least: -4))
  }

  @Test("a server that repeats the text tells the score of its end")
  func echo() throws {
    let server = try ScriptedServer([
      "/v1/models": [models],
      "/v1/completions": [
        .json(
          """
          {"choices":[{"text":"a cats","logprobs":{"token_logprobs":[null,-1,-2,-4],\
          "text_offset":[0,1,4,6]}}]}
          """)
      ],
    ])
    let client = try server.client()
    #expect(try client.logProbabilities(of: [" cats"], after: "a") == [-3])
    #expect(server.requests.last?.json["echo"] as? Bool == true)
  }

  @Test("busy and failing servers are asked again, after pauses that double")
  func retries() throws {
    let pauses = Pauses()
    let server = try ScriptedServer([
      "/props": [llamaProperties],
      "/completion": [
        .answer(500, "{}"), .answer(503, "busy"), .answer(429, "{}", headers: ["Retry-After: 7"]),
        .completion(" cat"),
      ],
    ])
    let client = try server.client(retryPolicy: pauses.retryPolicy())
    #expect(try client.complete(question).text == " cat")
    #expect(pauses.seconds == [0.5, 1, 7])
  }

  @Test("a pause is half as long when the dice fall low", arguments: [(0.0, 0.25), (1.0, 0.5)])
  func jitter(random: Double, expected: Double) throws {
    let pauses = Pauses()
    let server = try ScriptedServer([
      "/props": [llamaProperties], "/completion": [.answer(502, ""), .completion(" cat")],
    ])
    _ = try server.client(retryPolicy: pauses.retryPolicy(random: random)).complete(question)
    #expect(pauses.seconds == [expected])
  }
}
