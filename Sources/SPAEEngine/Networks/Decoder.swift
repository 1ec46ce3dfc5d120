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
  private let classEmbedding: [Float]  // [class, width]
  private let stages: [Stage]
  private let norm: ChannelNorm
  private let output: Convolution
  let linear: ConditionalLinearDecoder
  /// The same network in whole numbers, if the model refines words by it.
  let bytes: ByteDecoder?

  private var width: Int { input.outputs }

  init(
    _ configuration: ModelConfiguration, instructionSet: InstructionSet,
    from weights: inout Weights
  ) throws(EngineError) {
    self.configuration = configuration
    bytes = try configuration.precision?.refinement.map { layers throws(EngineError) in
      try ByteDecoder(
        configuration, largest: layers.largest, instructionSet: instructionSet, from: &weights)
    }
    let sizes = configuration.decoder.stages
    let (width, latent) = (sizes[0].width, configuration.latent)
    scale = try weights.floats("decoder.scale", [latent])
    input = try weights.convolution(
      "decoder.input", inputs: latent, outputs: width, window: .same(1))
    classEmbedding = try weights.floats("decoder.label.weight", [LatentUpsampling.classes, width])
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
    linear = try ConditionalLinearDecoder(configuration, from: &weights)
  }

  private static func up(
    _ name: String, _ inputs: Int, _ outputs: Int, from weights: inout Weights
  ) throws(EngineError) -> UpConvolution {
    UpConvolution(
      weights: try weights.floats("\(name).weight", [4 * outputs, inputs, 1, 1]),
      bias: try weights.floats("\(name).bias", [4 * outputs]), inputs: inputs, outputs: outputs)
  }

  // MARK: Use

  /// The network's planes.
  struct NetworkPlanes {
    let latent: Plane  // the estimates in the network's scale
    let classes: Plane
    let stages: [StagePlanes]
    let detail: Plane
  }

  /// The buffers of one picture.
  @safe final class Workspace: @unchecked Sendable {
    let linear: ConditionalLinearDecoder.Planes
    fileprivate let network: NetworkPlanes
    fileprivate var latent: Plane { network.latent }
    fileprivate var classes: Plane { network.classes }
    fileprivate var stages: [StagePlanes] { network.stages }
    fileprivate var detail: Plane { network.detail }
    fileprivate let pixels: FloatBuffer  // [height, width, 3]

    /// Keeps every block's output if asked to, so that a part of the picture can be computed anew.
    init(_ configuration: ModelConfiguration, shape: PyramidShape, keepsBlocks: Bool = false) {
      let sizes = configuration.decoder.stages
      let grid = shape.grid
      linear = ConditionalLinearDecoder.Planes(configuration, grid: grid)
      network = NetworkPlanes(
        latent: Plane(grid, channels: configuration.latent, border: 0),
        classes: Plane(grid, channels: sizes[0].width),
        stages: zip(sizes, [1, 2, 4]).map {
          StagePlanes($0, size: grid.scaled(by: $1), keepsBlocks: keepsBlocks)
        },
        detail: Plane(grid.scaled(by: 4), channels: 12))
      pixels = FloatBuffer(count: 64 * grid.count * 3)
    }

    /// The picture that was assembled last, RGB in [-1, 1], row after row.
    var picture: UnsafeBufferPointer<Float> {
      unsafe UnsafeBufferPointer(start: pixels.floats, count: 4 * detail.bounds.area * 3)
    }

    /// All of the picture's pixels.
    var pictureBounds: Rectangle { detail.bounds.scaled(by: 2) }

    /// All cells of the latent grid.
    var cells: Rectangle { latent.bounds }

    /// Draws an assembled part onto a picture whose first pixel is the whole picture's `origin`.
    func draw(
      _ area: Rectangle, onto image: inout PixelImage, origin: (row: Int, column: Int) = (0, 0)
    ) {
      let (whole, width) = (2 * detail.width, image.width)
      unsafe image.pixels.withUnsafeMutableBufferPointer { target in
        for row in area.rows {
          let from = (row * whole + area.columns.lowerBound) * 3
          let column = area.columns.lowerBound - origin.column
          let to = ((row - origin.row) * width + column) * 3
          for i in 0..<area.columns.count * 3 {
            unsafe target[to + i] = Decoder.byte(pixels.floats[from + i])
          }
        }
      }
    }
  }

  /// A number of [-1, 1] as one of 0...255, half to even.
  static func byte(_ value: Float) -> UInt8 {
    // 1.5 x 2^23: adding it rounds to a whole number, which then stands in the lowest bits.
    UInt8(truncatingIfNeeded: ((value + 1) * 127.5 + 12_582_912).bitPattern)
  }

  /// Decodes estimates, [cell, latent], filled as the depth asks.
  func decode(
    _ estimates: [Float], upsampling: LatentUpsampling, in space: Workspace, with context: Context
  ) {
    load(estimates, upsampling: upsampling, into: space, with: context)
    refresh(space.cells, in: space, with: context, checkpoint: {})
    assemble(space.pictureBounds, in: space, with: context)
  }

  /// The same in whole numbers, if the model refines words so: no picture that a person sees.
  func decode(
    _ estimates: [Float], upsampling: LatentUpsampling, in space: Workspace,
    bytes own: ByteDecoder.Workspace?, with context: Context
  ) {
    guard let bytes, let own else {
      return decode(estimates, upsampling: upsampling, in: space, with: context)
    }
    load(estimates, upsampling: upsampling, into: space, with: context)
    linear.refresh(space.cells, in: space.linear, with: context)
    bytes.refresh(space.cells, of: space.network, in: own, with: context)
    assemble(space.pictureBounds, in: space, with: context)
  }

  /// Runs the linear code, and the network in whole numbers, on all that a rectangle of cells reaches;
  /// the network in floats where the model has no other.
  func refresh<E>(
    _ cells: Rectangle, in space: Workspace, bytes own: ByteDecoder.Workspace?,
    with context: Context, checkpoint: () throws(E) -> Void
  ) throws(E) {
    guard let bytes, let own else {
      return try refresh(cells, in: space, with: context, checkpoint: checkpoint)
    }
    try checkpoint()
    linear.refresh(cells, in: space.linear, with: context)
    bytes.refresh(cells, of: space.network, in: own, with: context)
  }

  /// Sets what every cell is decoded from.
  func load(
    _ estimates: [Float], upsampling: LatentUpsampling, into space: Workspace, with context: Context
  ) {
    space.linear.stride = upsampling.stride
    let latent = configuration.latent
    unsafe set(
      Array(upsampling.sources.indices), cellClasses: upsampling.cellClass, in: space, with: context
    ) { unsafe upsampling.blend(at: $0, latent: latent, of: estimates, into: $1) }
  }

  /// Sets what some cells, in order, are decoded from: an estimate, [latent], of each, and its class
  /// among those of all cells.
  func set(
    _ cells: [Int], cellClasses: [Int], in space: Workspace, with context: Context,
    to estimate: @Sendable (_ cell: Int, _ target: UnsafeMutablePointer<Float>) -> Void
  ) {
    let latent = configuration.latent
    unsafe linear.set(cells, cellClasses: cellClasses, in: space.linear, with: context) {
      cell, own in
      let (row, column) = (cell / space.latent.width, cell % space.latent.width)
      unsafe estimate(cell, own)
      let scaled = unsafe space.latent.pixel(row, column)
      for i in 0..<latent { unsafe scaled[i] = own[i] * scale[i] }
      let target = unsafe space.classes.pixel(row, column)
      for i in 0..<width { unsafe target[i] = classEmbedding[cellClasses[cell] * width + i] }
    }
  }

  /// Runs the linear code and the network on all that a rectangle of cells reaches.
  func refresh<E>(
    _ cells: Rectangle, in space: Workspace, with context: Context,
    checkpoint: () throws(E) -> Void
  ) throws(E) {
    linear.refresh(cells, in: space.linear, with: context)
    var area = cells
    input.apply(
      to: space.latent, into: space.stages[0].input, rectangle: area, residual: space.classes,
      with: context)
    for (index, stage) in stages.enumerated() {
      let planes = space.stages[index]
      if let up = stage.up {
        let coarse = space.stages[index - 1].output
        try inBands(of: area, work: up.work, checkpoint: checkpoint) { band in
          up.apply(to: coarse, into: planes.input, rectangle: band, with: context)
        }
        area = area.scaled(by: 2)
      }
      area = try planes.apply(
        stage.blocks, changed: area, with: context, checkpoint: checkpoint)
    }
    let last = space.stages[2]
    let reached = area.grown(by: output.reach, within: last.output.bounds)
    let seen = reached.grown(by: output.reach, within: last.output.bounds)
    norm.apply(to: last.output, into: last.normed, rectangle: seen, with: context)
    try inBands(of: reached, work: output.work, checkpoint: checkpoint) { band in
      output.apply(to: last.normed, into: space.detail, rectangle: band, with: context)
    }
  }

  /// The pixels that a rectangle of cells, of all that there are, reaches.
  func pixelsReached(by cells: Rectangle, of all: Rectangle) -> Rectangle {
    var (area, bounds) = (cells, all)
    let patches = cells.grown(by: linear.reach, within: all).scaled(by: configuration.patch)
    for stage in stages {
      if stage.up != nil { (area, bounds) = (area.scaled(by: 2), bounds.scaled(by: 2)) }
      for block in stage.blocks { area = area.grown(by: block.reach, within: bounds) }
    }
    return area.grown(by: output.reach, within: bounds).scaled(by: 2).union(patches)
  }

  /// Each pixel is its patch's linear code and the network's detail, clamped to [-1, 1].
  func assemble(_ area: Rectangle, in space: Workspace, with context: Context) {
    let (patch, width) = (configuration.patch, 2 * space.detail.width)
    let (target, colours, detail) = (space.pixels, space.linear.patches, space.detail)
    context.parallel.forEachPart(of: area.rows.count, work: 30 * area.area) { part in
      for row in part.lowerBound + area.rows.lowerBound..<part.upperBound + area.rows.lowerBound {
        for column in area.columns {
          let code =
            unsafe colours.pixel(row / patch, column / patch)
            + row % patch * patch + column % patch
          let added = unsafe detail.pixel(row / 2, column / 2) + row % 2 * 2 + column % 2
          let pixel = unsafe target.floats + (row * width + column) * 3
          for channel in 0..<3 {
            let colour = unsafe code[channel * patch * patch] + added[channel * 4]
            unsafe pixel[channel] = min(max(colour, -1), 1)
          }
        }
      }
    }
  }
}
