import FoundationEssentials
import SPAESystem
import Synchronization

/// A language model that gives the answers of a run again, and asks nobody.
package final class ReplayedModel: LanguageModel {
  /// A question, without the words of a restriction: their fingerprint stands for them.
  private enum Question: Hashable {
    case completion(CompletionRequest)
    case scores(prompt: String, continuations: [String])
    case distinctions(prompt: String, answers: [String])
    case choice(prompt: String, answers: [String], offsets: [Double])
    case likeliest(String)
    case tokens(String)
  }

  private enum Answer {
    case completion(Completion)
    case scores([Double])
    case choice(Int)
    case likeliest(LikelyWords)
    case tokens(Int)
  }

  package let name: String
  package let contextLength: Int?

  private let path: String
  /// Answers to the same question in their order; the last one stays.
  private let answers: Mutex<[Question: [Answer]]>

  /// Reads the record of a run's folder.
  package init(folder: String) throws(LanguageError) {
    path = folder + "/" + RunFolder.fileName
    let lines = try Self.lines(path)
    guard case .model(let name, let contextLength, _)? = lines.first else {
      throw .line(path: path, line: 1, problem: "expected the name of the model")
    }
    (self.name, self.contextLength) = (name, contextLength)
    var answers: [Question: [Answer]] = [:]
    for case let (question, answer)? in lines.map(Self.pair) {
      answers[question, default: []].append(answer)
    }
    self.answers = Mutex(answers.mapValues { $0.reversed() })
  }

  package func tokenCount(of text: String) throws(LanguageError) -> Int {
    guard case .tokens(let count) = try answer(to: .tokens(text), text) else { return 0 }
    return count
  }

  package func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    var question = request
    question.allowedWords = request.allowedWords.map { [RunLine.fingerprint($0)] }
    guard case .completion(let answer) = try answer(to: .completion(question), request.prompt)
    else { return Completion(text: "") }
    return answer
  }

  package func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    let question = Question.scores(prompt: prompt, continuations: continuations)
    guard case .scores(let sums) = try answer(to: question, prompt) else { return [] }
    return sums
  }

  package func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    let question = Question.distinctions(prompt: prompt, answers: answers)
    guard case .scores(let sums) = try answer(to: question, prompt) else { return [] }
    return sums
  }

  package func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    let question = Question.choice(prompt: prompt, answers: answers, offsets: offsets)
    guard case .choice(let number) = try answer(to: question, prompt),
      answers.indices.contains(number)
    else {
      throw .notRecorded(path: path, prompt: excerpt(prompt.suffix(60)))
    }
    return number
  }

  package func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    guard case .likeliest(let words) = try answer(to: .likeliest(prompt), prompt) else {
      return LikelyWords(scores: [:], least: 0)
    }
    return words
  }

  // MARK: Parts

  private func answer(to question: Question, _ prompt: String) throws(LanguageError) -> Answer {
    let found = answers.withLock { answers in
      (answers[question]?.count ?? 0) > 1
        ? answers[question]?.removeLast() : answers[question]?.last
    }
    guard let found else {
      throw .notRecorded(path: path, prompt: excerpt(prompt.suffix(60)))
    }
    return found
  }

  private static func pair(_ line: RunLine) -> (Question, Answer)? {
    switch line {
    case .completion(let request, let answer): (.completion(request), .completion(answer))
    case .scores(let prompt, let continuations, let answer):
      (.scores(prompt: prompt, continuations: continuations), .scores(answer))
    case .distinctions(let prompt, let answers, let answer):
      (.distinctions(prompt: prompt, answers: answers), .scores(answer))
    case .choice(let prompt, let answers, let offsets, let answer):
      (.choice(prompt: prompt, answers: answers, offsets: offsets), .choice(answer))
    case .likeliest(let prompt, let answer): (.likeliest(prompt), .likeliest(answer))
    case .tokens(let text, let answer): (.tokens(text), .tokens(answer))
    case .model, .words, .failure: nil
    }
  }

  private static func lines(_ path: String) throws(LanguageError) -> [RunLine] {
    let bytes: [UInt8]
    do { bytes = try FileSystem.bytes(of: path) } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var result: [RunLine] = []
    for (index, line) in lines.enumerated() where !line.isEmpty {
      guard
        let decoded = try? JSONDecoder().decode(
          RunLine.self, from: Data(JSONText.readable(Array(line))))
      else {
        // A command that was killed leaves its last line short.
        if index == lines.count - 1 { break }
        throw .line(path: path, line: index + 1, problem: "not a line of a run of this program")
      }
      result.append(decoded)
    }
    return result
  }
}
