import SPAEPixels
import SPAEPyramid

/// The last layer's words, chosen once more by the error of the picture that all words give.
///
/// Streaming average quantization asks each cell's words to come near its latent, whatever the cells
/// around it came to. Once every word is chosen, the picture tells what they all missed. The
/// decoder's linear path says how a cell changes its own patch and the eight around; what its network
/// adds is taken to stay as it is. A quarter of the cells moves at a time, no two of them side by
/// side, and the next quarter sees what is left.
struct Refinement {
  private static let quarters = [(0, 0), (0, 1), (1, 0), (1, 1)]

  let codebook: Codebook
  let decoder: Decoder

  /// The buffers of one picture: a cell's patch, [channel, row, column], or its latent.
  final class Workspace {
    fileprivate let errors: Plane  // of the words before, and what the linear path gave for them
    fileprivate let left: Plane  // what is left of the errors
    fileprivate let steps: Plane

    init(_ configuration: ModelConfiguration, shape: PyramidShape) {
      func cells(_ channels: Int) -> Plane {
        Plane(height: shape.grid, width: shape.grid, channels: channels)
      }
      errors = cells(configuration.patchNumbers)
      left = cells(configuration.patchNumbers)
      steps = cells(configuration.latent)
    }
  }

  /// All words of a picture, of which the last layer's may differ from those that were given.
  func words(
    _ words: [Int32], of picture: PixelImage, shape: PyramidShape, in space: Workspace,
    decodedIn decoded: Decoder.Workspace, with context: Context
  ) -> [Int32] {
    let quantizer = Quantizer(codebook: codebook)
    let cells = LatentCells(shape: shape, depth: shape.depth)
    let first = shape.wordCount - shape.grid * shape.grid  // of the last layer's words
    context.log?.enter("decoder")
    decoder.decode(
      quantizer.estimates(of: words, shape: shape, depth: shape.depth), fill: cells.fill,
      in: decoded, with: context)
    note(picture, in: space, decodedIn: decoded)
    context.log?.enter("refinement")
    var words = words
    for (row, column) in Self.quarters {
      subtract(decoded.linear.patches, in: space)
      decoder.linear.correction.apply(to: space.left, into: space.steps, with: context)
      let quarter = stride(from: row, to: shape.grid, by: 2).flatMap { row in
        stride(from: column, to: shape.grid, by: 2).map { row * shape.grid + $0 }
      }
      let old = quarter.map { words[first + $0] }
      let targets = zip(quarter, old).flatMap { cell, word in
        target(of: cell, word, visits: cells.words(of: cell, in: words).count, in: space)
      }
      let new = codebook.nearest(to: targets, with: context)
      for (index, cell) in quarter.enumerated() where new[index] != old[index] {
        words[first + cell] = new[index]
        let estimate = quantizer.estimate(of: cells.words(of: cell, in: words))
        decoder.linear.set(
          row: cell / shape.grid, column: cell % shape.grid, to: estimate[...],
          label: cells.fill.label[cell], in: decoded.linear, with: context)
      }
      decoder.linear.refresh(decoded.cells, in: decoded.linear, with: context)
    }
    return words
  }

  /// Notes what the decoded picture misses, with what the linear path gave.
  private func note(
    _ picture: PixelImage, in space: Workspace, decodedIn decoded: Decoder.Workspace
  ) {
    let side = picture.width
    let patch = side / space.errors.width
    let found = unsafe decoded.picture(side: side)
    let given = decoded.linear.patches
    for row in 0..<side {
      for column in 0..<side {
        let number = row % patch * patch + column % patch
        let error = unsafe space.errors.pixel(row / patch, column / patch) + number
        let linear = unsafe given.pixel(row / patch, column / patch) + number
        let pixel = (row * side + column) * 3
        for channel in 0..<3 {
          let wanted = Float(picture.pixels[pixel + channel]) / 127.5 - 1
          unsafe error[channel * patch * patch] =
            unsafe wanted - found[pixel + channel] + linear[channel * patch * patch]
        }
      }
    }
  }

  private func subtract(_ given: Plane, in space: Workspace) {
    for row in 0..<given.height {
      for column in 0..<given.width {
        let left = unsafe space.left.pixel(row, column)
        let error = unsafe space.errors.pixel(row, column)
        let linear = unsafe given.pixel(row, column)
        for i in 0..<given.channels { unsafe left[i] = error[i] - linear[i] }
      }
    }
  }

  /// What a cell's last word should equal, so that the mean of its words makes the step.
  private func target(
    of cell: Int, _ word: Int32, visits: Int, in space: Workspace
  ) -> [Float] {
    let step = unsafe space.steps.pixel(cell / space.steps.width, cell % space.steps.width)
    let code = unsafe codebook.codes.floats + Int(word) * codebook.latent
    return (0..<codebook.latent).map { unsafe code[$0] + Float(visits) * step[$0] }
  }
}
