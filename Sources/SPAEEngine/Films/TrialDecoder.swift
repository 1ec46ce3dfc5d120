import SPAEPixels
import SPAEPyramid

/// Decodes words that a film's search tries, in whole numbers where the model refines words so: no
/// person sees these pictures (docs/algorithm.md, "Precision").
final class TrialDecoder {
  private let model: Model
  private let cells: LatentCells
  private let space: Decoder.Workspace
  private let bytes: ByteDecoder.Workspace

  /// nil where the model computes in floats alone.
  init?(_ model: Model, shape: PyramidShape) {
    guard let decoder = model.decoder.bytes else { return nil }
    self.model = model
    cells = LatentCells(shape: shape, depth: shape.depth, search: model.configuration.search)
    space = Decoder.Workspace(model.configuration, shape: shape)
    bytes = ByteDecoder.Workspace(
      decoder, widths: model.configuration.decoder.stages.map(\.width), grid: shape.grid)
  }

  /// The picture of all words of a pyramid.
  func picture(of words: [Int32]) -> PixelImage {
    let estimates = Quantizer(codebook: model.codebook)
      .estimates(of: words, shape: cells.shape, depth: cells.depth)
    model.context.withSpinningThreads { context in
      model.decoder.decode(
        estimates, upsampling: cells.upsampling, in: space, bytes: bytes, with: context)
    }
    let size = space.pictureBounds
    var image = PixelImage(
      width: size.columns.count, height: size.rows.count, colour: .white)
    space.draw(size, onto: &image)
    return image
  }
}
