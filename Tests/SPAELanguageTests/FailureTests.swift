import Foundation
import SPAELanguage
import Testing

/// Every way in which a server can fail, and what is said of it.
@Suite struct Failures {
  /// A failure: what /completion replies, and a part of what must be said.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let replies: [Reply]
    let says: String
    var testDescription: String { name }

    init(_ name: String, _ replies: Reply..., says: String) {
      (self.name, self.replies, self.says) = (name, replies, says)
    }
  }

  static let cases = [
    Case("401", .answer(401, "{}"), says: "it wants a key; give it by --key-file or SPAE_API_KEY"),
    Case("403", .answer(403, "{}"), says: "the server refuses the request (403): it wants a key"),
    Case("404", .answer(404, "no"), says: "see --endpoint and --model-name"),
    Case("302", .answer(302, "", headers: ["Location: /x"]), says: "sends us elsewhere (302)"),
    Case(
      "400", .answer(400, "{\"error\":{\"message\":\"no such sampler\"}}"),
      says: "(400): no such sampler"),
    Case(
      "500 always", .answer(500, "{\"error\":{\"message\":\"out of memory\"}}"),
      says: "failed 4 times, at last with 500: out of memory"),
    Case(
      "429 for an hour", .answer(429, "", headers: ["Retry-After: 3600"]),
      says: "asks to wait for 3600 seconds"),
    Case("garbage", .raw("\u{1}\u{2}garbage\r\n\r\n"), says: "is not what a language model gives"),
    Case("HTML", .json("<html><body>Welcome</body></html>"), says: "is not JSON but '<html>"),
    Case("wrong JSON", .json("{\"hello\":1}"), says: "it has no 'content'"),
    Case("JSON of another kind", .json("{\"content\":7}"), says: "'content' is of another kind"),
    Case("no body", .json(""), says: "is not JSON"),
    Case("an empty answer", .completion("  "), says: "answered nothing"),
    Case(
      "an answer that is cut before a word",
      .json("{\"content\":\" \",\"stop_type\":\"limit\"}"),
      says: "cut after 4 tokens, before its first word; allow it more with --max-tokens"),
    Case(
      "a body cut short", .raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"content\":"),
      says: "the answer broke off"),
    Case("a connection closed at once", .raw(""), says: "the answer broke off"),
    Case(
      "a context that is too long",
      .answer(
        400,
        "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":90,\"n_ctx\":64}}"
      ), says: "the prompt has 90 tokens, and the language model takes 64"),
    Case(
      "a context that is too long, by OpenAI",
      .answer(
        400,
        "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"maximum context length is 100 tokens. However, you requested 200 tokens\"}}"
      ),
      says: "too long for the language model: maximum context length is 100 tokens. However, you"),
    Case(
      "a context that is too long, without numbers",
      .answer(
        400, "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"too long\"}}"),
      says: "the prompt is too long for the language model: too long; use fewer layers"),
  ]

  @Test("each failure is named with its remedy", arguments: cases)
  func failure(_ each: Case) throws {
    let server = try ScriptedServer([
      "/props": [llamaProperties], "/completion": each.replies,
    ])
    let client = try server.client(retryPolicy: Pauses().retryPolicy())
    let error = #expect(throws: LanguageError.self) { try client.complete(question) }
    let said = error.map { "\($0)" } ?? ""
    #expect(said.contains(each.says), "\(said)")
    #expect(!said.contains("\u{1}"))
  }

  @Test("a server that says nothing is not waited for beyond the time given")
  func hanging() throws {
    let server = try ScriptedServer(["/props": [llamaProperties], "/completion": [.silence]])
    let client = try server.client(retryPolicy: Pauses().retryPolicy(seconds: 0.2))
    #expect(
      throws: LanguageError.timeOut(url: server.url + "/completion", seconds: 0.2)
    ) { try client.complete(question) }
  }

  @Test("nobody at the port, and no such host")
  func nobody() throws {
    let url = "http://127.0.0.1:\(try ScriptedServer.deadPort())"
    let refused = #expect(throws: LanguageError.self) {
      try CompletionClient(endpoint: try Endpoint(url))
    }
    #expect("\(try #require(refused))".hasPrefix(url + "/props: no language model answers: "))
    let unresolved = #expect(throws: LanguageError.self) {
      try CompletionClient(endpoint: try Endpoint("http://nowhere.invalid"))
    }
    #expect("\(try #require(unresolved))".contains("there is no host nowhere.invalid"))
  }

  @Test("a server that speaks no TLS")
  func plain() throws {
    let server = try ScriptedServer([:])
    let error = #expect(throws: LanguageError.self) {
      try CompletionClient(endpoint: try Endpoint("https://127.0.0.1:\(server.port)"))
    }
    guard case .tls = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a prompt that cannot fit is not sent")
  func tooLong() throws {
    let list = (0..<62).map { "\($0)" }.joined(separator: ",")
    let server = try ScriptedServer([
      "/props": [llamaProperties], "/tokenize": [.json("{\"tokens\":[\(list)]}")],
      "/completion": [.completion(" cat")],
    ])
    let client = try server.client()
    let long = CompletionRequest(
      prompt: String(repeating: "word ", count: 62), maximumTokens: 4)
    #expect(throws: LanguageError.contextTooLong(tokens: 66, limit: 64, fitting: nil)) {
      try client.complete(long)
    }
    #expect(server.requests.allSatisfy { $0.path != "/completion" })
  }

  @Test("a server without log-probabilities is named", arguments: ["{\"text\":\"a\"}", ""])
  func withoutScores(choice: String) throws {
    let server = try ScriptedServer([
      "/v1/models": [models], "/v1/completions": [.json("{\"choices\":[\(choice)]}")],
    ])
    let client = try server.client()
    let error = #expect(throws: LanguageError.self) {
      try client.logProbabilities(of: ["b"], after: "a")
    }
    #expect("\(try #require(error))".contains("does not repeat the text with 'echo'"))
  }

  @Test(
    "an address that cannot be one is refused",
    arguments: ["localhost:80", "ftp://a", "http://", "http://a b", "https://me:pass@host", ""])
  func address(_ text: String) {
    let error = #expect(throws: LanguageError.self) { try Endpoint(text) }
    #expect(!"\(error.map { "\($0)" } ?? "")".contains("pass@"))
  }

  @Test("/v1 and slashes at an address's end are no part of it")
  func ends() throws {
    #expect(try Endpoint("https://host/api/v1/").url == "https://host/api")
  }
}

/// The key stays where it belongs.
@Suite struct Keys {
  @Test("a key file that others can read is refused", arguments: [0o644, 0o640, 0o604])
  func readable(mode: Int) throws {
    let folder = try TemporaryFolder()
    try Data("secret-2\n".utf8).write(to: URL(fileURLWithPath: folder("key")))
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: folder("key"))
    let error = #expect(throws: LanguageError.self) { try APIKey(file: folder("key")) }
    #expect("\(try #require(error))".contains("chmod 600"))
  }

  @Test("a key file of mode 0600 is read, and its key is in no text of ours")
  func hidden() throws {
    let folder = try TemporaryFolder()
    try Data("secret-3\n".utf8).write(to: URL(fileURLWithPath: folder("key")))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: folder("key"))
    let key = try APIKey(file: folder("key"))
    var dumped = ""
    dump(key, to: &dumped)
    dump(try Endpoint("http://127.0.0.1:1", key: key), to: &dumped)
    #expect(!"\(key)\(String(reflecting: key))\(dumped)".contains("secret"))
  }

  @Test(
    "no file, an empty one, or a folder is no key",
    arguments: ["none", "empty", "folder", "two words"])
  func absent(name: String) throws {
    let folder = try TemporaryFolder()
    if name == "empty" || name == "two words" {
      let text = name == "empty" ? "" : "k\u{e9}y"
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder(name)))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: folder(name))
    } else if name == "folder" {
      try FileManager.default.createDirectory(
        atPath: folder(name), withIntermediateDirectories: true)
    }
    #expect(throws: LanguageError.self) { try APIKey(file: folder(name)) }
  }

  @Test("a key does not travel in the clear, but on this machine")
  func clear() throws {
    let key = try #require(APIKey("secret-4"))
    #expect(throws: LanguageError.keyInClear(url: "http://far.example")) {
      try Endpoint("http://far.example", key: key)
    }
    for url in ["http://localhost:1", "http://[::1]:1", "https://far.example"] {
      _ = try Endpoint(url, key: key)
    }
  }

  @Test("neither the record of a run nor an error holds the key, not even when the server says it")
  func recorded() throws {
    let folder = try TemporaryFolder()
    let server = try ScriptedServer([
      "/props": [llamaProperties],
      "/completion": [
        .completion(" cat"), .answer(400, "{\"error\":{\"message\":\"secret-5?\"}}"),
      ],
    ])
    let run = try RunFolder(path: folder("run"))
    let model = try RecordingModel(
      try server.client(key: "secret-5"), in: run, command: ["ask", "--key-file", "key"])
    _ = try model.complete(question)
    let error = #expect(throws: LanguageError.self) { try model.complete(question) }
    let text = try String(contentsOfFile: folder("run/run.ndjson"), encoding: .utf8)
    #expect(text.contains("A picture of a"))
    #expect(!text.contains("secret-5"))
    #expect(!"\(try #require(error))".contains("secret-5"))
    #expect(server.requests.last?.head.contains("secret-5") == true)
  }
}
