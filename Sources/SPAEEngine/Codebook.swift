import CKernels

/// The words' embeddings: in the language model's width, for meaning, and projected, for pixels.
///
/// One learned linear projection without a bias brings the frozen embeddings to the latent's width,
/// so the words stay the language model's own.
public final class Codebook: @unchecked Sendable {
  /// The number of words.
  public let count: Int

  let latent: Int
  let textWidth: Int

  /// e(k) for every word, [V, latent].
  let codes: PackedFloats

  private let packed: PackedFloats  // [V / 16][latent][16]
  private let halfNorms: PackedFloats  // [V], |e|^2 / 2
  private let embedding: HalfTable  // [V, embedding]
  private let embeddingWidth: Int
  private let text: HalfTable  // [V, text]
  private let bias: [Float]  // [V]
  private let lemma: [Int32]  // [V]
  private let context: Context

  init(
    _ file: Safetensors, path: String, configuration: ModelConfiguration,
    projection: [Float], context: Context
  ) throws(EngineError) {
    count = configuration.vocabulary
    latent = configuration.latent
    textWidth = configuration.text
    embeddingWidth = configuration.embedding
    self.context = context
    embedding = try file.halves("embedding", shape: [count, embeddingWidth])
    text = try file.halves("text", shape: [count, textWidth])
    bias = try file.floats("bias", shape: [count])
    lemma = try file.integers("lemma", shape: [count])
    let (count, latent) = (count, latent)
    let codes = Self.project(embedding, count, embeddingWidth, projection, latent, context)
    self.codes = codes
    let blocks = (count + 15) / 16
    packed = unsafe PackedFloats(count: blocks * 16 * latent) { packed in
      for word in 0..<count {
        for i in 0..<latent {
          unsafe packed[(word / 16 * latent + i) * 16 + word % 16] =
            codes.floats[word * latent + i]
        }
      }
    }
    halfNorms = unsafe PackedFloats(count: blocks * 16) { norms in
      for word in 0..<blocks * 16 {
        var norm: Float = word < count ? 0 : .infinity
        for i in 0..<latent where word < count {
          let x = unsafe codes.floats[word * latent + i]
          norm += x * x / 2
        }
        unsafe norms[word] = norm
      }
    }
  }

  /// embedding @ projection, as a convolution of one pixel over words.
  private static func project(
    _ embedding: HalfTable, _ count: Int, _ width: Int, _ projection: [Float], _ latent: Int,
    _ context: Context
  ) -> PackedFloats {
    let weights = unsafe PackedFloats(count: width * latent) { packed in
      for i in 0..<width {
        for j in 0..<latent {
          unsafe packed[(j / 16 * width + i) * 16 + j % 16] = projection[i * latent + j]
        }
      }
    }
    let bias = unsafe PackedFloats(count: latent) { _ in }
    return unsafe PackedFloats(count: count * latent) { codes in
      let target = unsafe SharedFloats(codes)
      context.parallel.forEachPart(of: (count + 63) / 64, work: count * width * latent) { part in
        let rows = FloatBuffer(count: 64 * width)
        for chunk in part {
          let first = chunk * 64
          let length = min(64, count - first)
          unsafe context.kernels.pointee.widen(
            embedding.values.baseAddress.map { unsafe $0 + first * width }, rows.floats,
            length * width)
          for block in 0..<latent / 16 {
            var task = unsafe spae_convolution(
              input: rows.floats, input_row: 0, input_pixel: width,
              output: target.floats + first * latent + block * 16, output_row: 0,
              output_pixel: latent, residual: nil,
              weights: weights.floats + block * width * 16, bias: bias.floats + block * 16,
              rows: 1, columns: length, kernel: 1, stride: 1, channels: width,
              activation: spae_identity)
            unsafe context.kernels.pointee.convolve(&task)
          }
        }
      }
    }
  }

  // MARK: Nearest word

  /// For each target the word whose code is nearest; ties go to the lowest index.
  func nearest(to targets: [Float]) -> [Int32] {
    let number = targets.count / latent
    let found = SharedWords(count: number)
    unsafe targets.withUnsafeBufferPointer { buffer in
      let shared = unsafe SharedInput(buffer)
      context.parallel.forEachPart(of: (number + 3) / 4, work: number * count * latent) { part in
        let first = part.lowerBound * 4
        let length = min(part.upperBound * 4, number) - first
        unsafe context.kernels.pointee.nearest(
          shared.floats.baseAddress.map { unsafe $0 + first * latent }, length, latent,
          packed.floats, halfNorms.floats, (count + 15) / 16, found.words + first)
      }
    }
    return found.array
  }

  /// The nearest word to a target among a few.
  func nearest(to target: ArraySlice<Float>, in pool: [Int32]) -> Int32 {
    var best: (word: Int32, distance: Float) = (pool.first ?? 0, .infinity)
    for word in pool {
      var distance: Float = 0
      for (i, value) in target.enumerated() {
        let difference = unsafe codes.floats[Int(word) * latent + i] - value
        distance += difference * difference
      }
      if distance < best.distance { best = (word, distance) }
    }
    return best.word
  }

  // MARK: Meaning

  /// How well every word fits each text vector: text(word) . t - bias(word), [V, texts].
  func scores(of texts: [Float]) -> [Float] {
    let places = texts.count / textWidth
    return unsafe [Float](unsafeUninitializedCapacity: count * places) { buffer, initialized in
      initialized = count * places
      guard let base = buffer.baseAddress else { return }
      let target = unsafe SharedFloats(base)
      unsafe texts.withUnsafeBufferPointer { texts in
        let input = unsafe SharedInput(texts)
        context.parallel.forEachPart(of: count, work: count * places * textWidth) { part in
          unsafe bias.withUnsafeBufferPointer { bias in
            unsafe context.kernels.pointee.score(
              text.values.baseAddress.map { unsafe $0 + part.lowerBound * textWidth },
              bias.baseAddress.map { unsafe $0 + part.lowerBound }, part.count, textWidth,
              input.floats.baseAddress, places, target.floats + part.lowerBound * places)
          }
        }
      }
    }
  }

  /// The `size` best words of distinct lemmas for each text vector.
  func pools(for texts: [Float], size: Int) -> [[Int32]] {
    let places = texts.count / textWidth
    let scores = scores(of: texts)
    var rankings = [Ranking](repeating: Ranking(limit: 4 * size + 16), count: places)
    for word in 0..<count {
      for place in 0..<places {
        rankings[place].offer(Int32(word), scores[word * places + place])
      }
    }
    return rankings.map { ranking in
      var lemmas: Set<Int32> = []
      let distinct = ranking.items.filter { lemmas.insert(lemma[Int($0)]).inserted }
      return Array(distinct.prefix(size))
    }
  }

  /// The words nearest in meaning, by the cosine of the language model's embeddings.
  public func neighbours(of word: Int32, count: Int) -> [(word: Int32, cosine: Float)] {
    let wanted = unit(Int(word))
    var ranking = Ranking(limit: count)
    for other in 0..<self.count where other != Int(word) {
      let cosine = zip(wanted, unit(other)).reduce(0) { $0 + $1.0 * $1.1 }
      ranking.offer(Int32(other), cosine)
    }
    return Array(zip(ranking.items, ranking.scores)).map { (word: $0, cosine: $1) }
  }

  private func unit(_ word: Int) -> [Float] {
    let row = embedding.floats(word * embeddingWidth..<(word + 1) * embeddingWidth)
    let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? row.map { $0 / length } : row
  }
}
