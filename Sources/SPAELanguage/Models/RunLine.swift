import FoundationEssentials
import SPAEPyramid

/// One line of a run's record: a question to a language model, and its answer.
enum RunLine: Hashable, Sendable {
  /// Which model answered, and what the command line was.
  case model(name: String, contextLength: Int?, command: [String])
  /// Words that answers were restricted to, kept once under their fingerprint.
  case words([String])
  case completion(CompletionRequest, Completion)
  case scores(prompt: String, continuations: [String], answer: [Double])
  case distinctions(prompt: String, answers: [String], answer: [Double])
  case choice(prompt: String, answers: [String], offsets: [Double], answer: Int)
  case likeliest(prompt: String, answer: LikelyWords)
  case tokens(text: String, answer: Int)
  /// A question that got no answer.
  case failure(prompt: String, message: String)

  static let version = 1
}

/// The names in JSON, in which a line has those of its kind.
extension RunLine: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, version, name, contextLength, command, words, fingerprint, request, answer, prompt
    case continuations, answers, offsets, text, message
  }

  private enum Kind: String, Codable {
    case model, words, completion, scores, distinctions, choice, likeliest, tokens, failure
  }

  func encode(to encoder: any Encoder) throws {
    var line = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .model(let name, let contextLength, let command):
      try line.encode(Kind.model, forKey: .kind)
      try line.encode(Self.version, forKey: .version)
      try line.encode(name, forKey: .name)
      try line.encodeIfPresent(contextLength, forKey: .contextLength)
      try line.encode(command, forKey: .command)
    case .words(let words):
      try line.encode(Kind.words, forKey: .kind)
      try line.encode(Self.fingerprint(words), forKey: .fingerprint)
      try line.encode(words, forKey: .words)
    case .completion(var request, let answer):
      try line.encode(Kind.completion, forKey: .kind)
      try line.encodeIfPresent(request.allowedWords.map(Self.fingerprint), forKey: .fingerprint)
      request.allowedWords = nil
      try line.encode(request, forKey: .request)
      try line.encode(answer, forKey: .answer)
    case .scores(let prompt, let continuations, let answer):
      try line.encode(Kind.scores, forKey: .kind)
      try line.encode(prompt, forKey: .prompt)
      try line.encode(continuations, forKey: .continuations)
      try line.encode(answer, forKey: .answer)
    case .distinctions(let prompt, let answers, let answer):
      try line.encode(Kind.distinctions, forKey: .kind)
      try line.encode(prompt, forKey: .prompt)
      try line.encode(answers, forKey: .answers)
      try line.encode(answer, forKey: .answer)
    case .choice(let prompt, let answers, let offsets, let answer):
      try line.encode(Kind.choice, forKey: .kind)
      try line.encode(prompt, forKey: .prompt)
      try line.encode(answers, forKey: .answers)
      try line.encode(offsets, forKey: .offsets)
      try line.encode(answer, forKey: .answer)
    case .likeliest(let prompt, let answer):
      try line.encode(Kind.likeliest, forKey: .kind)
      try line.encode(prompt, forKey: .prompt)
      try line.encode(answer, forKey: .answer)
    case .tokens(let text, let answer):
      try line.encode(Kind.tokens, forKey: .kind)
      try line.encode(text, forKey: .text)
      try line.encode(answer, forKey: .answer)
    case .failure(let prompt, let message):
      try line.encode(Kind.failure, forKey: .kind)
      try line.encode(prompt, forKey: .prompt)
      try line.encode(message, forKey: .message)
    }
  }

  /// Reads a line; a completion's words stay its fingerprint alone until they are looked up.
  init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: CodingKeys.self)
    switch try line.decode(Kind.self, forKey: .kind) {
    case .model:
      guard try line.decode(Int.self, forKey: .version) == Self.version else {
        throw DecodingError.dataCorruptedError(
          forKey: .version, in: line, debugDescription: "a later version wrote it")
      }
      self = .model(
        name: try line.decode(String.self, forKey: .name),
        contextLength: try line.decodeIfPresent(Int.self, forKey: .contextLength),
        command: try line.decode([String].self, forKey: .command))
    case .words: self = .words(try line.decode([String].self, forKey: .words))
    case .completion:
      var request = try line.decode(CompletionRequest.self, forKey: .request)
      let fingerprint = try line.decodeIfPresent(String.self, forKey: .fingerprint)
      request.allowedWords = fingerprint.map { [$0] }
      self = .completion(request, try line.decode(Completion.self, forKey: .answer))
    case .scores:
      self = .scores(
        prompt: try line.decode(String.self, forKey: .prompt),
        continuations: try line.decode([String].self, forKey: .continuations),
        answer: try line.decode([Double].self, forKey: .answer))
    case .distinctions:
      self = .distinctions(
        prompt: try line.decode(String.self, forKey: .prompt),
        answers: try line.decode([String].self, forKey: .answers),
        answer: try line.decode([Double].self, forKey: .answer))
    case .choice:
      self = .choice(
        prompt: try line.decode(String.self, forKey: .prompt),
        answers: try line.decode([String].self, forKey: .answers),
        offsets: try line.decode([Double].self, forKey: .offsets),
        answer: try line.decode(Int.self, forKey: .answer))
    case .likeliest:
      self = .likeliest(
        prompt: try line.decode(String.self, forKey: .prompt),
        answer: try line.decode(LikelyWords.self, forKey: .answer))
    case .tokens:
      self = .tokens(
        text: try line.decode(String.self, forKey: .text),
        answer: try line.decode(Int.self, forKey: .answer))
    case .failure:
      self = .failure(
        prompt: try line.decode(String.self, forKey: .prompt),
        message: try line.decode(String.self, forKey: .message))
    }
  }

  static func fingerprint(_ words: [String]) -> String {
    Fingerprint.hexadecimal(of: words.joined(separator: "\n"))
  }
}
