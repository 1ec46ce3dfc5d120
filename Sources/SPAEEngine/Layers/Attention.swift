import CKernels

/// Softmax attention of every token to every other, for several heads.
///
/// Tokens are the pixels of a plane. The buffers are allocated once.
package final class Attention: Sendable {
  private let heads: Int
  private let dimension: Int
  private let tokens: Int
  private let padded: Int  // tokens, to a multiple of 16
  private let keys: FloatBuffer  // [heads][padded / 16][dimension][16]
  private let values: FloatBuffer  // [heads][tokens][dimension]

  package init(tokens: Int, heads: Int, width: Int) {
    self.heads = heads
    self.tokens = tokens
    padded = paddedToLanes(tokens)
    dimension = width / heads
    keys = FloatBuffer(count: padded * width)
    values = FloatBuffer(count: tokens * width)
  }

  /// Mixes the values of `qkv`, whose channels are queries, keys and values, head by head.
  ///
  /// Where only some tokens are asked for, in order, their queries and results stand one after the
  /// other in the first rows.
  package func apply(
    to qkv: Plane, into output: Plane, cells: [Int]? = nil, with context: Context
  ) {
    context.parallel.forEachPart(of: qkv.height, work: 30 * tokens * heads * dimension) { rows in
      for row in rows { pack(qkv, row: row) }
    }
    if let cells { qkv.gather(cells) }
    let count = cells?.count ?? tokens
    let height = qkv.bounds.firstRows(holding: count).rows.count
    let work = 2 * count * tokens * heads * dimension
    context.parallel.forEachPart(of: heads * height, work: work) { items in
      let scratch = FloatBuffer(count: spae_queries * (padded + spae_lanes))
      context.measured(
        LayerProfiler.Layer(
          kind: "attention", inputs: 3 * heads * dimension, outputs: heads * dimension,
          width: qkv.width),
        work: items.count * qkv.width * 2 * tokens * dimension
      ) {
        for item in items {
          attend(
            qkv, into: output, head: item / height, row: item % height, scratch: scratch,
            with: context)
        }
      }
    }
  }

  private func attend(
    _ qkv: Plane, into output: Plane, head: Int, row: Int,
    scratch: FloatBuffer, with context: Context
  ) {
    let start = head * dimension
    var task = unsafe spae_attention(
      queries: qkv.pixel(row, 0) + start, query_stride: qkv.padded,
      output: output.pixel(row, 0) + start, output_stride: output.padded,
      keys: keys.floats + start * padded, values: values.floats + start * tokens,
      count: qkv.width, tokens: tokens, dim: dimension,
      scale: 1 / Float(dimension).squareRoot(), scratch: scratch.floats)
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
          unsafe keys.floats[start * padded + block + i * 16 + lane] = source[width + start + i]
          unsafe values.floats[start * tokens + token * dimension + i] =
            source[2 * width + start + i]
        }
      }
    }
  }
}
