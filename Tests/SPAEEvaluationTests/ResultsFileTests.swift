import Foundation
import SPAEEvaluation
import SPAELanguage
import SPAEPyramid
import SPAESystem
import Synchronization
import Testing

/// A language model that gives each label the same score, and counts how often it is asked.
private final class CountingModel: LanguageModel {
  let name: String
  let contextLength: Int? = nil
  private let asked = Mutex(0)

  init(_ name: String = "counting") { self.name = name }

  var count: Int { asked.withLock { $0 } }

  func tokenCount(of text: String) -> Int { 1 }

  func complete(_ request: CompletionRequest) -> Completion { Completion(text: "none") }

  func logProbabilities(of continuations: [String], after prompt: String) -> [Double] {
    asked.withLock { $0 += 1 }
    return continuations.map { _ in -1 }
  }
}

@Suite("The file of few-shot results")
struct ResultsFileTests {
  private let path = NSTemporaryDirectory() + "spae-results-" + UUID().uuidString
  private let set = [
    LabelledWords(label: "wolf", pictures: (0..<8).map { [$0, $0] }),
    LabelledWords(label: "goose", pictures: (8..<16).map { [$0, $0] }),
  ]

  /// Runs some episodes, and says how often the model was asked.
  @discardableResult
  private func run(
    episodes: Int, model: CountingModel = CountingModel(),
    method: ReadingMethod = .logProbability, words: String = "w", seed: UInt64 = 1
  ) throws -> Int {
    let before = model.count
    let run = FewShotRun(
      model: model, methods: [method], episodes: episodes, questions: 1, seed: seed)
    let entries = ListEntries(names: (0..<16).map { "\(words)\($0)" }, separator: " ")
    try run.run(
      .init(name: "words", set: set, entries: entries), ways: 2, into: try ResultsFile(path),
      progress: ProgressBar(total: run.steps, isShown: false))
    return model.count - before
  }

  private var lines: [String] {
    get throws {
      try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }
  }

  @Test("A second run asks only what the file lacks, and ends with the same file as one run")
  func resumes() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    // Seven settings of two questions.
    #expect(try run(episodes: 2) == 28)
    #expect(try run(episodes: 2) == 0)
    #expect(try run(episodes: 3) == 14)
    let resumed = try lines
    try FileManager.default.removeItem(atPath: path)
    try run(episodes: 3)
    #expect(try lines == resumed)
    #expect(resumed.count == 21)
  }

  @Test("Another model, method, word or seed is another row of the table, and never mixed")
  func apart() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try run(episodes: 2)
    #expect(try run(episodes: 2, model: CountingModel("other")) == 28)
    #expect(try run(episodes: 2, method: .calibrated(.init(lists: 1))) > 0)
    #expect(try run(episodes: 2, words: "v") == 28)
    #expect(try run(episodes: 2, seed: 2) == 28)
    let results = try ResultsFile.results(of: [path])
    #expect(Set(results.map(\.cell.row)).count == 5)
    let table = ResultsTable(results).lines
    #expect(
      table.filter { $0.hasPrefix("| counting, log-probability (1 a label, seed") }.count == 3)
    #expect(table.filter { $0.hasPrefix("| other, log-probability |") }.count == 1)
    #expect(
      table.contains { $0.hasPrefix("| SPAE, PaLM 2, published |") && $0.contains("| 77.7 |") })
  }

  @Test("A last line that was cut is taken off and its episode asked again")
  func cut() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try run(episodes: 1)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.dropLast(20).write(to: URL(fileURLWithPath: path))
    #expect(try ResultsFile.results(of: [path]).count == 6)
    do {
      let file = try ResultsFile(path)
      #expect(file.wasCut)
      #expect(file.results.count == 6)
    }
    #expect(try run(episodes: 1) == 2)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
  }

  @Test(
    "A line that is no result is named, and the file stays as it is",
    arguments: [
      "{}", "words", "{\"asked\":1,\"right\":2}",
      "{\"asked\":1,\"cell\":{\"row\":{\"lists\":\"a\",\"method\":\"m\",\"model\":\"m\",\"questions\":1,"
        + "\"reads\":\"words\",\"seed\":1,\"ways\":2,\"words\":5},\"setting\":{\"induction\":true,"
        + "\"repeats\":0,\"shots\":1}},\"episode\":0,\"right\":2}",
    ])
  func damaged(line: String) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try run(episodes: 1)
    var contents = try lines
    contents.insert(line, at: 2)
    let text = contents.joined(separator: "\n") + "\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: Failure.self) { try ResultsFile(path) }
    #expect(error?.lines.first?.hasPrefix("\(path): line 3: ") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test("A file of another kind without a line's end is not emptied")
  func foreign() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "my notes".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: Failure.self) { try ResultsFile(path) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "my notes")
  }

  @Test("Two runs do not add to one file at once")
  func locked() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try ResultsFile(path)
    let error = #expect(throws: Failure.self) { try ResultsFile(path) }
    #expect(error?.lines.first?.contains("another run is adding to it") == true)
    #expect(try ResultsFile.results(of: [path]).count == first.results.count)
  }
}
