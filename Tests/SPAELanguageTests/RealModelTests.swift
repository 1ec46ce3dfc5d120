import Foundation
import SPAELanguage
import SPAESystem
import Testing

/// The model in the box itself, where `make language` has installed it.
@Suite(.serialized) struct RealModel {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let installation = LanguageInstallation(
    python: root.appendingPathComponent(".venv-language/bin/python").path,
    script: root.appendingPathComponent("Assets/language/serve.py").path)

  static var isInstalled: Bool {
    FileManager.default.isExecutableFile(atPath: installation.python)
  }

  /// Scores tokens one after the other by the whole vocabulary's distribution, nothing kept between.
  private static let longWay = """
    import json, math, sys, urllib.request
    url, prompt, rest = sys.argv[1:]
    def post(path, question):
        request = urllib.request.Request(url + path, json.dumps(question).encode())
        return json.load(urllib.request.urlopen(request))
    tokens = post("/tokenize", {"content": prompt, "add_special": True})["tokens"]
    total = 0
    for token in post("/tokenize", {"content": rest})["tokens"]:
        answer = post("/completion", {"prompt": tokens, "n_predict": 1, "n_probs": 49152,
                                      "cache_prompt": False, "temperature": 0})
        scores = {e["id"]: e["logprob"] for e in answer["completion_probabilities"][0]["top_logprobs"]}
        assert abs(sum(map(math.exp, scores.values())) - 1) < 1e-3
        total += scores[token]
        tokens.append(token)
    print(total)
    """

  /// Read by `ChildProcess`, for Foundation's pipes stop at a signal.
  private func longScore(_ url: String, _ prompt: String, _ rest: String) throws -> Double? {
    let command = [Self.installation.python, "-c", Self.longWay, url, prompt, rest]
    let child = try ChildProcess(command, log: dup(STDERR_FILENO))
    return child.line(milliseconds: 300_000).flatMap(Double.init)
  }

  @Test("scores equal the whole distribution's, token by token", .enabled(if: isInstalled))
  func scores() throws {
    let server = try LlamaServer(Self.installation)
    let client = try Self.client(server)
    let prompt = "Words: sand, wave, shore, sea.\nPlace: the"
    let places = [" beach", " beach house", " beachcomber's hut", " xylophone", " sea"]
    let scores = try client.logProbabilities(of: places, after: prompt)
    for (place, score) in zip(places, scores) {
      let long = try #require(try longScore(server.url, prompt, place))
      #expect(abs(score - long) < 1e-4, "\(place): \(score), the long way \(long)")
    }
    #expect(scores[0] > scores[3])
    let alone = try client.logProbabilities(of: [places[2]], after: prompt)[0]
    #expect(abs(alone - scores[2]) < 1e-4, "\(alone - scores[2])")
  }

  /// Some 110 tokens: from 64 on, llama.cpp may compute otherwise.
  private static let examples = (1...7).map { number in
    "Words: sand, wave, shore, rock\nPlace: the \(number)\n\n"
  }.joined()

  @Test(
    "answers and scores are the same to the bit, whatever was asked before",
    .enabled(if: isInstalled))
  func repeatable() throws {
    let server = try LlamaServer(Self.installation)
    let forgetful = try CompletionClient(endpoint: try Endpoint(server.url))
    let client = try Self.client(server)
    let prompts = ["sand, sea", "sand, wave, sun", "tree"].map {
      "\(Self.examples)Words: \($0)\nPlace: the"
    }
    let places = [" beach", " wood"]
    func answers(_ model: CompletionClient, _ prompt: String) throws -> (String, [Double]) {
      (
        try model.complete(CompletionRequest(prompt: prompt, maximumTokens: 8)).text,
        try model.logProbabilities(of: places, after: prompt)
      )
    }
    let alone = try prompts.map { try answers(forgetful, $0) }
    for turn in [0, 1, 1, 2, 0] {
      let (text, scores) = try answers(client, prompts[turn])
      #expect(text == alone[turn].0)
      #expect(scores == alone[turn].1)
      // The next prompt shares a part with this one that nobody asks for.
      let part = Self.examples.prefix(60 * (turn + 1))
      _ = try client.complete(CompletionRequest(prompt: part + "Words:", maximumTokens: 4))
    }
  }

  /// Asks as the program itself does.
  private static func client(_ server: LlamaServer) throws -> CompletionClient {
    try CompletionClient(endpoint: try Endpoint(server.url), keepsPrompts: true)
  }

  @Test("an answer holds nothing but the words that are allowed", .enabled(if: isInstalled))
  func allowed() throws {
    let server = try LlamaServer(Self.installation)
    let client = try Self.client(server)
    let words = ["cat", "fur", "sofa", "striped", "whisker"]
    for temperature in [0, 1.5] {
      let answer = try client.complete(
        CompletionRequest(
          prompt: "Words:", maximumTokens: 12, temperature: temperature, seed: 7,
          allowedWords: words))
      let got = answer.text.split(separator: " ").map(String.init)
      #expect(!got.isEmpty && got.allSatisfy(words.contains), "\(answer.text)")
    }
  }

  @Test("the same seed draws the same answer", .enabled(if: isInstalled))
  func seeds() throws {
    let server = try LlamaServer(Self.installation)
    let client = try Self.client(server)
    let texts = try [UInt64(3), 3, 4].map { seed in
      try client.complete(
        CompletionRequest(
          prompt: "Once upon a time", maximumTokens: 12, temperature: 1, seed: seed)
      ).text
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] != texts[2])
  }
}
