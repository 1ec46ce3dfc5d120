/// What the first lines of a film say: whose words, of which clip, how large and how fast.
package struct FilmHeader: Hashable, Sendable {
  package var model: PyramidDocument.ModelName
  /// The clip that was encoded, and its pixels.
  package var source: PyramidDocument.Source
  /// The shape of every frame's pyramid.
  package var shape: PyramidShape
  package var rate: FrameRate
  /// The time of the clip that is the first frame's.
  package var from: FilmTime
  /// A person's comments in the header; lines are counted from 0, that of the format's version.
  package var comments: [PyramidDocument.Comment]

  package init(
    model: PyramidDocument.ModelName, source: PyramidDocument.Source, shape: PyramidShape,
    rate: FrameRate, from: FilmTime = FilmTime(), comments: [PyramidDocument.Comment] = []
  ) {
    (self.model, self.source, self.shape) = (model, source, shape)
    (self.rate, self.from, self.comments) = (rate, from, comments)
  }

  /// The latent grid of the frames: columns and rows of 8 x 8 pixels.
  package var grid: GridSize { shape.grid }

  /// The layers of a frame's pyramid.
  package var depth: Int { shape.depth }

  /// A frame as a picture's document.
  package func document(of pyramid: Pyramid) -> PyramidDocument {
    PyramidDocument(model: model, source: source, pyramid: pyramid)
  }
}
