package import SPAEPyramid

/// A model's words and what they mean, without the networks that turn pictures into words.
package struct Lexicon: Sendable {
  /// The words, by number.
  package let vocabulary: Vocabulary
  /// The words' embeddings and codes.
  package let codebook: Codebook

  /// Loads them from a model's folder; of weights.safetensors only the codebook's projection is read.
  package init(folder: String, parallel: Parallel = Parallel()) throws(EngineError) {
    let path = folder + "/weights.safetensors"
    let configuration = try ModelConfiguration(folder: folder)
    var weights = Weights(try Safetensors(path: path), path: path)
    try self.init(
      folder: folder, configuration: configuration, weights: &weights,
      context: Context(try InstructionSet.chosen(), parallel: parallel))
  }

  /// The same for a model that has read its configuration and goes on with its weights.
  init(
    folder: String, configuration: ModelConfiguration, weights: inout Weights, context: Context
  ) throws(EngineError) {
    let projection = try weights.floats(
      "codebook.projection", [configuration.embedding, configuration.latent])
    vocabulary = try Self.vocabulary(folder + "/vocabulary.txt", count: configuration.vocabulary)
    let path = folder + "/codebook.safetensors"
    codebook = try Codebook(
      Safetensors(path: path), path: path, configuration: configuration, projection: projection,
      reserved: Set(
        vocabulary.numbers(
          of: configuration.reserved ?? [], key: "reserved", path: folder + "/config.json")),
      context: context)
  }

  private static func vocabulary(_ path: String, count: Int) throws(EngineError) -> Vocabulary {
    let file = try MappedFile(path: path)
    let text = unsafe file.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    let vocabulary: Vocabulary
    do {
      vocabulary = try Vocabulary(text: text)
    } catch {
      throw .vocabulary(path: path, problem: error.description)
    }
    guard vocabulary.count == count else {
      throw .vocabulary(
        path: path, problem: "\(vocabulary.count) words; config.json says \(count)")
    }
    return vocabulary
  }
}
