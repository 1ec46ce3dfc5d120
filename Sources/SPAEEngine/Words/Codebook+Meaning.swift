import CKernels
import Synchronization

// Words by what they mean.
extension Codebook {
  /// The words' embeddings in the language model's width, before the projection, [V, embedding].
  package var embeddings: [Float] { embedding.floats(0..<count * embeddingWidth) }

  /// A layer whose positions have candidates, and what those are to be like.
  struct CandidateRequest {
    /// Which of the text vectors each position has.
    var texts: [Int]
    /// Positions that need no candidates: something else gives them theirs.
    var closed: Set<Int> = []
    var size: Int
    var specificity: Float
    var penalty: Float
    /// Names of colours that are candidates of each position too, if there are any.
    var colours: [[Int32]]
    var colourScore: Float

    /// The texts of the positions that need candidates, each once.
    var open: [Int] {
      Set(texts.indices.filter { !closed.contains($0) }.map { texts[$0] }).sorted()
    }

    var isSpecific: Bool { specificity > 0 && texts.count > 1 }

    /// The texts whose scores those candidates need.
    fileprivate var scored: [Int] { isSpecific && !open.isEmpty ? texts : open }
  }

  /// The scores of all words for some texts, [text, V].
  private struct Scores {
    let values: [Float]
    let rows: [Int: Int]  // of each text
    let count: Int  // of the words

    func row(_ text: Int) -> ArraySlice<Float> {
      let row = rows[text] ?? 0
      return values[row * count..<(row + 1) * count]
    }
  }

  private typealias Scored = [(word: Int32, score: Float)]

  /// The best words of distinct lemmas for each text vector, for the positions of some layers.
  ///
  /// The score of a word at a text vector t is text(word) . t - bias(word). One pass over the table
  /// of texts scores all positions. Specificity s > 0 takes more words than asked for, reduces each
  /// score by s times the word's mean score at the other positions of the layer, and keeps the best.
  func candidates(
    for texts: [Float], layers: [CandidateRequest], with context: Context
  ) -> [[Candidates]] {
    let scores = scores(of: Set(layers.flatMap(\.scored)).sorted(), among: texts, with: context)
    return layers.map { layer in
      let own = layer.open
      let found = Mutex<[Int: Scored]>([:])
      let work = own.count * count * 64  // a search, in multiplications
      context.parallel.forEachPart(of: own.count, work: work) { part in
        for text in own[part] {
          let best = fitting(text, of: layer, scores, with: context)
          found.withLock { $0[text] = best }
        }
      }
      let best = found.withLock { $0 }
      return layer.texts.enumerated().map { position, text in
        candidates(best[text] ?? [], at: position, of: layer)
      }
    }
  }

  private func scores(
    of some: [Int], among texts: [Float], with context: Context
  ) -> Scores {
    let vectors = some.flatMap { texts[$0 * textWidth..<($0 + 1) * textWidth] }
    return Scores(
      values: products(of: text, width: textWidth, with: vectors, minus: bias, context),
      rows: Dictionary(uniqueKeysWithValues: zip(some, 0...)), count: count)
  }

  /// The candidates of a position: the words that fit it, and the names of its colour.
  private func candidates(_ fitting: Scored, at position: Int, of layer: CandidateRequest)
    -> Candidates
  {
    guard !layer.colours.isEmpty else { return Candidates(fitting, penalty: layer.penalty) }
    let weight = layer.isSpecific ? 1 - layer.specificity : 1
    let all = fitting + layer.colours[position].map { ($0, layer.colourScore * weight) }
    let order = all.indices.sorted { (all[$0].score, $1) > (all[$1].score, $0) }
    return Candidates(order.map { all[$0] }, penalty: layer.penalty)
  }

  /// The words that fit one text best.
  private func fitting(
    _ text: Int, of layer: CandidateRequest, _ scores: Scores, with context: Context
  ) -> Scored {
    let own = scores.row(text)
    guard layer.isSpecific else { return distinct(layer.size, of: own, with: context) }
    let found = distinct(search.specificityFactor * layer.size, of: own, with: context)
    let apart = found.map { word, score in
      let all = layer.texts.reduce(Float(0)) { sum, text in
        let row = scores.row(text)
        return sum + row[row.startIndex + Int(word)]
      }
      return score - layer.specificity * (all - score) / Float(layer.texts.count - 1)
    }
    let order = found.indices.sorted { (apart[$0], $1) > (apart[$1], $0) }
    return order.prefix(layer.size).map { (found[$0].word, apart[$0]) }
  }

  /// The best words of distinct lemmas.
  private func distinct(
    _ size: Int, of scores: ArraySlice<Float>, with context: Context
  ) -> Scored {
    var lemmas: Set<Int32> = []
    let best = best(search.lemmaFactor * size + search.lemmaExtra, of: scores, with: context)
    return Array(best.filter { lemmas.insert(lemma[Int($0.word)]).inserted }.prefix(size))
  }

  /// The words with the highest of all words' scores, best first; equal ones in their order.
  private func best(
    _ limit: Int, of scores: ArraySlice<Float>, with context: Context
  ) -> ArraySlice<(word: Int32, score: Float)> {
    var found: Scored = []
    unsafe scores.withUnsafeBufferPointer { scores in
      let least = unsafe scoreReached(by: limit, of: scores).nextDown
      var word = 0
      while true {
        word = unsafe context.kernels.pointee.find_above(
          scores.baseAddress, word, scores.count, least)
        guard word < scores.count else { return }
        unsafe found.append((Int32(word), scores[word]))
        word += 1
      }
    }
    found.sort { ($0.score, $1.word) > ($1.score, $0.word) }
    return found.prefix(limit)
  }

  /// A word, and then the others of its lemma.
  package func forms(of word: Int32) -> [Int32] {
    let own = lemma[Int(word)]
    return [word] + (0..<Int32(count)).filter { $0 != word && lemma[Int($0)] == own }
  }

  /// How many words fit a text vector, [text], better than one does.
  func rank(of word: Int32, by text: [Float], with context: Context) -> Int {
    let scores = products(of: self.text, width: textWidth, with: text, minus: bias, context)
    return scores.count { $0 > scores[Int(word)] }
  }

  /// The words nearest in meaning, best first, with their similarity from -1 to 1.
  ///
  /// The similarity is the mean of two cosines: of the language model's embeddings, which know how
  /// words are used, and of the sentence embeddings, which know rare words better.
  public func neighbours(of word: Int32, count: Int) -> [(word: Int32, similarity: Float)] {
    let similarity = similarityOfMeaning(to: word)
    // It is seldom asked for, and its pages come from the file again.
    defer { embedding.release() }
    var ranking = Ranking(limit: count)
    for other in 0..<Int32(self.count) where other != word {
      ranking.offer(other, similarity[Int(other)])
    }
    return Array(zip(ranking.items, ranking.scores)).map { (word: $0, similarity: $1) }
  }

  /// How like every word is to one, as `neighbours` has it, -1 to 1, [V].
  package func similarityOfMeaning(to word: Int32) -> [Float] {
    let use = cosines(of: embedding, width: embeddingWidth, to: word, scales: nil)
    let sense = cosines(of: text, width: textWidth, to: word, scales: textScale)
    return zip(use, sense).map { ($0 + $1) / 2 }
  }

  /// The cosine of every word's text vector with a word's own, -1 to 1, [V].
  package func similarity(to word: Int32) -> [Float] {
    cosines(of: text, width: textWidth, to: word, scales: textScale)
  }

  /// The cosine of every word's text vector with another vector, but for that one's length, [V].
  func similarity(toText vector: [Float]) -> [Float] {
    let none = [Float](repeating: 0, count: count)
    let products = products(of: text, width: textWidth, with: vector, minus: none, context)
    return zip(products, textScale).map { $0 * $1 }
  }

  /// A word's text vector at length 1, [text]; zeros stay zeros.
  package func direction(of word: Int32) -> [Float] {
    let scale = textScale[Int(word)]
    return text.floats(Int(word) * textWidth..<(Int(word) + 1) * textWidth).map { $0 * scale }
  }

  /// The cosine of each row of a table with a word's own; without `scales` rows have length 1.
  private func cosines(
    of table: HalfTable, width: Int, to word: Int32, scales: [Float]?
  ) -> [Float] {
    let row = table.floats(Int(word) * width..<(Int(word) + 1) * width)
    let none = [Float](repeating: 0, count: count)
    let products = products(of: table, width: width, with: row, minus: none, context)
    guard let scales else { return products }
    let own = scales[Int(word)]
    return zip(products, scales).map { $0 * $1 * own }
  }

  /// 1 / |text(word)| for every word.
  private var textScale: [Float] {
    textScales.withLock { scales in
      if scales.isEmpty {
        scales = textSquares.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
      }
      return scales
    }
  }

  /// |text(word)|² for every word.
  private var textSquares: [Float] {
    unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard let base = buffer.baseAddress else { return }
      let target = unsafe SharedFloats(base)
      context.parallel.forEachPart(of: count, work: count * textWidth) { part in
        for word in part {
          let row = text.floats(word * textWidth..<(word + 1) * textWidth)
          unsafe row.withUnsafeBufferPointer { row in
            unsafe context.kernels.pointee.score(
              text.values.baseAddress.map { unsafe $0 + word * textWidth }, [0], 1, textWidth,
              row.baseAddress, 1, target.floats + word, 1)
          }
        }
      }
    }
  }

  /// The products of a table's rows with vectors, less a number for each row, [vectors, V].
  private func products(
    of table: HalfTable, width: Int, with vectors: [Float], minus bias: [Float],
    _ context: Context
  ) -> [Float] {
    let positions = vectors.count / width
    return unsafe [Float](unsafeUninitializedCapacity: count * positions) { buffer, initialized in
      initialized = count * positions
      guard let base = buffer.baseAddress else { return }
      let target = unsafe SharedFloats(base)
      unsafe vectors.withUnsafeBufferPointer { vectors in
        let input = unsafe SharedInput(vectors)
        context.parallel.forEachPart(of: count, work: count * positions * width) { part in
          unsafe bias.withUnsafeBufferPointer { bias in
            unsafe context.kernels.pointee.score(
              table.values.baseAddress.map { unsafe $0 + part.lowerBound * width },
              bias.baseAddress.map { unsafe $0 + part.lowerBound }, part.count, width,
              input.floats.baseAddress, positions, target.floats + part.lowerBound, count)
          }
        }
      }
    }
  }
}
