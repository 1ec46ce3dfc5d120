import Foundation
package import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// What a file holds: a picture, or a pyramid of words with the model that made them.
package enum Input {
  case picture(ImageFile)
  case pyramid(PyramidDocument, Model)

  /// What a reader of one picture does with a film of words.
  package enum Films {
    /// It says what it is: who writes into the file would write over a film.
    case refused
    /// It takes a frame, counted from 1, and says so.
    case frame(Int)

    package static let firstFrame = frame(1)
  }

  /// Reads a file, or standard input for "-", and tells by its content which it is.
  package init(path: String, models: ModelLibrary, films: Films = .refused) throws {
    let bytes: [UInt8]
    do { bytes = try ImageFile.bytes(path: path) } catch { throw Failure("\(path): \(error)") }
    try self.init(bytes: bytes, path: path, models: models, films: films)
  }

  /// Tells by the content of a file which it is; `path` is named in errors.
  package init(
    bytes: [UInt8], path: String, models: ModelLibrary, films: Films = .refused
  ) throws {
    if bytes.isEmpty { throw Failure("\(path): \(Self.emptiness)") }
    if Self.holdsFilm(bytes) {
      self = try Self.frame(of: bytes, path: path, models: models, films)
      return
    }
    if case .frame(let number) = films, number != 1 {
      throw Failure("\(path): it is no film, and has no frame \(number)")
    }
    guard Self.holdsWords(bytes) else {
      do { self = .picture(try ImageFile(contents: bytes)) } catch {
        throw Failure("\(path): \(error)")
      }
      return
    }
    let content = try Self.explained(path, bytes) { try Content(bytes) }
    let model = try models.model(
      try Self.explained(path, bytes) { try content.modelName }, for: path)
    let document = try Self.explained(path, bytes, model) { try content.document(model.vocabulary) }
    self = .pyramid(document, model)
  }

  private static let emptiness = "the file is empty; expected words or a picture"

  /// Whose words a file holds; nil for a picture.
  package static func modelName(
    bytes: [UInt8], path: String
  ) throws -> PyramidDocument.ModelName? {
    if bytes.isEmpty { throw Failure("\(path): \(emptiness)") }
    guard holdsWords(bytes) else { return nil }
    if holdsFilm(bytes) { throw Failure("\(path): \(Self.filmRefusal)") }
    return try explained(path, bytes) { try Content(bytes).modelName }
  }

  /// What is said of a file without words, where words are asked for: what it is, or why it cannot be read.
  static func refusalOfPicture(bytes: [UInt8], path: String) -> Failure {
    do { _ = try ImageFile(contents: bytes) } catch { return Failure("\(path): \(error)") }
    return Failure("\(path): a picture, not a pyramid; spae encode makes the words from it")
  }

  /// A pyramid's document, read with the words of a model that is perhaps not its own.
  static func document(
    bytes: [UInt8], path: String, readWith model: Model
  ) throws -> PyramidDocument {
    try explained(path, bytes, model) { try Content(bytes).document(model.vocabulary) }
  }

  /// Whether a file holds words, by its first bytes.
  package static func holdsWords(_ bytes: [UInt8]) -> Bool {
    let first = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
    return first == UInt8(ascii: "{") || looksLikeText(bytes)
  }

  /// A pyramid's text begins with "spae" or a comment, perhaps behind a byte-order mark.
  private static func looksLikeText(_ bytes: [UInt8]) -> Bool {
    let plain = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let start = plain.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    return start.starts(with: Array("spae".utf8)) || start.first == UInt8(ascii: "#")
  }

  /// Gives what `body` gives, and its errors with the file's name.
  private static func explained<Result>(
    _ path: String, _ bytes: [UInt8], _ model: Model? = nil, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as PyramidTextError {
      throw Failure("\(path): \(error)\(model.map { meaning(of: error, $0) } ?? "")")
    } catch {
      throw Failure("\(path): not the JSON of a pyramid: \(error.reason(in: bytes))")
    }
  }

  /// A document in either form, before its words are read.
  private enum Content {
    case text(String)
    case json(PyramidJSON)

    init(_ bytes: [UInt8]) throws {
      let first = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
      self =
        first == UInt8(ascii: "{")
        ? .json(try JSONDecoder().decode(PyramidJSON.self, from: Data(bytes)))
        : .text(String(decoding: bytes, as: UTF8.self))
    }

    var modelName: PyramidDocument.ModelName {
      get throws {
        switch self {
        case .text(let text): try PyramidText.modelName(in: text)
        case .json(let json): json.model
        }
      }
    }

    func document(_ vocabulary: Vocabulary) throws -> PyramidDocument {
      switch self {
      case .text(let text): try PyramidText.document(from: text, vocabulary: vocabulary)
      case .json(let json): try json.document(vocabulary: vocabulary)
      }
    }
  }

  /// Words in the meaning of the unknown word's nearest spelling.
  private static func meaning(of error: PyramidTextError, _ model: Model) -> String {
    guard case .unknownWord(_, let near) = error.problem,
      let number = near.first.flatMap({ model.vocabulary.number(of: $0) })
    else { return "" }
    let words = model.codebook.neighbours(of: number, count: 3).map { model.vocabulary[$0.word] }
    return "; in meaning \(words.joined(separator: ", "))"
  }
}
