import CKernels
import Synchronization

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
  private let halfNorms: PackedFloats  // [V], |e|^2 / 2, infinite for words never to be chosen
  let embedding: HalfTable  // [V, embedding]

  /// Numbers of one word's embedding.
  package let embeddingWidth: Int

  let text: HalfTable  // [V, text]
  let bias: [Float]  // [V]
  let lemma: [Int32]  // [V]
  let search: ModelConfiguration.Search
  let context: Context

  /// 1 / |text(word)|, once it was asked for, [V].
  let textScales = Mutex<[Float]>([])

  /// Words that are `reserved` are never chosen for a picture, in no layer.
  init(
    _ file: Safetensors, path: String, configuration: ModelConfiguration,
    projection: [Float], reserved: Set<Int32> = [], context: Context
  ) throws(EngineError) {
    count = configuration.vocabulary
    latent = configuration.latent
    textWidth = configuration.text
    embeddingWidth = configuration.embedding
    search = configuration.search
    self.context = context
    embedding = try file.halves("embedding", shape: [count, embeddingWidth])
    text = try file.halves("text", shape: [count, textWidth])
    bias = try file.floats("bias", shape: [count]).enumerated().map { word, bias in
      reserved.contains(Int32(word)) ? .infinity : bias
    }
    lemma = try file.integers("lemma", shape: [count])
    let (count, latent) = (count, latent)
    let codes = Self.project(embedding, count, embeddingWidth, projection, latent, context)
    self.codes = codes
    // Neighbours in meaning are seldom asked for.
    embedding.release()
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
        var norm: Float = word < count && !reserved.contains(Int32(word)) ? 0 : .infinity
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
          var task = unsafe spae_convolution(
            input: rows.floats, input_row: 0, input_pixel: width,
            output: target.floats + first * latent, output_row: 0, output_pixel: latent,
            residual: nil, weights: weights.floats, bias: bias.floats, blocks: latent / 16,
            rows: 1, columns: length, kernel: 1, stride: 1, channels: width,
            activation: spae_identity, scales: nil, limit: 0, cells: nil)
          unsafe context.kernels.pointee.convolve(&task)
        }
      }
    }
  }

  // MARK: Nearest word

  /// For each target the word whose code is nearest; ties go to the lowest index.
  package func nearest(to targets: [Float]) -> [Int32] { nearest(to: targets, with: context) }

  /// The same within a series of work on spinning threads, and in a metric, if there is one.
  func nearest(
    to targets: [Float], in metric: QuadraticMetric? = nil, with context: Context
  ) -> [Int32] {
    let number = targets.count / latent
    let found = SharedWords(count: number)
    let halves = metric?.halfSquares(of: self) ?? halfNorms
    unsafe targets.withUnsafeBufferPointer { buffer in
      let shared = unsafe SharedInput(buffer)
      context.parallel.forEachPart(of: (number + 3) / 4, work: number * count * latent) { part in
        let first = part.lowerBound * 4
        let length = min(part.upperBound * 4, number) - first
        unsafe context.kernels.pointee.nearest(
          shared.floats.baseAddress.map { unsafe $0 + first * latent }, length, latent,
          packed.floats, halves.floats, (count + 15) / 16, found.words + first)
      }
    }
    return found.array
  }

  /// The nearest of some candidates to a target; penalties are shares of `error`.
  func nearest(
    to target: ArraySlice<Float>, in metric: QuadraticMetric? = nil, among candidates: Candidates,
    error: Float
  ) -> Int32 {
    var best: (word: Int32, score: Float) = (candidates.words.first ?? 0, -.infinity)
    for (word, penalty) in zip(candidates.words, candidates.penalties) {
      let code = unsafe codes.floats + Int(word) * latent
      var half = unsafe metric?.halfSquare(of: code) ?? halfNorms.floats[Int(word)]
      half += error * penalty / 2
      let score = zip(target, 0..<latent).reduce(-half) { unsafe $0 + $1.0 * code[$1.1] }
      if score > best.score { best = (word, score) }
    }
    return best.word
  }

  /// Half of the square of every word's code in some metric, infinite for what fills up a block.
  func halfSquares(in metric: QuadraticMetric) -> PackedFloats {
    let (blocks, packed) = unsafe (paddedToLanes(count) / 16, packed.floats)
    return unsafe PackedFloats(count: blocks * 16) { halves in
      for block in 0..<blocks {
        // Component by component, of 16 words at once.
        let codes = (0..<latent).map { component in
          unsafe UnsafeRawPointer(packed + (block * latent + component) * 16)
            .loadUnaligned(as: SIMD16<Float>.self)
        }
        var square = SIMD16<Float>()
        for row in 0..<latent {
          var image = SIMD16<Float>()
          for column in 0..<latent { image += metric[row, column] * codes[column] }
          square += image * codes[row]
        }
        for lane in 0..<16 {
          let word = block * 16 + lane
          let isFarthest = unsafe halfNorms.floats[word] == .infinity
          unsafe halves[word] = isFarthest ? .infinity : square[lane] / 2
        }
      }
    }
  }
}
