import CKernels

/// Softmax attention of every token to every other, for several heads.
///
/// Tokens are the pixels of a plane; there are a multiple of 16 of them. The buffers are allocated
/// once.
@safe package final class Attention: @unchecked Sendable {
  private let heads: Int
  private let dimension: Int
  private let tokens: Int
  private let keys: UnsafeMutablePointer<Float>  // [heads][tokens / 16][dimension][16]
  private let values: UnsafeMutablePointer<Float>  // [heads][tokens][dimension]

  package init(tokens: Int, heads: Int, width: Int) {
    self.heads = heads
    self.tokens = tokens
    dimension = width / heads
    unsafe keys = alignedFloats(tokens * width)
    unsafe values = alignedFloats(tokens * width)
  }

  deinit {
    unsafe keys.deallocate()
    unsafe values.deallocate()
  }

  /// Mixes the values of `qkv`, whose channels are queries, keys and values, head by head.
  package func apply(to qkv: Plane, into output: Plane, with context: Context) {
    context.parallel.forEachPart(of: qkv.height, work: 30 * tokens * heads * dimension) { rows in
      for row in rows { pack(qkv, row: row) }
    }
    let work = 2 * tokens * tokens * heads * dimension
    context.parallel.forEachPart(of: heads * qkv.height, work: work) { items in
      let scratch = unsafe alignedFloats(spae_queries * tokens)
      defer { unsafe scratch.deallocate() }
      for item in items {
        unsafe attend(
          qkv, into: output, head: item / qkv.height, row: item % qkv.height, scratch: scratch,
          with: context)
      }
    }
  }

  private func attend(
    _ qkv: Plane, into output: Plane, head: Int, row: Int,
    scratch: UnsafeMutablePointer<Float>, with context: Context
  ) {
    let start = head * dimension
    var task = unsafe spae_attention(
      queries: qkv.pixel(row, 0) + start, query_stride: qkv.padded,
      output: output.pixel(row, 0) + start, output_stride: output.padded,
      keys: keys + start * tokens, values: values + start * tokens,
      count: qkv.width, tokens: tokens, dim: dimension,
      scale: 1 / Float(dimension).squareRoot(), scratch: scratch)
    unsafe context.kernels.pointee.attend(&task)
  }

  private func pack(_ qkv: Plane, row: Int) {
    let width = heads * dimension
    for column in 0..<qkv.width {
      let token = row * qkv.width + column
      let source = unsafe qkv.pixel(row, column)
      let (block, lane) = (token / 16 * dimension * 16, token % 16)
      for head in 0..<heads {
        let start = head * dimension
        for i in 0..<dimension {
          unsafe keys[start * tokens + block + i * 16 + lane] = source[width + start + i]
          unsafe values[start * tokens + token * dimension + i] = source[2 * width + start + i]
        }
      }
    }
  }
}
