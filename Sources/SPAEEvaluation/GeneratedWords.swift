package import SPAEEngine
import SPAEFiles
package import SPAELanguage
import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// A pyramid that a language model wrote, as a file.
package struct GeneratedWords {
  package let outcome: ProgressiveGeneration.Outcome
  package let shape: PyramidShape
  /// What it is of.
  package let name: String
  /// How many layers its picture is made of; nil is all.
  package var depth: Int?

  package init(
    outcome: ProgressiveGeneration.Outcome, shape: PyramidShape, name: String, depth: Int? = nil
  ) {
    self.outcome = outcome
    self.shape = shape
    self.name = name
    self.depth = depth
  }

  /// Writes the words or the picture, as the name's ending asks for.
  package func write(to file: OutputFile, model: Model) throws {
    guard let pyramid = Pyramid(shape: shape, words: outcome.words),
      let form = FileForm(path: file.path)
    else { return }
    switch form {
    case .picture(let encoding):
      try file.write(try model.decode(pyramid, depth: depth).bytes(as: encoding))
    case .text, .json:
      let size = model.pictureSize(of: shape)
      let document = PyramidDocument(
        model: try model.name(), source: .init(name: name, width: size.columns, height: size.rows),
        pyramid: pyramid)
      try file.write(
        try document.bytes(as: form == .json ? .json : .text, vocabulary: model.vocabulary))
    }
  }
}

extension ProgressiveGeneration.Outcome {
  /// How much was written and what was mended, in a line.
  package var summary: String {
    let mended =
      repairs.isClean
      ? "none mended"
      : "mended: \(repairs.outside) outside the vocabulary, \(repairs.missing) missing,"
        + " \(repairs.extra) too many"
    return
      "\(repairs.words) words in \(requests) \(requests == 1 ? "answer" : "answers"), \(mended)"
  }
}
