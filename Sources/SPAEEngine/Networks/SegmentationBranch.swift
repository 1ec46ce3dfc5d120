package import SPAEPixels
package import SPAEPyramid

/// The frozen network that says which of some classes each pixel is (MOSAIC, arXiv 2112.11623).
///
/// Inverted bottlenecks down to a sixteenth of the picture's side, a pyramid of pooled grids, and a
/// decoder up to a quarter of the side.
package struct SegmentationBranch: Sendable {
  let sizes: ModelConfiguration.Segmentation
  private let stem: Convolution
  private let blocks: [InvertedBottleneck]
  private let head: BottleneckConvolution
  /// For each grid one for each part of the features.
  private let pyramid: [[SeparableConvolution]]
  private let merge: Convolution
  private let join: Convolution
  private let coarse: SeparableConvolution
  private let fine: BottleneckConvolution
  /// What the bytes of the middle block stand for, if it gives bytes.
  private let middle: ByteScale?

  /// With a precision its layers up to the features compute in whole numbers.
  package init(
    path: String, sizes: ModelConfiguration.Segmentation,
    precision: ModelConfiguration.Precision.Layers? = nil, instructionSet: InstructionSet
  ) throws(EngineError) {
    var weights = Weights(try Safetensors(path: path), path: path, keepsHalves: true)
    let layers = Layers(
      sizes: sizes, largest: precision?.largest, instructionSet: instructionSet)
    try self.init(layers, from: &weights)
    try weights.finish()
  }

  private init(_ layers: Layers, from weights: inout Weights) throws(EngineError) {
    sizes = layers.sizes
    let (pyramid, decoder, classes) = (sizes.pyramid, sizes.decoder, sizes.classes.count)
    stem = try layers.stem(from: &weights)
    blocks = try layers.blocks(from: &weights)
    head = try layers.head(from: &weights)
    self.pyramid = try Self.pyramid(sizes, from: &weights)
    let pooled = pyramid.grids.count * pyramid.kernels.count * pyramid.width
    func pointwise(_ name: String, _ inputs: Int, _ outputs: Int) throws(EngineError) -> Convolution
    {
      try weights.convolution(name, inputs: inputs, outputs: outputs, window: .same(1))
    }
    merge = try pointwise("merge", pooled + sizes.head, pyramid.output)
    join = try pointwise(
      "join", pyramid.output + sizes.blocks[decoder.middle].inner, decoder.width)
    fine = try layers.fine(from: &weights)
    middle = layers.filtered(decoder.middle)
    coarse = try weights.separable(
      "coarse", inputs: decoder.width, outputs: classes, window: .same(3), activation: .relu)
  }

  private static func pyramid(
    _ sizes: ModelConfiguration.Segmentation, from weights: inout Weights
  ) throws(EngineError) -> [[SeparableConvolution]] {
    let part = sizes.head / sizes.pyramid.kernels.count
    var pyramid: [[SeparableConvolution]] = []
    for grid in sizes.pyramid.grids.indices {
      var branches: [SeparableConvolution] = []
      for (index, kernel) in sizes.pyramid.kernels.enumerated() {
        branches.append(
          try weights.separable(
            "pyramid.\(grid).\(index)", inputs: part, outputs: sizes.pyramid.width,
            window: .same(kernel), activation: .relu))
      }
      pyramid.append(branches)
    }
    return pyramid
  }

  // MARK: Use

  /// The buffers of one picture.
  package final class Workspace {
    fileprivate let input: Plane
    fileprivate let stem: Plane
    fileprivate let blocks: [(bands: [InvertedBottleneck.Band], output: Plane)]
    /// What the pyramid sees beside the features themselves.
    fileprivate let seen: Plane
    fileprivate let merged: Plane
    /// The last block's output as bytes, where the head reads bytes.
    fileprivate let seenByHead: BytePlane?
    /// The merged features beside the middle block's.
    fileprivate let joined: Plane
    /// What the middle and the fine block filter, for the decoder.
    fileprivate let middle: AnyPlane
    fileprivate let fine: AnyPlane
    fileprivate let scratch = ScratchPlanes()
    /// The logits, [height / 4, width / 4, classes].
    fileprivate let logits: Plane

    /// For views of a size.
    package init(_ branch: SegmentationBranch, size: GridSize, threads: Int) {
      let (sizes, decoder) = (branch.sizes, branch.sizes.decoder)
      func plane(_ size: GridSize, _ channels: Int) -> Plane {
        Plane(size, channels: channels, border: 2)
      }
      let after = sizes.blocks.reduce(into: [size.halved]) { sizes, block in
        let last = sizes[sizes.count - 1]
        sizes.append(block.stride == 1 ? last : last.halved)
      }
      var bands = InvertedBottleneck.Bands(threads: threads)
      input = Plane(size, channels: 3, border: 2, isDense: true)
      stem = plane(after[0], sizes.stem)
      let outputs = blockOutputs(
        of: branch.blocks, zip(after.dropFirst(), sizes.blocks).map { ($0, $1.output) }, border: 2)
      blocks = sizes.blocks.indices.map { index in
        (
          bands.of(branch.blocks[index], input: after[index], size: after[index + 1]),
          outputs[index]
        )
      }
      let last = after[sizes.blocks.count]
      let pooled = branch.merge.inputs - sizes.head
      seen = plane(last, pooled + sizes.head)
      merged = plane(last, sizes.pyramid.output)
      let middleSize = after[decoder.middle + 1]
      let joined = plane(middleSize, branch.join.inputs)
      self.joined = joined
      middle =
        branch.middle.map { _ in
          .bytes(BytePlane(middleSize, channels: sizes.blocks[decoder.middle].inner, zero: 0))
        } ?? .floats(Plane(sizes.pyramid.output..<joined.channels, of: joined))
      let fineSize = after[decoder.fine + 1]
      let fineWidth = sizes.blocks[decoder.fine].inner
      fine =
        branch.fine.byteScale.map { _ in
          .bytes(BytePlane(fineSize, channels: fineWidth, zero: 0))
        } ?? .floats(plane(fineSize, fineWidth))
      seenByHead = branch.head.byteScale.map {
        BytePlane(last, channels: branch.head.inputs, zero: UInt8($0.zero))
      }
      logits = plane(fineSize, sizes.classes.count)
    }
  }

  /// The classes' logits for each pixel of a quarter of the sides, [row, column, class], of a view
  /// of the workspace's size.
  package func logits(
    of view: PixelImage, in space: Workspace, with context: Context
  ) -> Plane {
    let scale: Float = middle == nil ? 127.5 : 1  // whole numbers are left as they are
    view.load(into: space.input, with: context) { (Float($0) - 128) / scale }
    stem.apply(to: space.input, into: space.stem, activation: .relu, with: context)
    var x = space.stem
    for (index, (block, planes)) in zip(blocks, space.blocks).enumerated() {
      let kept = [sizes.decoder.middle: space.middle, sizes.decoder.fine: space.fine][index]
      block.apply(to: x, into: planes.output, keeping: kept, in: planes.bands, with: context)
      x = planes.output
    }
    let pooled = space.seen.channels - sizes.head
    let features = Plane(pooled..<space.seen.channels, of: space.seen)
    head.apply(to: x, seenAs: space.seenByHead, into: features, .relu, with: context)
    look(at: features, into: space.seen, in: space.scratch, with: context)
    merge.apply(to: space.seen, into: space.merged, activation: .relu, with: context)
    decode(in: space, with: context)
    return space.logits
  }

  /// Puts what is seen of the features from farther away before them.
  private func look(
    at features: Plane, into seen: Plane, in scratch: ScratchPlanes, with context: Context
  ) {
    let (width, part) = (sizes.pyramid.width, sizes.head / sizes.pyramid.kernels.count)
    let all = width * sizes.pyramid.kernels.count
    for (index, (side, branches)) in zip(sizes.pyramid.grids, pyramid).enumerated() {
      let grid = sizes.pooled(side, of: features.size)
      let pooled = scratch[grid, sizes.head]
      features.average(into: pooled, with: context)
      let target = Plane(index * all..<(index + 1) * all, of: seen)
      let found = scratch[grid, all, 2]
      for (number, branch) in branches.enumerated() {
        branch.apply(
          to: Plane(number * part..<(number + 1) * part, of: pooled),
          through: scratch[grid, part, 1],
          into: Plane(number * width..<(number + 1) * width, of: found), with: context)
      }
      found.enlarge(into: target, with: context)
    }
  }

  /// Brings the merged features back to a quarter of the side.
  private func decode(in space: Workspace, with context: Context) {
    let (size, scratch) = (space.joined.size, space.scratch)
    space.merged.enlarge(
      into: Plane(0..<sizes.pyramid.output, of: space.joined), with: context)
    if let middle {
      space.middle.bytes.widen(
        into: Plane(sizes.pyramid.output..<space.joined.channels, of: space.joined),
        step: Float(middle.step), with: context)
    }
    let joined = scratch[size, sizes.decoder.width]
    join.apply(to: space.joined, into: joined, activation: .relu, with: context)
    let low = scratch[size, sizes.classes.count, 1]
    coarse.apply(
      to: joined, through: scratch[size, sizes.decoder.width, 1], into: low, with: context)
    fine.apply(to: space.fine, into: space.logits, .relu, with: context)
    low.enlarge(into: space.logits, adding: true, with: context)
  }
}

extension ModelConfiguration.Segmentation {
  /// The side of the planes behind the stem and so many blocks.
  func side(after count: Int) -> Int {
    blocks.prefix(count).reduce((input + 1) / 2) { ($0 + $1.stride - 1) / $1.stride }
  }

  /// The grid that features of a size are pooled to where those of a square view are pooled to
  /// `side` cells a side: windows stay about as large.
  func pooled(_ side: Int, of features: GridSize) -> GridSize {
    let square = self.side(after: blocks.count)
    func cells(_ length: Int) -> Int {
      min(length, max(1, (2 * side * length + square) / (2 * square)))
    }
    return GridSize(rows: cells(features.rows), columns: cells(features.columns))
  }
}
