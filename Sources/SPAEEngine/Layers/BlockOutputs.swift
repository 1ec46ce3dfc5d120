import SPAEPyramid

/// The outputs of blocks that follow each other, of which two at a time are used: two pieces of
/// memory take turns.
///
/// What a block looks at beyond the edges must be zeros: such an input has memory of its own.
func blockOutputs(
  of blocks: [InvertedBottleneck], _ outputs: [(size: GridSize, channels: Int)], border: Int
) -> [Plane] {
  let count = outputs.map {
    Plane.count($0.size.rows, $0.size.columns, $0.channels, border: border)
  }
  let memory = (0..<2).map { _ in FloatBuffer(count: count.max() ?? 0) }
  return outputs.enumerated().map { index, output in
    let (size, channels) = output
    guard index + 1 == blocks.count || !blocks[index + 1].looksBeyondEdges else {
      return Plane(size, channels: channels, border: border)
    }
    return Plane(
      height: size.rows, width: size.columns, channels: channels, border: border,
      sharing: memory[index % 2])
  }
}
