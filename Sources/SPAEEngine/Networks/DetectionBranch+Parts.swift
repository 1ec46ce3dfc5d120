import Glibc
import SPAEPyramid

// The parts of the detection branch, in the order in which a picture goes through them. What bytes
// stand for is named where they are: `input` of what a part reads, `output` of what it gives.
extension DetectionBranch {
  /// Blocks that work on one half of the channels while the other passes (CSP).
  struct PartialStage: Sendable {
    private struct Block {
      let enter: BottleneckConvolution
      let filter: Separable
    }

    private let outputs: Int
    private let split: BottleneckConvolution
    private let blocks: [Block]
    private let residual: Bool
    private let join: BottleneckConvolution

    var output: ByteScale? { join.resultScale }

    init(
      _ name: String, inputs: Int, outputs: Int, blocks count: Int, residual: Bool,
      input: ByteScale?, from source: inout LayerSource
    ) throws(EngineError) {
      let half = outputs / 2
      self.outputs = outputs
      self.residual = residual
      // Both halves have one scale, and so has what blocks add to one of them.
      let parts = source.scale(terms: residual ? 1 + count : 1)
      split = try source.point("\(name).split", inputs, outputs, input: input, output: parts)
      var blocks: [Block] = []
      for index in 0..<count {
        let own = "\(name).blocks.\(index)"
        let entered = source.scale()
        blocks.append(
          Block(
            enter: try source.point("\(own).enter", half, half, input: parts, output: entered),
            filter: try source.separable(
              "\(own).filter", half, half, input: entered, output: parts)))
      }
      self.blocks = blocks
      join = try source.point(
        "\(name).join", outputs, outputs, input: parts, output: source.scale())
    }

    func apply(
      to x: AnyPlane, into output: AnyPlane, in scratch: ScratchPlanes, with context: Context
    ) {
      let (size, half) = (x.size, outputs / 2)
      let parts = scratch[size, outputs, 1, zero: split.resultScale?.zeroByte]
      split.applySiLU(to: x, into: parts, with: context)
      let own = parts[0..<half]
      for block in blocks {
        let entered = scratch[size, half, 0, zero: block.enter.resultScale?.zeroByte]
        block.enter.applySiLU(to: own, into: entered, with: context)
        block.filter.apply(
          to: entered, into: own, adding: residual ? own : nil, 1, in: scratch, with: context)
      }
      join.applySiLU(to: parts, into: output, with: context)
    }
  }

  /// One halving of the side; the last one also sees the greatest values around each pixel.
  struct Stage: Sendable {
    private struct Pooling {
      let enter: BottleneckConvolution
      let leave: BottleneckConvolution
    }

    private let width: Int
    private let down: Separable
    private let pools: [Int]
    private let pooling: Pooling?
    private let partial: PartialStage

    var output: ByteScale? { partial.output }

    init(
      _ name: String, inputs: Int, _ sizes: ModelConfiguration.DetectionStage, pools: [Int],
      input: ByteScale?, from source: inout LayerSource
    ) throws(EngineError) {
      let width = sizes.width
      self.width = width
      self.pools = pools
      down = try source.separable("\(name).down", inputs, width, stride: 2, input: input)
      pooling =
        pools.isEmpty
        ? nil : try Self.pooling(name, width, pools, input: down.output, from: &source)
      partial = try PartialStage(
        "\(name).partial", inputs: width, outputs: width, blocks: sizes.blocks,
        residual: pools.isEmpty, input: pooling?.leave.resultScale ?? down.output, from: &source)
    }

    private static func pooling(
      _ name: String, _ width: Int, _ pools: [Int], input: ByteScale?,
      from source: inout LayerSource
    ) throws(EngineError) -> Pooling {
      let (half, seen) = (width / 2, source.scale())
      return Pooling(
        enter: try source.point(
          "\(name).pooling.enter", width, half, input: input, output: seen),
        leave: try source.point(
          "\(name).pooling.leave", half * (1 + pools.count), width, input: seen,
          output: source.scale()))
    }

    func apply(
      to x: AnyPlane, into output: AnyPlane, in scratch: ScratchPlanes, with context: Context
    ) {
      let size = GridSize(rows: x.height / 2, columns: x.width / 2)
      var halved = scratch[size, width, 0, zero: down.output?.zeroByte]
      down.apply(to: x, into: halved, 2, in: scratch, with: context)
      if let pooling { halved = pool(halved, by: pooling, in: scratch, with: context) }
      partial.apply(to: halved, into: output, in: scratch, with: context)
    }

    /// Looks around each pixel.
    private func pool(
      _ x: AnyPlane, by pooling: Pooling, in scratch: ScratchPlanes, with context: Context
    ) -> AnyPlane {
      let half = width / 2
      let zero = pooling.enter.resultScale?.zeroByte
      let seen = scratch[x.size, half * (1 + pools.count), 0, zero: zero]
      var own = seen[0..<half]
      pooling.enter.applySiLU(to: x, into: own, with: context)
      // The greatest of greatest values is that of larger squares.
      for (index, (pool, before)) in zip(pools, [1] + pools).enumerated() {
        let target = seen[(index + 1) * half..<(index + 2) * half]
        own.greatest(ofSquares: pool - before + 1, into: target, with: context)
        own = target
      }
      let output = scratch[x.size, width, 9, zero: pooling.leave.resultScale?.zeroByte]
      pooling.leave.applySiLU(to: seen, into: output, with: context)
      return output
    }
  }

  /// Features of three scales, each told what the others saw: first downward, then up again.
  struct Neck: Sendable {
    /// Of the coarse features, and of the middle ones.
    private let lateral: [BottleneckConvolution]
    private let finer: [PartialStage]
    private let down: [Separable]
    private let coarser: [PartialStage]

    /// `features` are what the bytes of the fine, middle and coarse ones stand for, which have
    /// `widths`; what lies beside them has the same scales.
    init(
      widths: [Int], blocks: Int, features: [ByteScale?], from source: inout LayerSource
    ) throws(EngineError) {
      var (lateral, finer) = ([BottleneckConvolution](), [PartialStage]())
      var (down, coarser) = ([Separable](), [PartialStage]())
      for index in 0..<2 {
        let (width, own) = (widths[1 - index], features[1 - index])
        lateral.append(
          try source.point(
            "neck.lateral.\(index)", widths[2 - index], width,
            input: finer.last?.output ?? features[2], output: own))
        finer.append(
          try PartialStage(
            "neck.finer.\(index)", inputs: 2 * width, outputs: width, blocks: blocks,
            residual: false, input: own, from: &source))
      }
      for index in 0..<2 {
        let (width, own) = (widths[index], features[index])
        down.append(
          try source.separable(
            "neck.down.\(index)", width, width, stride: 2,
            input: coarser.last?.output ?? finer[1].output, output: own))
        coarser.append(
          try PartialStage(
            "neck.coarser.\(index)", inputs: 2 * width, outputs: 2 * width, blocks: blocks,
            residual: false, input: own, from: &source))
      }
      (self.lateral, self.finer, self.down, self.coarser) = (lateral, finer, down, coarser)
    }

    /// What the bytes of the outputs stand for, fine, middle and coarse.
    var outputs: [ByteScale?] { [finer[1].output] + coarser.map(\.output) }

    /// The planes in which features of two scales lie beside each other.
    final class Workspace {
      /// The stages' features, fine, middle and coarse.
      fileprivate let features: [AnyPlane]
      /// From below, then own: of the middle scale, and of the fine one.
      fileprivate let downward: [AnyPlane]
      /// From above, then own: of the middle scale, and of the coarse one.
      fileprivate let upward: [AnyPlane]
      /// What is handed on, fine, middle and coarse.
      fileprivate let outputs: [AnyPlane]

      init(_ neck: Neck, features: [AnyPlane]) {
        func like(_ plane: AnyPlane, _ channels: Int, _ scale: ByteScale?) -> AnyPlane {
          AnyPlane(plane.size, channels: channels, border: 2, zero: scale?.zeroByte)
        }
        self.features = features
        let (fine, middle, coarse) = (features[0], features[1], features[2])
        let scales = neck.lateral.map(\.resultScale)  // of the middle and the fine features
        downward = [
          like(middle, 2 * middle.channels, scales[0]), like(fine, 2 * fine.channels, scales[1]),
        ]
        upward = [
          like(middle, 2 * fine.channels, scales[1]),
          like(coarse, 2 * middle.channels, scales[0]),
        ]
        outputs = zip(features, neck.outputs).map { like($0, $0.channels, $1) }
      }
    }

    func apply(
      in space: Workspace, _ scratch: ScratchPlanes, with context: Context
    ) -> [AnyPlane] {
      // Downward: coarse to middle, middle to fine; what was handed down is used again upward.
      var x = space.features[2]
      for index in 0..<2 {
        let (own, both) = (space.features[1 - index], space.downward[index])
        let (width, upward) = (own.channels, space.upward[1 - index])
        let handed = upward[width..<2 * width]
        lateral[index].applySiLU(to: x, into: handed, with: context)
        handed.double(into: both[0..<width], with: context)
        own.copy(into: both[width..<2 * width], with: context)
        let zero = finer[index].output?.zeroByte
        x = index == 0 ? scratch[both.size, width, 3, zero: zero] : space.outputs[0]
        finer[index].apply(to: both, into: x, in: scratch, with: context)
      }
      for index in 0..<2 {
        let (both, width) = (space.upward[index], space.upward[index].channels / 2)
        down[index].apply(
          to: space.outputs[index], into: both[0..<width], 4, in: scratch, with: context)
        coarser[index].apply(to: both, into: space.outputs[index + 1], in: scratch, with: context)
      }
      return space.outputs
    }
  }

  /// What stands in the cells of one scale, and where.
  struct Head: Sendable {
    private let width: Int
    private let enter: BottleneckConvolution
    private let classify: [Separable]
    private let locate: [Separable]
    private let classes: BottleneckConvolution
    private let box: BottleneckConvolution

    init(
      _ name: String, inputs: Int, width: Int, classes: Int, input: ByteScale?,
      from source: inout LayerSource
    ) throws(EngineError) {
      self.width = width
      enter = try source.point(
        "\(name).enter", inputs, width, input: input, output: source.scale())
      var branches: [[Separable]] = []
      for kind in ["locate", "classify"] {
        var (layers, seen) = ([Separable](), enter.resultScale)
        for index in 0..<2 {
          layers.append(
            try source.separable("\(name).\(kind).\(index)", width, width, input: seen))
          seen = layers[index].output
        }
        branches.append(layers)
      }
      (locate, classify) = (branches[0], branches[1])
      self.classes = try source.point(
        "\(name).classes", width, classes, input: classify[1].output, output: nil)
      box = try source.point("\(name).box", width, 5, input: locate[1].output, output: nil)
    }

    func apply(
      to x: AnyPlane, into found: Plane, least: Float?, in scratch: ScratchPlanes,
      with context: Context
    ) {
      let entered = scratch[x.size, width, 5, zero: enter.resultScale?.zeroByte]
      enter.applySiLU(to: x, into: entered, with: context)
      run(locate, box, on: entered, into: found, in: scratch, with: context)
      if let least, !holdsBox(found, least: least) { return }
      let target = Plane(DetectionBranch.firstClass..<found.channels, of: found)
      run(classify, classes, on: entered, into: target, in: scratch, with: context)
    }

    private func run(
      _ branch: [Separable], _ last: BottleneckConvolution, on entered: AnyPlane,
      into target: Plane, in scratch: ScratchPlanes, with context: Context
    ) {
      var x = entered
      for (index, layer) in branch.enumerated() {
        let output = scratch[x.size, width, 6 + index, zero: layer.output?.zeroByte]
        layer.apply(to: x, into: output, 8, in: scratch, with: context)
        x = output
      }
      last.apply(to: x, into: target, with: context)
    }

    /// Whether there may be a box of such a presence, before its sigmoid.
    private func holdsBox(_ found: Plane, least: Float) -> Bool {
      let bounded = min(least, 0.999)
      let raw = logf(bounded / (1 - bounded)) - 0.001  // more than rounding takes away
      return (0..<found.height).contains { row in
        (0..<found.width).contains { unsafe found.pixel(row, $0)[4] >= raw }
      }
    }
  }
}
