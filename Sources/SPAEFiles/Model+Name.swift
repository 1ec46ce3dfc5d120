import SPAEEngine
package import SPAEPyramid

extension Model {
  /// The model as a document names it.
  package func name() throws -> PyramidDocument.ModelName {
    let words = vocabulary.words.joined(separator: "\n")
    return PyramidDocument.ModelName(
      name: configuration.name, hash: try identity(),
      vocabulary: Fingerprint.hexadecimal(of: words))
  }
}
