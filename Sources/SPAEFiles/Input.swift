import Foundation
package import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// What a file holds: a picture, or a pyramid of words.
package enum Input {
  case picture(ImageFile)
  case pyramid(PyramidDocument)

  /// Reads a file, or standard input for "-", and tells by its content which it is.
  package init(path: String, model: Model) throws {
    let bytes: [UInt8]
    do { bytes = try ImageFile.bytes(path: path) } catch { throw Failure("\(path): \(error)") }
    try self.init(bytes: bytes, path: path, model: model)
  }

  /// Tells by the content of a file which it is; `path` is named in errors.
  package init(bytes: [UInt8], path: String, model: Model) throws {
    let first = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
    if first == UInt8(ascii: "{") || Self.looksLikeText(bytes) {
      self = .pyramid(try Self.document(bytes, path: path, model: model))
    } else {
      do { self = .picture(try ImageFile(contents: bytes)) } catch {
        throw Failure("\(path): \(error)")
      }
    }
  }

  /// A pyramid's text begins with "spae" or a comment, perhaps behind a byte-order mark.
  private static func looksLikeText(_ bytes: [UInt8]) -> Bool {
    let plain = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let start = plain.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    return start.starts(with: Array("spae".utf8)) || start.first == UInt8(ascii: "#")
  }

  /// Reads a pyramid and checks that its words are this model's.
  private static func document(
    _ bytes: [UInt8], path: String, model: Model
  ) throws -> PyramidDocument {
    do {
      let content = try Content(bytes, vocabulary: model.vocabulary)
      try check(content.modelName(model.vocabulary), path: path, model: model)
      return try content.document(model.vocabulary)
    } catch let failure as Failure {
      throw failure
    } catch let error as PyramidTextError {
      throw Failure("\(path): \(error)\(meaning(of: error, model))")
    } catch {
      throw Failure("\(path): not the JSON of a pyramid: \(error.localizedDescription)")
    }
  }

  /// Warns of another model with the same words; refuses another vocabulary.
  private static func check(
    _ name: PyramidDocument.ModelName, path: String, model: Model
  ) throws {
    if try model.goesByIdentity(name.hash) { return }
    switch name.match(try model.name()) {
    case .same: break
    case .sameVocabulary:
      print(
        "spae: \(path): warning: made by another model (\(name.name));"
          + " its words are the same, its picture may differ", toStandardError: true)
    case .different:
      throw Failure(
        "\(path): its words are another vocabulary's (model \(name.name),"
          + " \(name.hash.prefix(12))); name that model's folder with --model")
    }
  }

  /// A document in either form, before its words are read.
  private enum Content {
    case text(String)
    case json(PyramidJSON)

    init(_ bytes: [UInt8], vocabulary: Vocabulary) throws {
      let first = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
      self =
        first == UInt8(ascii: "{")
        ? .json(try JSONDecoder().decode(PyramidJSON.self, from: Data(bytes)))
        : .text(String(decoding: bytes, as: UTF8.self))
    }

    func modelName(_ vocabulary: Vocabulary) throws -> PyramidDocument.ModelName {
      switch self {
      case .text(let text): try PyramidText.modelName(in: text, vocabulary: vocabulary)
      case .json(let json): json.model
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
