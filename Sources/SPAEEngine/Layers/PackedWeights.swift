import CKernels

/// A convolution's weights in the order of the kernels, [outputs / 16][kH][kW][inputs][16]: as floats,
/// or as float16, which takes half of the memory and has to be widened for each use.
enum PackedWeights: Sendable {
  case floats(PackedFloats)
  case halves(PackedHalves)

  /// Packs float16 weights of PyTorch's order, [outputs, inputs, taps].
  init(
    packing halves: UnsafeBufferPointer<UInt16>, outputs: Int, inputs: Int, taps: Int,
    keepsHalves: Bool
  ) {
    precondition(halves.count == outputs * inputs * taps)
    let count = paddedToLanes(outputs) * inputs * taps
    if keepsHalves {
      self = .halves(
        unsafe PackedHalves(count: count) { packed in
          unsafe spae_pack_halves(halves.baseAddress, outputs, inputs, taps, packed)
        })
    } else {
      self = .floats(
        unsafe PackedFloats(count: count) { packed in
          unsafe InstructionSet.available.first?.kernels.pointee.pack(
            halves.baseAddress, outputs, inputs, taps, packed)
        })
    }
  }

  /// Runs `body` with some of the weights as floats.
  @inline(__always)
  func with(_ range: Range<Int>, _ context: Context, _ body: (UnsafePointer<Float>) -> Void) {
    switch self {
    case .floats(let weights): unsafe body(weights.floats + range.lowerBound)
    case .halves(let weights):
      unsafe withUnsafeTemporaryAllocation(byteCount: 4 * range.count, alignment: 64) { memory in
        guard let floats = unsafe memory.bindMemory(to: Float.self).baseAddress else { return }
        unsafe context.kernels.pointee.widen(
          weights.halves + range.lowerBound, floats, range.count)
        // The weights that follow come while these are used.
        let next = min(range.count, weights.count - range.upperBound)
        unsafe spae_prefetch(weights.halves + range.upperBound, 2 * next)
        unsafe body(floats)
      }
    }
  }
}

/// Float16 numbers that never change once they are packed, shared between threads.
@safe final class PackedHalves: @unchecked Sendable {
  let count: Int
  let halves: UnsafePointer<UInt16>
  private let buffer: FloatBuffer

  /// Packs `count` numbers, all zero until `fill` has set them.
  init(count: Int, fill: (UnsafeMutablePointer<UInt16>) -> Void) {
    self.count = count
    buffer = FloatBuffer(count: (count + 1) / 2)
    let memory = unsafe UnsafeMutableRawPointer(buffer.floats)
      .bindMemory(to: UInt16.self, capacity: count)
    unsafe fill(memory)
    unsafe halves = UnsafePointer(memory)
  }
}
