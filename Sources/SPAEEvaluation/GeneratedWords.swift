package import SPAEEngine
import SPAEFiles
import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// A pyramid that a language model wrote, as a file.
package struct GeneratedWords {
  package let pyramid: Pyramid
  /// What it is of.
  package let name: String
  /// How many layers its picture is made of; nil is all.
  package var depth: Int?

  package init(_ pyramid: Pyramid, name: String, depth: Int? = nil) {
    (self.pyramid, self.name, self.depth) = (pyramid, name, depth)
  }

  /// Writes the words or the picture, as the name's ending asks for.
  package func write(to file: OutputFile, model: Model) throws {
    guard let form = FileForm(path: file.path) else { return }
    switch form {
    case .picture(let encoding):
      try file.write(try model.decode(pyramid, depth: depth).bytes(as: encoding))
    case .text, .json:
      let size = model.pictureSize(of: pyramid.shape)
      let document = PyramidDocument(
        model: try model.name(), source: .init(name: name, width: size.columns, height: size.rows),
        pyramid: pyramid)
      try file.write(
        try document.bytes(as: form == .json ? .json : .text, vocabulary: model.vocabulary))
    }
  }
}
