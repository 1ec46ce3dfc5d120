import Glibc
import SPAEPyramid

// The parts of the detection branch, in the order in which a picture goes through them.
extension DetectionBranch {
  /// Blocks that work on one half of the channels while the other passes (CSP).
  struct PartialStage: Sendable {
    private struct Block {
      let enter: Convolution
      let filter: SeparableConvolution
    }

    private let outputs: Int
    private let split: Convolution
    private let blocks: [Block]
    private let residual: Bool
    private let join: Convolution

    init(
      _ name: String, inputs: Int, outputs: Int, blocks count: Int, residual: Bool,
      from weights: inout Weights
    ) throws(EngineError) {
      let half = outputs / 2
      self.outputs = outputs
      self.residual = residual
      split = try weights.convolution(
        "\(name).split", inputs: inputs, outputs: outputs, window: .same(1))
      var blocks: [Block] = []
      for index in 0..<count {
        let own = "\(name).blocks.\(index)"
        blocks.append(
          Block(
            enter: try weights.convolution(
              "\(own).enter", inputs: half, outputs: half, window: .same(1)),
            filter: try weights.separable(
              "\(own).filter", inputs: half, outputs: half, window: .same(3), activation: .silu)))
      }
      self.blocks = blocks
      join = try weights.convolution(
        "\(name).join", inputs: outputs, outputs: outputs, window: .same(1))
    }

    func apply(
      to x: Plane, into output: Plane, in scratch: ScratchPlanes, with context: Context
    ) {
      let (size, half) = (x.size, outputs / 2)
      let parts = scratch[size, outputs, 1]
      split.apply(to: x, into: parts, activation: .silu, with: context)
      let own = Plane(0..<half, of: parts)
      for block in blocks {
        let entered = scratch[size, half]
        block.enter.apply(to: own, into: entered, activation: .silu, with: context)
        block.filter.apply(
          to: entered, through: scratch[size, half, 1], into: own, residual: residual ? own : nil,
          with: context)
      }
      join.apply(to: parts, into: output, activation: .silu, with: context)
    }
  }

  /// One halving of the side; the last one also sees the greatest values around each pixel.
  struct Stage: Sendable {
    private struct Pooling {
      let enter: Convolution
      let leave: Convolution
    }

    private let width: Int
    private let down: SeparableConvolution
    private let pools: [Int]
    private let pooling: Pooling?
    private let partial: PartialStage

    init(
      _ name: String, inputs: Int, _ sizes: ModelConfiguration.DetectionStage, pools: [Int],
      from weights: inout Weights
    ) throws(EngineError) {
      let width = sizes.width
      self.width = width
      self.pools = pools
      down = try weights.separable(
        "\(name).down", inputs: inputs, outputs: width, window: .centred(3, stride: 2),
        activation: .silu)
      pooling =
        pools.isEmpty
        ? nil
        : Pooling(
          enter: try weights.convolution(
            "\(name).pooling.enter", inputs: width, outputs: width / 2, window: .same(1)),
          leave: try weights.convolution(
            "\(name).pooling.leave", inputs: width / 2 * (1 + pools.count), outputs: width,
            window: .same(1)))
      partial = try PartialStage(
        "\(name).partial", inputs: width, outputs: width, blocks: sizes.blocks,
        residual: pools.isEmpty, from: &weights)
    }

    func apply(
      to x: Plane, into output: Plane, in scratch: ScratchPlanes, with context: Context
    ) {
      let size = GridSize(rows: x.height / 2, columns: x.width / 2)
      let halved = scratch[size, width]
      let filtered = scratch[size, x.channels, 2]
      down.apply(to: x, through: filtered, into: halved, with: context)
      if let pooling { pool(halved, by: pooling, in: scratch, with: context) }
      partial.apply(to: halved, into: output, in: scratch, with: context)
    }

    /// Looks around each pixel, in place.
    private func pool(
      _ x: Plane, by pooling: Pooling, in scratch: ScratchPlanes, with context: Context
    ) {
      let half = width / 2
      let seen = scratch[x.size, half * (1 + pools.count)]
      var own = Plane(0..<half, of: seen)
      pooling.enter.apply(to: x, into: own, activation: .silu, with: context)
      // The greatest of greatest values is that of larger squares.
      for (index, (pool, before)) in zip(pools, [1] + pools).enumerated() {
        let target = Plane((index + 1) * half..<(index + 2) * half, of: seen)
        own.greatest(ofSquares: pool - before + 1, into: target, with: context)
        own = target
      }
      pooling.leave.apply(to: seen, into: x, activation: .silu, with: context)
    }
  }

  /// Features of three scales, each told what the others saw: first downward, then up again.
  struct Neck: Sendable {
    /// Of the coarse features, and of the middle ones.
    private let lateral: [Convolution]
    private let finer: [PartialStage]
    private let down: [SeparableConvolution]
    private let coarser: [PartialStage]

    init(widths: [Int], blocks: Int, from weights: inout Weights) throws(EngineError) {
      var (lateral, finer) = ([Convolution](), [PartialStage]())
      var (down, coarser) = ([SeparableConvolution](), [PartialStage]())
      for index in 0..<2 {
        let width = widths[1 - index]
        lateral.append(
          try weights.convolution(
            "neck.lateral.\(index)", inputs: widths[2 - index], outputs: width, window: .same(1)))
        finer.append(
          try PartialStage(
            "neck.finer.\(index)", inputs: 2 * width, outputs: width, blocks: blocks,
            residual: false, from: &weights))
      }
      for index in 0..<2 {
        let width = widths[index]
        down.append(
          try weights.separable(
            "neck.down.\(index)", inputs: width, outputs: width, window: .centred(3, stride: 2),
            activation: .silu))
        coarser.append(
          try PartialStage(
            "neck.coarser.\(index)", inputs: 2 * width, outputs: 2 * width, blocks: blocks,
            residual: false, from: &weights))
      }
      (self.lateral, self.finer, self.down, self.coarser) = (lateral, finer, down, coarser)
    }

    /// The planes in which features of two scales lie beside each other.
    final class Workspace {
      /// The stages' features, fine, middle and coarse.
      fileprivate let features: [Plane]
      /// From below, then own: of the middle scale, and of the fine one.
      fileprivate let downward: [Plane]
      /// From above, then own: of the middle scale, and of the coarse one.
      fileprivate let upward: [Plane]
      /// What is handed on, fine, middle and coarse.
      fileprivate let outputs: [Plane]

      init(features: [Plane]) {
        func like(_ plane: Plane, _ channels: Int) -> Plane {
          Plane(plane.size, channels: channels, border: 2)
        }
        self.features = features
        let (fine, middle, coarse) = (features[0], features[1], features[2])
        downward = [like(middle, 2 * middle.channels), like(fine, 2 * fine.channels)]
        upward = [like(middle, 2 * fine.channels), like(coarse, 2 * middle.channels)]
        outputs = features.map { like($0, $0.channels) }
      }
    }

    func apply(
      in space: Workspace, _ scratch: ScratchPlanes, with context: Context
    ) -> [Plane] {
      // Downward: coarse to middle, middle to fine; what was handed down is used again upward.
      var x = space.features[2]
      for index in 0..<2 {
        let (own, both) = (space.features[1 - index], space.downward[index])
        let (width, upward) = (own.channels, space.upward[1 - index])
        let handed = Plane(width..<2 * width, of: upward)
        lateral[index].apply(to: x, into: handed, activation: .silu, with: context)
        handed.double(into: Plane(0..<width, of: both), with: context)
        own.copy(into: Plane(width..<2 * width, of: both), with: context)
        x = index == 0 ? scratch[both.size, width, 3] : space.outputs[0]
        finer[index].apply(to: both, into: x, in: scratch, with: context)
      }
      for index in 0..<2 {
        let (both, width) = (space.upward[index], space.upward[index].channels / 2)
        down[index].apply(
          to: space.outputs[index], through: scratch[both.size, width, 4],
          into: Plane(0..<width, of: both), with: context)
        coarser[index].apply(to: both, into: space.outputs[index + 1], in: scratch, with: context)
      }
      return space.outputs
    }
  }

  /// What stands in the cells of one scale, and where.
  struct Head: Sendable {
    private let width: Int
    private let enter: Convolution
    private let classify: [SeparableConvolution]
    private let locate: [SeparableConvolution]
    private let classes: Convolution
    private let box: Convolution

    init(
      _ name: String, inputs: Int, width: Int, classes: Int, from weights: inout Weights
    ) throws(EngineError) {
      self.width = width
      enter = try weights.convolution(
        "\(name).enter", inputs: inputs, outputs: width, window: .same(1))
      var branches: [[SeparableConvolution]] = [[], []]
      for (branch, kind) in ["classify", "locate"].enumerated() {
        for index in 0..<2 {
          branches[branch].append(
            try weights.separable(
              "\(name).\(kind).\(index)", inputs: width, outputs: width, window: .same(3),
              activation: .silu))
        }
      }
      (classify, locate) = (branches[0], branches[1])
      self.classes = try weights.convolution(
        "\(name).classes", inputs: width, outputs: classes, window: .same(1))
      box = try weights.convolution("\(name).box", inputs: width, outputs: 5, window: .same(1))
    }

    func apply(
      to x: Plane, into found: Plane, least: Float?, in scratch: ScratchPlanes,
      with context: Context
    ) {
      let entered = scratch[x.size, width, 5]
      enter.apply(to: x, into: entered, activation: .silu, with: context)
      run(locate, box, on: entered, into: found, in: scratch, with: context)
      if let least, !holdsBox(found, least: least) { return }
      let target = Plane(DetectionBranch.firstClass..<found.channels, of: found)
      run(classify, classes, on: entered, into: target, in: scratch, with: context)
    }

    private func run(
      _ branch: [SeparableConvolution], _ last: Convolution, on entered: Plane,
      into target: Plane, in scratch: ScratchPlanes, with context: Context
    ) {
      var x = entered
      for (index, layer) in branch.enumerated() {
        let output = scratch[x.size, width, 6 + index]
        layer.apply(to: x, through: scratch[x.size, width, 8], into: output, with: context)
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
