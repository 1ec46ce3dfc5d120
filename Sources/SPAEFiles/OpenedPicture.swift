package import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// A picture or a pyramid from a file, as words and with their model.
package struct OpenedPicture: Sendable {
  /// The words, with the name and the size of what they are of.
  package let document: PyramidDocument
  /// The model that the words name, or the one that read the picture.
  package let model: Model
  /// The picture at its own size; nil if the file holds words.
  package let image: PixelImage?
  /// What a person should know of how the picture was read.
  package let notices: [String]

  private let path: String
  private let fit: Fit
  /// Where the words of the guided layers come from; nil if the file holds words.
  private let origins: [[WordOrigin]]?

  /// Reads a file, or standard input for "-", and encodes a picture with the chosen model.
  ///
  /// Who writes the words back to the file refuses films, as it would write over one. `progress` is
  /// told how far the encoding is, from 0 to 1.
  package init(
    path: String, size: Int = 128, fit: Fit = .whole, models: ModelLibrary,
    films: Input.Films = .firstFrame, progress: ((Double) -> Void)? = nil
  ) throws {
    let input = try Input(path: path, models: models, films: films)
    try self.init(
      input, path: path, size: size, fit: fit, by: try models.chosen(), progress: progress)
  }

  /// The same for a file that has been read; only a picture asks for `model`.
  package init(
    _ input: Input, path: String, size: Int = 128, fit: Fit = .whole,
    by model: @autoclosure () throws -> Model, progress: ((Double) -> Void)? = nil
  ) throws {
    (self.path, self.fit) = (path, fit)
    switch input {
    case .pyramid(let document, let own):
      (self.document, self.model, image, origins, notices) = (document, own, nil, nil, [])
    case .picture(let file):
      let model = try model()
      let (pyramid, origins): (Pyramid, [[WordOrigin]])
      do {
        (pyramid, origins) = try model.withoutReuse {
          try model.encodeWithOrigins(file.image, size: size, fit: fit, progress: progress)
        }
      } catch { throw Failure("\(path): \(error)") }
      (self.model, self.origins, image) = (model, origins, file.image)
      document = PyramidDocument(
        model: try model.name(),
        source: .init(
          name: FileName.inputLabel(of: path), width: file.image.width, height: file.image.height),
        pyramid: pyramid)
      notices = file.notices(size: size, fit: fit)
    }
  }

  package var pyramid: Pyramid { document.pyramid }

  /// The picture in the size of the decoded one; nil if the file holds words.
  package var original: PixelImage? {
    image.map { model.picture($0, for: pyramid.shape, fit: fit) }
  }

  /// What the frozen branches look at; nil if the file holds words.
  ///
  /// That is the framed picture itself, unless it is large: each branch looks at it in a size of its own,
  /// and a picture that is resampled twice is another one to it.
  package var view: PixelImage? {
    image.map { image in
      let framed = image.framed(fit)
      return framed.width * framed.height <= Self.greatestView
        ? framed : model.view(of: image, fit: fit, shape: pyramid.shape)
    }
  }

  /// In pixels: 12 MB.
  static let greatestView = 1 << 22

  /// What the frozen branches say of the picture, or of the decoded one if the file holds words.
  package func evidence() throws -> PictureEvidence {
    guard let image else {
      let picture = try model.decode(pyramid)
      return model.withoutReuse {
        model.evidence(of: picture, fit: .whole, shape: pyramid.shape)
      }
    }
    return model.withoutReuse { model.evidence(of: image, fit: fit, shape: pyramid.shape) }
  }

  /// The picture that words of this file came from, if it is beside them, as the frozen branches see it.
  package func source(of words: Pyramid) -> PixelImage? {
    var (document, notes) = (document, [String]())
    document.pyramid = words
    let found = try? SourcePicture(
      of: document, path: path, source: nil, former: model, fit: nil, notes: &notes)
    return found?.view(by: model, for: words.shape)
  }

  /// Finds out where the words come from; of a pyramid by its picture, which `source` may name, and
  /// which has the words before any edit, `first`.
  package func explanation(
    source: String? = nil, first: Pyramid? = nil
  ) throws -> ExplainedPyramid {
    guard let origins else {
      return try ExplainedPyramid(
        document, first: first, of: model, path: path, source: source)
    }
    return ExplainedPyramid(pyramid: pyramid, origins: origins)
  }

  /// The name of the file, and that of what its words are of where it is another.
  package var name: String {
    let (name, origin) = (FileName.inputLabel(of: path), document.source.name)
    return name == origin ? name : "\(name) of \(origin)"
  }
}
