import Synchronization

/// A model behind llama.cpp's own server, whose tokens can be seen, scored and restricted.
final class LlamaClient: LanguageModel {
  let name: String
  let contextLength: Int?

  private let service: JSONService
  /// Whether the server goes on from what it has read before.
  private let keepsPrompts: Bool
  /// The tokens of the words that the last answer was restricted to.
  private let allowed = Mutex<(words: [String], members: String)>(([], ""))

  /// Adds so much to the score of each allowed token that no other can win.
  private static let bias = 100

  /// Most servers evaluate many tokens at once otherwise than a few, so that an answer depends on how
  /// much of its prompt was read before: only one that is known to evaluate them alike `keepsPrompts`.
  init(_ service: JSONService, properties: Properties, name: String?, keepsPrompts: Bool) {
    self.service = service
    self.keepsPrompts = keepsPrompts
    self.name = name ?? properties.name
    contextLength = properties.default_generation_settings.n_ctx
  }

  /// What /props says.
  struct Properties: Decodable {
    struct Settings: Decodable {
      var n_ctx: Int
    }
    var default_generation_settings: Settings
    var model_alias: String?
    var model_path: String?

    /// The alias where it has one, else the file's name.
    var name: String {
      let path = [model_alias, model_path].compactMap(\.self).first { !$0.isEmpty } ?? "llama.cpp"
      return path.split(separator: "/").last.map(String.init) ?? path
    }
  }

  func tokenCount(of text: String) throws(LanguageError) -> Int { try tokens(of: text).count }

  func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    try checkLength(of: request.prompt, answer: request.maximumTokens)
    let members = try request.allowedWords.map { words throws(LanguageError) in
      try restriction(to: words)
    }
    var question = Question(
      prompt: .text(request.prompt), n_predict: request.maximumTokens, cache_prompt: keepsPrompts)
    question.stop = request.stop
    question.temperature = request.temperature
    question.seed = request.seed % 0xFFFF_FFFF  // the greatest number would be a random seed
    let answer: Answer = try service.post("/completion", question, members: members ?? "")
    let isCut = answer.stop_type.map { $0 == "limit" }
    guard answer.content.contains(where: { !$0.isWhitespace }) else {
      let url = service.endpoint.url
      throw isCut == true
        ? .cutAnswer(url: url, tokens: request.maximumTokens, isReasoning: false)
        : .emptyAnswer(url: url)
    }
    return Completion(
      text: answer.content.cut(before: request.stop), promptTokens: answer.tokens_evaluated,
      answerTokens: answer.tokens_predicted, isCut: isCut)
  }

  // Where the server keeps prompts, what follows costs one token a node, and one more for each token
  // of a node that is not among its likeliest; else the whole prompt as often.
  func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    try sums(try tree(of: continuations, after: prompt)) { _ in true }
  }

  func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    try sums(try tree(of: answers.map { $0 + "\n" }, after: prompt)) { $0.next.count > 1 }
  }

  // A line's end closes each answer, so that none is the beginning of another.
  func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    let tree = try tree(of: answers.map { $0 + "\n" }, after: prompt)
    var path: [Int] = []
    while let next = tree.offsets(offsets, after: path) {
      path.append(
        next.count == 1
          ? next[0].token : try written(among: next, after: tree.shared + path))
    }
    guard let answer = tree.continuation(path) else {
      throw .noRestriction(url: service.endpoint.url, reason: "two answers have the same tokens")
    }
    return answer
  }

  func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    let context = try tokens(of: prompt)
    try checkTokens(context.count + 1)
    let likeliest = try probabilities(after: context, count: Self.manyLikeliest).top_logprobs
    let wanted = Set(words.map { " " + $0 })
    let scores = likeliest.compactMap { each in
      each.token.flatMap { wanted.contains($0) ? (String($0.dropFirst()), each.logprob) : nil }
    }
    return LikelyWords(
      scores: Dictionary(scores) { first, _ in first },
      least: likeliest.map(\.logprob).min() ?? 0)
  }

  // MARK: Parts

  /// The summed scores of a tree's continuations at the nodes that count.
  private func sums(
    _ tree: ContinuationTree, where counts: (ContinuationTree.Node) -> Bool
  ) throws(LanguageError) -> [Double] {
    var scores: [[Int]: [Int: Double]] = [:]
    for node in tree.nodes where counts(node) {
      scores[node.path] = try self.scores(of: node.next, after: tree.shared + node.path)
    }
    return tree.sums(scores)
  }

  /// The scores of some tokens where they follow others: natural log-probabilities.
  private func scores(
    of wanted: [Int], after context: [Int]
  ) throws(LanguageError) -> [Int: Double] {
    var scores: [Int: Double] = [:]
    if wanted.count > 1 {
      let count = keepsPrompts ? Self.someLikeliest : Self.manyLikeliest
      let likeliest = try probabilities(after: context, count: count).top_logprobs
      for each in likeliest where wanted.contains(each.id) { scores[each.id] = each.logprob }
    }
    // A token that is made to win is told with its probability as it was before that.
    for token in wanted where scores[token] == nil {
      let forced = try probabilities(after: context, count: 1, biases: [(token, 0)])
      guard forced.id == token else {
        throw .wrongJSON(
          url: service.endpoint.url + "/completion", problem: "'logit_bias' has no effect")
      }
      scores[token] = forced.logprob
    }
    return scores
  }

  /// So many cost less than to ask again for one that is not among them.
  private static let someLikeliest = 256
  /// So many are told in one answer of 200 KB, which is less than to evaluate the prompt again.
  private static let manyLikeliest = 2048

  /// The token that the model writes where it may write some alone.
  private func written(
    among tokens: [(token: Int, offset: Double)], after context: [Int]
  ) throws(LanguageError) -> Int {
    let place = try probabilities(after: context, count: 1, biases: tokens)
    guard tokens.contains(where: { $0.token == place.id }) else {
      throw .noRestriction(url: service.endpoint.url, reason: "'logit_bias' has no effect")
    }
    return place.id
  }

  /// The tokens of a prompt and of what may follow it.
  private func tree(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> ContinuationTree {
    var whole: [[Int]] = []
    for continuation in continuations { whole.append(try tokens(of: prompt + continuation)) }
    try checkTokens((whole.map(\.count).max() ?? 0) + 1)
    return ContinuationTree(prompt: try tokens(of: prompt), whole: whole)
  }

  private func probabilities(
    after context: [Int], count: Int, biases: [(token: Int, offset: Double)] = []
  ) throws(LanguageError) -> Answer.Place {
    var question = Question(
      prompt: .tokens(context), n_predict: 1, cache_prompt: keepsPrompts)
    question.n_probs = count
    let members = biases.map { "[\($0.token),\(Double(Self.bias) + $0.offset)]" }
    let answer: Answer = try service.post(
      "/completion", question,
      members: members.isEmpty ? "" : "\"logit_bias\":[\(members.joined(separator: ","))]")
    guard let place = answer.completion_probabilities?.first else {
      throw .noLogProbabilities(url: service.endpoint.url, reason: "its answer has none")
    }
    return place
  }

  private func tokens(of text: String) throws(LanguageError) -> [Int] {
    struct Question: Encodable {
      var content: String
      var add_special = true
    }
    struct Answer: Decodable { var tokens: [Int] }
    let answer: Answer = try service.post("/tokenize", Question(content: text))
    return answer.tokens
  }

  /// A token has a byte at least, so that a short prompt needs no counting.
  private func checkLength(of prompt: String, answer: Int) throws(LanguageError) {
    guard let contextLength, prompt.utf8.count + 1 + answer > contextLength else { return }
    try checkTokens(try tokens(of: prompt).count + answer)
  }

  private func checkTokens(_ count: Int) throws(LanguageError) {
    guard let contextLength, count > contextLength else { return }
    throw .contextTooLong(tokens: count, limit: contextLength, fitting: nil)
  }

  /// The member of the question that restricts its answer; words that are several tokens are left
  /// out.
  private func restriction(to words: [String]) throws(LanguageError) -> String {
    if let members = allowed.withLock({ $0.words == words ? $0.members : nil }) { return members }
    struct Question: Encodable {
      var content: String
      var with_pieces = true
    }
    struct Answer: Decodable { var tokens: [Piece] }
    let text = words.map { " " + $0 }.joined()
    let answer: Answer = try service.post("/tokenize", Question(content: text))
    let wanted = Set(words.map { " " + $0 })
    let ids = Set(answer.tokens.filter { wanted.contains($0.piece) }.map(\.id)).sorted()
    guard !ids.isEmpty else {
      throw .wrongJSON(
        url: service.endpoint.url + "/tokenize", problem: "no allowed word is a token of the model")
    }
    let members = "\"logit_bias\":[\(ids.map { "[\($0),\(Self.bias)]" }.joined(separator: ","))]"
    allowed.withLock { $0 = (words, members) }
    return members
  }
}

/// A token with its text; one that is a part of a character has none.
private struct Piece: Decodable {
  let id: Int
  let piece: String

  private enum CodingKeys: String, CodingKey {
    case id, piece
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(Int.self, forKey: .id)
    piece = (try? container.decode(String.self, forKey: .piece)) ?? ""
  }
}

/// What /completion is asked.
private struct Question: Encodable {
  enum Prompt: Encodable {
    case text(String)
    case tokens([Int])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .tokens(let tokens): try container.encode(tokens)
      }
    }
  }

  var prompt: Prompt
  var n_predict: Int
  var stop: [String] = []
  var temperature = 0.0
  var seed: UInt64 = 1
  var n_probs = 0
  /// Whether to go on from what was read before, and to keep what is read now.
  var cache_prompt: Bool
  // Defaults differ between the server's versions.
  var top_k = 40
  var top_p = 0.95
  var min_p = 0.0
  var repeat_penalty = 1.0
  var response_fields = [
    "content", "tokens_evaluated", "tokens_predicted", "completion_probabilities", "stop_type",
  ]

  init(prompt: Prompt, n_predict: Int, cache_prompt: Bool) {
    self.prompt = prompt
    self.n_predict = n_predict
    self.cache_prompt = cache_prompt
  }
}

/// What /completion answers.
private struct Answer: Decodable {
  struct Score: Decodable {
    var id: Int
    var token: String?
    var logprob: Double
  }

  /// One place of the answer: the token that stands there, and the likeliest.
  struct Place: Decodable {
    var id: Int
    var logprob: Double
    var top_logprobs: [Score]
  }

  var content: String
  var tokens_evaluated: Int?
  var tokens_predicted: Int?
  /// Why it ended: "eos", "word" or "limit".
  var stop_type: String?
  var completion_probabilities: [Place]?
}
