import CKernels
import Glibc
import Synchronization

/// Measures the processor time of each layer of a network, on one thread.
package final class LayerProfiler: Sendable {
  /// Layers of one shape, which are counted together.
  package struct Layer: Hashable, Sendable {
    /// The network: classifier, encoder or decoder; or the refinement of the words.
    package var network = ""
    package let kind: String
    package let inputs: Int
    package let outputs: Int
    /// The width of the output, in pixels.
    package let width: Int
  }

  /// The work and time of layers so far.
  package struct Cost: Sendable {
    /// Multiply-accumulates.
    package var work = 0
    /// Processor time.
    package var nanoseconds = 0
  }

  private struct State {
    var network = ""
    var order: [Layer] = []
    var costs: [Layer: Cost] = [:]
  }

  private let state = Mutex(State())

  /// The layers in the order in which they were first run.
  package var layers: [(layer: Layer, cost: Cost)] {
    state.withLock { state in state.order.map { ($0, state.costs[$0] ?? Cost()) } }
  }

  /// The layers that follow belong to another network.
  func enter(_ network: String) { state.withLock { $0.network = network } }

  func measure(_ layer: Layer, work: Int, _ body: () -> Void) {
    let start = Self.now
    body()
    let time = Self.now - start
    state.withLock { state in
      var layer = layer
      layer.network = state.network
      if state.costs[layer] == nil { state.order.append(layer) }
      state.costs[layer, default: Cost()].work += work
      state.costs[layer, default: Cost()].nanoseconds += time
    }
  }

  /// This thread's time on a processor: what others do meanwhile does not count.
  private static var now: Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

extension InstructionSet {
  /// The most multiply-accumulates that one thread does in a second, in billions: enough independent
  /// ones to hide their latency, on numbers in registers.
  package var peak: Double {
    let (profiler, rounds) = (LayerProfiler(), 200_000)
    let layer = LayerProfiler.Layer(kind: "peak", inputs: 0, outputs: 0, width: 0)
    var numbers: [Float] = [0.999, 0.001]
    let times = (0..<20).map { _ in
      profiler.measure(layer, work: 0) { unsafe kernels.pointee.multiply_add(&numbers, rounds) }
      return profiler.layers[0].cost.nanoseconds
    }
    let shortest = zip(times.dropFirst(), times).map { $0 - $1 }.min() ?? 1
    return Double(12 * 16 * rounds) / Double(max(1, shortest))
  }
}
