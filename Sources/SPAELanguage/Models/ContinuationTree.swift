/// The tokens of several continuations of one prompt, those that begin alike held once.
struct ContinuationTree {
  /// A place in the tree: the tokens up to it, and those that may come next.
  struct Node: Hashable {
    /// After the tokens that all share.
    var path: [Int]
    var next: [Int]
  }

  /// The tokens that stand before every continuation.
  let shared: [Int]
  /// The places where a continuation goes on, nearest to the root first: a prompt each to ask.
  let nodes: [Node]
  private let rests: [[Int]]

  /// Takes the tokens of the prompt, and of the prompt with each continuation.
  ///
  /// A tokenizer may join the prompt's end with what follows it; scores then begin before that end,
  /// at the same place for all.
  init(prompt: [Int], whole: [[Int]]) {
    let common = whole.map { zip(prompt, $0).prefix { $0 == $1 }.count }.min() ?? prompt.count
    shared = Array(prompt.prefix(common))
    rests = whole.map { Array($0.dropFirst(common)) }
    var next: [[Int]: [Int]] = [:]
    for rest in rests {
      for (index, token) in rest.enumerated() {
        let path = Array(rest.prefix(index))
        if next[path]?.contains(token) != true { next[path, default: []].append(token) }
      }
    }
    nodes = next.map { Node(path: $0.key, next: $0.value) }.sorted {
      $0.path.count == $1.path.count
        ? $0.path.lexicographicallyPrecedes($1.path) : $0.path.count < $1.path.count
    }
  }

  /// The tokens that may follow some, each with the greatest offset of the continuations that go on
  /// with it; nil at a continuation's end.
  func offsets(_ offsets: [Double], after path: [Int]) -> [(token: Int, offset: Double)]? {
    let going = zip(rests, offsets).filter { $0.0.count > path.count && $0.0.starts(with: path) }
    guard !going.isEmpty else { return nil }
    let greatest = Dictionary(going.map { ($0.0[path.count], $0.1) }, uniquingKeysWith: max)
    return greatest.sorted { $0.key < $1.key }.map { (token: $0.key, offset: $0.value) }
  }

  /// The only continuation of just these tokens.
  func continuation(_ path: [Int]) -> Int? {
    let found = rests.indices.filter { rests[$0] == path }
    return found.count == 1 ? found[0] : nil
  }

  /// Sums the log-probabilities of each continuation's tokens.
  func sums(_ scores: [[Int]: [Int: Double]]) -> [Double] {
    rests.map { rest in
      rest.indices.reduce(0) { $0 + (scores[Array(rest.prefix($1))]?[rest[$1]] ?? 0) }
    }
  }
}
