import Glibc
import SPAEPixels
import SPAEPyramid

/// The encoder (SPAE, section 3.1): pixels, and what a classifier sees in them, to the latent z.
///
/// z is the best linear code of each patch plus what the network adds to it.
struct Encoder: Sendable {
  /// Kinds of latent cells: visited by no upper layer, or by one of four strides.
  static let kinds = 5

  private struct Stage: Sendable {
    let down: Convolution?
    let blocks: [ResidualBlock]
  }

  private struct AttentionBlock: Sendable {
    let norm1: ChannelNorm
    let qkv: Convolution
    let output: Convolution
    let norm2: ChannelNorm
    let mlp1: Convolution
    let mlp2: Convolution
  }

  private let configuration: ModelConfiguration
  private let mean: [Float]  // [patch numbers], of all patches
  private let linear: Convolution  // of a patch and the eight around it, less the mean
  /// The convolutions up to the latent grid, and the same in whole numbers, if the model has them.
  private let stem: Convolution
  private let stages: [Stage]
  private let bytes: ByteEncoder?
  private let position: Convolution
  private let kind: [Float]  // [kinds, width]
  private let semantic: Convolution?
  private let direct: (first: Convolution, second: Convolution)?
  private let attention: [AttentionBlock]
  private let norm: ChannelNorm
  private let output: Convolution

  private var width: Int { output.inputs }

  init(
    _ configuration: ModelConfiguration, instructionSet: InstructionSet,
    from weights: inout Weights
  ) throws(EngineError) {
    self.configuration = configuration
    let sizes = configuration.encoder
    let (width, latent) = (sizes.stages[2].width, configuration.latent)
    mean = try weights.floats("encoder.linear.mean", [configuration.patchNumbers])
    linear = try weights.convolution(
      "encoder.linear", inputs: configuration.patchNumbers, outputs: latent, window: .same(3),
      biased: false)
    bytes = try configuration.precision?.encoder.map { layers throws(EngineError) in
      try ByteEncoder(
        sizes, largest: layers.largest, instructionSet: instructionSet, from: &weights)
    }
    stem = try weights.convolution(
      "encoder.stem", inputs: 12, outputs: sizes.stages[0].width, window: .same(3))
    stages = try Self.stages(sizes, from: &weights)
    position = try weights.linear(
      "encoder.position", inputs: 4 * sizes.frequencies, outputs: width, biased: false)
    kind = try weights.floats("encoder.kind.weight", [Self.kinds, width])
    if configuration.semantic != nil {
      let text = 2 * configuration.text
      semantic = try weights.linear("encoder.semantic", inputs: text, outputs: width)
      direct = (
        try weights.linear("encoder.direct.first", inputs: text, outputs: sizes.semanticSkip),
        try weights.linear(
          "encoder.direct.second", inputs: sizes.semanticSkip, outputs: Self.kinds * latent)
      )
    } else {
      semantic = nil
      direct = nil
    }
    var attention: [AttentionBlock] = []
    for index in 0..<sizes.attention.blocks {
      attention.append(try Self.attentionBlock(index, sizes, width: width, from: &weights))
    }
    self.attention = attention
    norm = try weights.norm("encoder.norm", channels: width)
    output = try weights.linear("encoder.output", inputs: width, outputs: latent)
  }

  private static func stages(
    _ sizes: ModelConfiguration.Encoder, from weights: inout Weights
  ) throws(EngineError) -> [Stage] {
    let widths = sizes.stages.map(\.width)
    var stages: [Stage] = []
    for (index, stage) in sizes.stages.enumerated() {
      let name = "encoder.stages.\(index)"
      let down =
        index == 0
        ? nil
        : try weights.convolution(
          "\(name).down", inputs: widths[index - 1], outputs: stage.width, window: .apart(2))
      stages.append(
        Stage(down: down, blocks: try residualBlocks(name, stage, from: &weights)))
    }
    return stages
  }

  private static func attentionBlock(
    _ index: Int, _ sizes: ModelConfiguration.Encoder, width: Int, from weights: inout Weights
  ) throws(EngineError) -> AttentionBlock {
    let name = "encoder.attention.\(index)"
    let inner = sizes.attention.expansion * width
    return AttentionBlock(
      norm1: try weights.norm("\(name).norm1", channels: width),
      qkv: try weights.linear("\(name).qkv", inputs: width, outputs: 3 * width, biased: false),
      output: try weights.linear("\(name).output", inputs: width, outputs: width),
      norm2: try weights.norm("\(name).norm2", channels: width),
      mlp1: try weights.linear("\(name).mlp1", inputs: width, outputs: inner),
      mlp2: try weights.linear("\(name).mlp2", inputs: inner, outputs: width))
  }

  // MARK: Use

  /// The buffers of one picture.
  final class Workspace {
    fileprivate let picture: Plane
    fileprivate let halved: Plane
    fileprivate let patches: Plane
    fileprivate let stages: [StagePlanes]
    /// Between the layers in whole numbers, if there are any.
    fileprivate let bytes: ByteEncoder.Workspace
    fileprivate let positions: Plane
    /// Of each region of the classifier's grid, whose cells all have the same.
    fileprivate let semantics: Plane
    fileprivate let meant: Plane
    fileprivate let hidden: Plane
    fileprivate let direct: Plane
    fileprivate let qkv: Plane
    fileprivate let mixed: Plane
    fileprivate let inner: Plane
    fileprivate let z: Plane
    fileprivate let attention: Attention

    init(_ encoder: Encoder, shape: PyramidShape) {
      let configuration = encoder.configuration
      let sizes = configuration.encoder
      let (grid, width) = (shape.grid, sizes.stages[2].width)
      func tokens(_ channels: Int) -> Plane { Plane(grid, channels: channels, border: 0) }
      let regions = SemanticMap.size(for: shape)
      func meanings(_ channels: Int) -> Plane { Plane(regions, channels: channels, border: 0) }
      picture = Plane(grid.scaled(by: 8), channels: 3, border: 0, isDense: true)
      halved = Plane(grid.scaled(by: 4), channels: 12, isDense: true)
      patches = Plane(grid, channels: configuration.patchNumbers)
      stages = zip(sizes.stages, [4, 2, 1]).map { StagePlanes($0, size: grid.scaled(by: $1)) }
      bytes = encoder.bytes?.workspace(stages) ?? []
      positions = tokens(4 * sizes.frequencies)
      Encoder.fill(positions, frequencies: sizes.frequencies)
      semantics = meanings(2 * configuration.text)
      meant = meanings(width)
      hidden = meanings(sizes.semanticSkip)
      direct = meanings(Encoder.kinds * configuration.latent)
      qkv = tokens(3 * width)
      mixed = tokens(width)
      inner = tokens(sizes.attention.expansion * width)
      z = tokens(configuration.latent)
      attention = Attention(
        tokens: grid.count, heads: sizes.attention.heads, width: width)
    }
  }

  /// z for a picture of 8 pixels a cell, [cell, latent]; `inFloats` without any whole numbers. Where
  /// only some cells are asked for, in order, the others have zeros.
  func latent(
    of picture: PixelImage, semantics: SemanticMap?, shape: PyramidShape, inFloats: Bool = false,
    cells: [Int]? = nil, in space: Workspace, with context: Context
  ) -> [Float] {
    context.withSpinningThreads { context in
      run(picture, semantics, shape, inFloats: inFloats, cells: cells, in: space, with: context)
      return gather(shape, semantics: semantics, cells: cells, in: space, with: context)
    }
  }

  /// The network and the linear code, whose sum is z.
  private func run(
    _ picture: PixelImage, _ semantics: SemanticMap?, _ shape: PyramidShape, inFloats: Bool,
    cells: [Int]?, in space: Workspace, with context: Context
  ) {
    picture.load(into: space.picture, with: context) { Float($0) / 127.5 - 1 }
    let tokens = convolve(space, inFloats: inFloats, with: context)
    embedPositions(shape, semantics, on: tokens, in: space, with: context)
    for (index, block) in attention.enumerated() {
      // Nothing but the last block's own cells asks for what it gives.
      let own = index == attention.count - 1 ? cells : nil
      apply(block, to: tokens, cells: own, in: space, with: context)
    }
    let planes = space.stages[2]
    space.patches.unshuffle(space.picture, by: configuration.patch, with: context)
    centre(space.patches, with: context)
    linear.apply(to: space.patches, into: space.z, with: context)
    if let cells { space.z.gather(cells) }
    let area = cells.map { tokens.bounds.firstRows(holding: $0.count) } ?? tokens.bounds
    norm.apply(to: tokens, into: planes.normed, rectangle: area, with: context)
    output.apply(
      to: planes.normed, into: space.z, rectangle: area, residual: space.z, with: context)
  }

  /// Takes the mean patch away, so that what lies outside the picture, zeros, is mean patches.
  private func centre(_ patches: Plane, with context: Context) {
    context.parallel.forEachPart(
      of: patches.height, work: 8 * patches.bounds.area * patches.channels
    ) { rows in
      for row in rows {
        for column in 0..<patches.width {
          let patch = unsafe patches.pixel(row, column)
          for (i, mean) in mean.enumerated() { unsafe patch[i] -= mean }
        }
      }
    }
  }

  /// The stages from pixels to the latent grid.
  private func convolve(
    _ space: Workspace, inFloats: Bool, with context: Context
  ) -> Plane {
    space.halved.unshuffle(space.picture, by: 2, with: context)
    if let bytes, !inFloats {
      bytes.convolve(space.halved, into: space.stages, in: space.bytes, with: context)
      return space.stages[2].output
    }
    stem.apply(to: space.halved, into: space.stages[0].input, with: context)
    for (index, stage) in stages.enumerated() {
      let planes = space.stages[index]
      stage.down?.apply(
        to: space.stages[max(index, 1) - 1].output, into: planes.input, with: context)
      _ = planes.apply(
        stage.blocks, changed: planes.input.bounds, with: context, checkpoint: {})
    }
    return space.stages[2].output
  }

  /// Adds to each token where it is, its kind, and what stands there.
  private func embedPositions(
    _ shape: PyramidShape, _ semantics: SemanticMap?, on tokens: Plane, in space: Workspace,
    with context: Context
  ) {
    let grid = shape.grid
    let kinds = Self.kinds(of: shape)
    for cell in 0..<grid.count {
      let token = unsafe tokens.pixel(cell / grid.columns, cell % grid.columns)
      for i in 0..<width { unsafe token[i] += kind[kinds[cell] * width + i] }
    }
    position.apply(to: space.positions, into: tokens, residual: tokens, with: context)
    guard let semantics, let semantic else { return }
    load(semantics, into: space.semantics)
    semantic.apply(to: space.semantics, into: space.meant, with: context)
    for cell in 0..<grid.count {
      let token = unsafe tokens.pixel(cell / grid.columns, cell % grid.columns)
      let meant = unsafe Self.region(of: cell, grid: grid, in: space.meant)
      for i in 0..<width { unsafe token[i] += meant[i] }
    }
  }

  /// Waves along both axes, which tell each cell where it is; a side of any length has the same.
  private static func fill(_ positions: Plane, frequencies: Int) {
    let grid = positions.size
    for cell in 0..<grid.count {
      let (row, column) = (cell / grid.columns, cell % grid.columns)
      let features = unsafe positions.pixel(row, column)
      for (axis, at) in [(column, grid.columns), (row, grid.rows)].enumerated() {
        for k in 0..<frequencies {
          let angle = Float(1 << k) * Float.pi * (Float(at.0) + 0.5) / Float(at.1)
          let start = 2 * (axis * frequencies + k)
          unsafe features[start] = sinf(angle)
          unsafe features[start + 1] = cosf(angle)
        }
      }
    }
  }

  /// [what stands at the region, the whole picture] x scale, for each region of the classifier's.
  private func load(_ semantics: SemanticMap, into plane: Plane) {
    let scale = configuration.semantic?.scale ?? 1
    let grid = semantics.grid
    for region in 0..<grid.count {
      let (row, column) = (region / grid.columns, region % grid.columns)
      let target = unsafe plane.pixel(row, column)
      for (i, value) in semantics.cell(row, column).enumerated() {
        unsafe target[i] = value * scale
      }
      for (i, value) in semantics.whole.enumerated() {
        unsafe target[configuration.text + i] = value * scale
      }
    }
  }

  /// The pixel of the classifier's region that holds a latent cell.
  private static func region(
    of cell: Int, grid: GridSize, in regions: Plane
  ) -> UnsafeMutablePointer<Float> {
    unsafe regions.pixel(
      cell / grid.columns * regions.height / grid.rows,
      cell % grid.columns * regions.width / grid.columns)
  }

  /// x += output(attention(norm1 x)); x += mlp2(SiLU(mlp1(norm2 x))).
  ///
  /// Where only some cells are asked for, theirs stand one after the other in the first rows.
  private func apply(
    _ block: AttentionBlock, to tokens: Plane, cells: [Int]?, in space: Workspace,
    with context: Context
  ) {
    let normed = space.stages[2].normed
    let area = cells.map { tokens.bounds.firstRows(holding: $0.count) } ?? tokens.bounds
    block.norm1.apply(to: tokens, into: normed, with: context)
    block.qkv.apply(to: normed, into: space.qkv, with: context)
    if let cells { tokens.gather(cells) }
    space.attention.apply(to: space.qkv, into: space.mixed, cells: cells, with: context)
    block.output.apply(
      to: space.mixed, into: tokens, rectangle: area, residual: tokens, with: context)
    block.norm2.apply(to: tokens, into: normed, rectangle: area, with: context)
    block.mlp1.apply(
      to: normed, into: space.inner, rectangle: area, activation: .silu, with: context)
    block.mlp2.apply(
      to: space.inner, into: tokens, rectangle: area, residual: tokens, with: context)
  }

  /// z as an array, with the direct path's output for each cell's kind.
  private func gather(
    _ shape: PyramidShape, semantics: SemanticMap?, cells: [Int]?, in space: Workspace,
    with context: Context
  ) -> [Float] {
    let (grid, latent) = (shape.grid, configuration.latent)
    if let direct, semantics != nil {
      direct.first.apply(
        to: space.semantics, into: space.hidden, activation: .silu, with: context)
      direct.second.apply(to: space.hidden, into: space.direct, with: context)
    }
    let kinds = Self.kinds(of: shape)
    let hasDirect = direct != nil && semantics != nil
    var latents = [Float](repeating: 0, count: grid.count * latent)
    for (index, cell) in (cells ?? Array(0..<grid.count)).enumerated() {
      let z = unsafe space.z.pixel(index / grid.columns, index % grid.columns)
      let added = unsafe Self.region(of: cell, grid: grid, in: space.direct) + kinds[cell] * latent
      for i in 0..<latent { unsafe latents[cell * latent + i] = z[i] + (hasDirect ? added[i] : 0) }
    }
    return latents
  }

  /// The kind of each latent cell: 0, or by the stride of the upper layer that visits it.
  static func kinds(of shape: PyramidShape) -> [Int] {
    var kinds = [Int](repeating: 0, count: shape.grid.count)
    for layer in 1..<shape.depth - 1 {
      let kind = max(1, Self.kinds - shape.stride(ofLayer: layer).trailingZeroBitCount)
      for cell in shape.cells(ofLayer: layer) { kinds[shape.latentIndex(of: cell)] = kind }
    }
    return kinds
  }
}

/// The residual blocks of one stage.
func residualBlocks(
  _ name: String, _ stage: ModelConfiguration.Stage, from weights: inout Weights
) throws(EngineError) -> [ResidualBlock] {
  var blocks: [ResidualBlock] = []
  for (index, block) in stage.blocks.enumerated() {
    blocks.append(
      try ResidualBlock(
        "\(name).blocks.\(index)", width: stage.width, block: block, from: &weights))
  }
  return blocks
}
