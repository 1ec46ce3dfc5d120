import CKernels

/// Softmax attention of every token to every other, for several heads.
///
/// Tokens are the pixels of a plane. The buffers are allocated once, for the largest plane.
@safe package final class Attention: @unchecked Sendable {
  private let heads: Int
  private let dimension: Int
  private let tokens: Int
  private let keys: UnsafeMutablePointer<Float>  // [heads][dimension][tokens]
  private let values: UnsafeMutablePointer<Float>  // [heads][tokens][dimension]
  private let scratch: UnsafeMutablePointer<Float>  // [rows][tokens]

  package init(tokens: Int, rows: Int, heads: Int, width: Int) {
    self.heads = heads
    self.tokens = tokens
    dimension = width / heads
    unsafe keys = alignedFloats(tokens * width)
    unsafe values = alignedFloats(tokens * width)
    unsafe scratch = alignedFloats(tokens * rows)
  }

  deinit {
    unsafe keys.deallocate()
    unsafe values.deallocate()
    unsafe scratch.deallocate()
  }

  /// Mixes the values of `qkv`, whose channels are queries, keys and values, head by head.
  package func apply(to qkv: Plane, into output: Plane, with context: Context) {
    pack(qkv)
    let (width, columns) = (heads * dimension, qkv.width)
    let work = 2 * tokens * tokens * width
    context.parallel.forEachPart(of: qkv.height, work: work) { rows in
      for row in rows {
        for column in 0..<columns {
          for head in 0..<heads {
            let start = head * dimension
            unsafe context.kernels.pointee.attend(
              qkv.pixel(row, column) + start, output.pixel(row, column) + start, 1, 0,
              keys + start * tokens, values + start * tokens, tokens, dimension,
              1 / Float(dimension).squareRoot(), scratch + row * tokens)
          }
        }
      }
    }
  }

  private func pack(_ qkv: Plane) {
    let width = heads * dimension
    for token in 0..<tokens {
      let source = unsafe qkv.pixel(token / qkv.width, token % qkv.width)
      for channel in 0..<width {
        unsafe keys[channel * tokens + token] = source[width + channel]
        let (head, i) = (channel / dimension, channel % dimension)
        unsafe values[(head * tokens + token) * dimension + i] = source[2 * width + channel]
      }
    }
  }
}
