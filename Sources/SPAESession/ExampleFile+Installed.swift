package import SPAELanguage
import SPAESystem

extension ExampleFile {
  /// Reads the examples that stand before a question, or before a caption: a person's own, or those
  /// that came with the program.
  package static func examples(at path: String? = nil, asks: Bool) throws -> ExampleFile {
    let name = asks ? "ask.txt" : "caption.txt"
    let places = InstalledFiles.places(
      installed: "language/" + name, inTree: "Assets/language/" + name)
    let found = path ?? places.first { FileSystem.exists($0) }
    guard let path = found else {
      throw Failure("no examples found in \(places.joined(separator: ", ")); see --examples")
    }
    guard let text = FileSystem.text(of: path) else {
      throw Failure("\(path): cannot be read, or is no text")
    }
    return try ExampleFile(text: text, path: path, asks: asks)
  }
}
