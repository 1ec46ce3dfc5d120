import SPAEPixels
import SPAEPyramid

/// The decoder (SPAE, section 3.1): the mean of each cell's words to pixels.
///
/// Nothing in it looks at a whole plane, so a changed word reaches a bounded rectangle of the
/// picture. A picture is the linear code's inverse plus what the network adds to it.
struct Decoder: Sendable {
  private struct Stage: Sendable {
    let up: UpConvolution?
    let blocks: [ResidualBlock]
  }

  private let configuration: ModelConfiguration
  private let scale: [Float]  // [latent]
  private let input: Convolution
  private let label: [Float]  // [labels, width]
  private let stages: [Stage]
  private let norm: ChannelNorm
  private let output: Convolution
  private let basis: [Float]  // [labels, latent, patch numbers]
  private let mean: [Float]  // [patch numbers]

  private var width: Int { input.outputs }

  init(_ configuration: ModelConfiguration, from weights: inout Weights) throws(EngineError) {
    self.configuration = configuration
    let sizes = configuration.decoder.stages
    let (width, latent) = (sizes[0].width, configuration.latent)
    let numbers = configuration.patchNumbers
    scale = try weights.floats("decoder.scale", [latent])
    input = try weights.convolution(
      "decoder.input", inputs: latent, outputs: width, window: .same(1))
    label = try weights.floats("decoder.label.weight", [PyramidFill.labels, width])
    var stages: [Stage] = []
    for (index, stage) in sizes.enumerated() {
      let name = "decoder.stages.\(index)"
      let up =
        index == 0
        ? nil : try Self.up("\(name).up", sizes[index - 1].width, stage.width, from: &weights)
      stages.append(Stage(up: up, blocks: try residualBlocks(name, stage, from: &weights)))
    }
    self.stages = stages
    norm = try weights.norm("decoder.norm", channels: sizes[2].width)
    output = try weights.convolution(
      "decoder.output", inputs: sizes[2].width, outputs: 12, window: .same(3))
    basis = try weights.floats("decoder.linear.basis", [PyramidFill.labels, latent, numbers])
    mean = try weights.floats("decoder.linear.mean", [numbers])
  }

  private static func up(
    _ name: String, _ inputs: Int, _ outputs: Int, from weights: inout Weights
  ) throws(EngineError) -> UpConvolution {
    UpConvolution(
      weights: try weights.floats("\(name).weight", [4 * outputs, inputs, 1, 1]),
      bias: try weights.floats("\(name).bias", [4 * outputs]), inputs: inputs, outputs: outputs)
  }

  // MARK: Use

  /// The buffers of one picture.
  @safe final class Workspace {
    fileprivate let latent: Plane
    fileprivate let labels: Plane
    fileprivate let stages: [StagePlanes]
    fileprivate let detail: Plane
    fileprivate let pixels: UnsafeMutablePointer<Float>  // [N, N, 3]

    init(_ configuration: ModelConfiguration, shape: PyramidShape) {
      let sizes = configuration.decoder.stages
      let grid = shape.grid
      latent = Plane(height: grid, width: grid, channels: configuration.latent)
      labels = Plane(height: grid, width: grid, channels: sizes[0].width)
      stages = zip(sizes, [1, 2, 4]).map { StagePlanes($0, side: $1 * grid) }
      detail = Plane(height: 4 * grid, width: 4 * grid, channels: 12)
      unsafe pixels = alignedFloats(64 * grid * grid * 3)
    }

    deinit { unsafe pixels.deallocate() }

    /// The picture that was decoded last, RGB in [-1, 1].
    func picture(side: Int) -> UnsafeBufferPointer<Float> {
      unsafe UnsafeBufferPointer(start: pixels, count: side * side * 3)
    }
  }

  /// Decodes estimates, [cell, latent], filled as the depth asks.
  func decode(
    _ estimates: [Float], fill: PyramidFill, grid: Int, in space: Workspace, with context: Context
  ) {
    load(estimates, fill: fill, grid: grid, into: space)
    input.apply(
      to: space.latent, into: space.stages[0].x, residual: space.labels, with: context)
    for (index, stage) in stages.enumerated() {
      let planes = space.stages[index]
      stage.up?.apply(to: space.stages[max(index, 1) - 1].x, into: planes.x, with: context)
      for block in stage.blocks { block.apply(to: planes, with: context) }
    }
    norm.apply(to: space.stages[2].x, into: space.stages[2].normed, with: context)
    output.apply(to: space.stages[2].normed, into: space.detail, with: context)
    assemble(estimates, fill: fill, grid: grid, in: space, with: context)
  }

  private func load(_ estimates: [Float], fill: PyramidFill, grid: Int, into space: Workspace) {
    let latent = configuration.latent
    for cell in 0..<grid * grid {
      let z = unsafe space.latent.pixel(cell / grid, cell % grid)
      for i in 0..<latent { unsafe z[i] = estimates[fill.source[cell] * latent + i] * scale[i] }
      let target = unsafe space.labels.pixel(cell / grid, cell % grid)
      for i in 0..<width { unsafe target[i] = label[fill.label[cell] * width + i] }
    }
  }

  /// Each patch is its linear code's inverse plus the network's detail, clamped to [-1, 1].
  private func assemble(
    _ estimates: [Float], fill: PyramidFill, grid: Int, in space: Workspace,
    with context: Context
  ) {
    let (numbers, latent, patch) = (mean.count, configuration.latent, configuration.patch)
    let target = unsafe SharedFloats(space.pixels)
    let detail = space.detail
    context.parallel.forEachPart(of: grid, work: grid * grid * numbers * latent) { rows in
      var colours = mean
      for cell in rows.lowerBound * grid..<rows.upperBound * grid {
        for i in 0..<numbers { colours[i] = mean[i] }
        for component in 0..<latent {
          let share = estimates[fill.source[cell] * latent + component]
          let row = (fill.label[cell] * latent + component) * numbers
          for i in 0..<numbers { colours[i] += share * basis[row + i] }
        }
        for i in 0..<numbers {
          let (channel, y, x) = (i / (patch * patch), i / patch % patch, i % patch)
          let (row, column) = (cell / grid * patch + y, cell % grid * patch + x)
          let added = unsafe detail.pixel(row / 2, column / 2)[
            channel * 4 + row % 2 * 2 + column % 2]
          unsafe target.floats[(row * grid * patch + column) * 3 + channel] =
            min(max(colours[i] + added, -1), 1)
        }
      }
    }
  }
}
