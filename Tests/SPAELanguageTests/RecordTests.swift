import Foundation
import SPAELanguage
import Synchronization
import Testing

/// A model that answers with how often it was asked.
private final class CountingModel: LanguageModel {
  let name = "counting"
  let contextLength: Int? = 50
  private let asked = Mutex<Int>(0)

  private func next() -> Int {
    asked.withLock { asked in
      asked += 1
      return asked
    }
  }

  func tokenCount(of text: String) throws(LanguageError) -> Int { text.count + next() }

  func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    if request.prompt.isEmpty { throw .emptyAnswer(url: "here") }
    return Completion(text: "\(next())", promptTokens: 1)
  }

  func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    continuations.map { -Double($0.count) - Double(next()) / 3 }
  }

  func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    answers.map { _ in -Double(next()) }
  }

  func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    next() % answers.count
  }

  func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    LikelyWords(scores: Dictionary(words.map { ($0, -1.5) }) { $1 }, least: -Double(next()))
  }
}

/// What a run's folder keeps, and gives again.
@Suite struct Records {
  private func request(_ prompt: String, words: [String]? = nil) -> CompletionRequest {
    CompletionRequest(prompt: prompt, maximumTokens: 3, seed: .max, allowedWords: words)
  }

  /// Asks a model this and that.
  private func answers(_ model: any LanguageModel) throws -> [String] {
    var answers = ["\(model.name) \(model.contextLength ?? 0)"]
    answers.append(try model.complete(request("a")).text)
    answers.append(try model.complete(request("a")).text)
    answers.append(try model.complete(request("a", words: ["cat", "dog"])).text)
    answers.append(try model.complete(request("a", words: ["cow"])).text)
    answers.append("\(try model.logProbabilities(of: [" x", " \u{1F600}"], after: "\"\n"))")
    answers.append("\(try model.distinctions(of: [" x", " y"], after: "a"))")
    answers.append("\(try model.choice(among: [" x", " y"], offsets: [0, 1], after: "a"))")
    answers.append("\(try model.choice(among: [" x", " y"], offsets: [0, 2], after: "a"))")
    answers.append("\(try model.likeliest(of: ["cat"], after: "\"a").least)")
    answers.append("\(try model.tokenCount(of: "line\u{2028}line"))")
    return answers
  }

  @Test("a run gives the same answers again, also to the same question twice")
  func replay() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder(path: folder("run"))
    let recorded = try answers(try RecordingModel(CountingModel(), in: run, command: ["draw"]))
    let replayed = try ReplayedModel(folder: folder("run"))
    #expect(try answers(replayed) == recorded)
    #expect(throws: LanguageError.self) { try replayed.complete(request("a", words: ["cat"])) }
    #expect(throws: LanguageError.self) { try replayed.complete(request("b")) }
  }

  @Test("words of a restriction are written once, and failures too")
  func lines() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder(path: folder("run"))
    let model = try RecordingModel(CountingModel(), in: run, command: [])
    for _ in 0..<3 { _ = try model.complete(request("a", words: ["cat", "dog"])) }
    #expect(throws: LanguageError.self) { try model.complete(request("")) }
    let text = try String(contentsOfFile: folder("run/run.ndjson"), encoding: .utf8)
    let kinds = text.split(separator: "\n").map { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?["kind"] as? String
    }
    #expect(
      kinds == ["model", "words", "completion", "completion", "completion", "failure"])
    let mode = try FileManager.default.attributesOfItem(atPath: folder("run/run.ndjson"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
  }

  @Test("a run is never written over; a name of ours takes a number")
  func twice() throws {
    let folder = try TemporaryFolder()
    _ = try RunFolder(path: folder("run"))
    #expect(throws: LanguageError.self) { try RunFolder(path: folder("run")) }
    let second = try RunFolder(path: folder("run"), isNamedByUs: true)
    #expect(second.path == folder("run-2"))
  }

  @Test(
    "a damaged run is named with its line",
    arguments: [
      ("", "line 1: expected the name of the model"),
      ("{\"kind\":\"tokens\",\"text\":\"a\",\"answer\":1}\n", "line 1: expected the name"),
      ("{\"kind\":\"model\",\"version\":9,\"name\":\"a\",\"command\":[]}\n", "line 1: not a line"),
      ("nonsense\n", "line 1: not a line of a run"),
    ])
  func damaged(text: String, says: String) throws {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder("run.ndjson")))
    let error = #expect(throws: LanguageError.self) { try ReplayedModel(folder: folder.path) }
    #expect("\(try #require(error))".contains(says), "\(String(describing: error))")
  }

  @Test("a last line that was cut short is left out")
  func cut() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder(path: folder("run"))
    _ = try RecordingModel(CountingModel(), in: run, command: []).complete(request("a"))
    let path = URL(fileURLWithPath: folder("run/run.ndjson"))
    try (try Data(contentsOf: path) + Data("{\"kind\":\"comp".utf8)).write(to: path)
    #expect(try ReplayedModel(folder: folder("run")).complete(request("a")).text == "1")
  }

  @Test("what is to be sent is shown, and without a model nothing is sent")
  func shown() throws {
    let shown = Mutex<[String]>([])
    let show: @Sendable (String) -> Void = { text in shown.withLock { $0.append(text) } }
    _ = try PromptLoggingModel(CountingModel(), show: show).complete(request("first"))
    let dry = PromptLoggingModel(nil, show: show)
    #expect(throws: LanguageError.dryRun) { try dry.complete(request("second")) }
    #expect(throws: LanguageError.dryRun) { try dry.logProbabilities(of: ["b"], after: "a") }
    #expect(shown.withLock { $0 } == ["first", "second", "ab"])
  }
}
