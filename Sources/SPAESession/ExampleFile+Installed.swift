import SPAEColour
package import SPAEEngine
package import SPAELanguage
import SPAELibrary
import SPAEPyramid
import SPAESystem

extension ExampleFile {
  /// Reads the examples that stand before a question, or before a caption: a person's own, or those
  /// that came with the program.
  package static func examples(at path: String? = nil, asks: Bool) throws -> ExampleFile {
    let (text, path) = try exampleText(at: path, named: asks ? "ask.txt" : "caption.txt")
    return try ExampleFile(text: text, path: path, asks: asks)
  }
}

extension RevisionExamples {
  /// Reads the examples that stand before a wish: a person's own, or those of the program.
  package static func examples(at path: String? = nil) throws -> RevisionExamples {
    let (text, path) = try exampleText(at: path, named: "revise.txt")
    return try RevisionExamples(text: text, path: path)
  }
}

extension WordRevision {
  /// Changes words of pictures by a model of them; `related` is how like the main subject a word of
  /// another lemma is that stays with it.
  package init(
    by language: any LanguageModel, of model: Model, examples: RevisionExamples
  ) throws {
    self.init(model: language, vocabulary: model.vocabulary, examples: examples) { word, other in
      model.codebook.forms(of: word).contains(other)
        || model.codebook.similarityOfMeaning(to: word)[Int(other)] >= Self.similarity
    }
    let table = try ColourNames.installed(withThings: true)
    colour = { word in
      table[model.vocabulary[word]].map {
        let colour = CIELAB($0)
        return SIMD3(colour.lightness, colour.a, colour.b)
      }
    }
  }

  /// At 0.5 cow is like cattle, sheep and animal, and car like vehicle, but mountain not like forest.
  private static var similarity: Float { 0.5 }
}

/// The names of the classes of the models' frozen classifier, by number.
package enum ClassNames {
  package static func installed() throws -> [String] {
    try exampleText(at: nil, named: "classes.txt").0.textLines.map { String($0) }
  }
}

/// The text of a file of examples, and its path.
private func exampleText(at path: String?, named name: String) throws -> (String, path: String) {
  let places = InstalledFiles.places(
    installed: "language/" + name, inTree: "Assets/language/" + name)
  guard let path = path ?? places.first(where: FileSystem.exists) else {
    throw Failure("no examples found in \(places.joined(separator: ", ")); see --examples")
  }
  guard let text = FileSystem.text(of: path) else {
    throw Failure("\(path): cannot be read, or is no text")
  }
  return (text, path)
}
