import Foundation
import SPAEEngine
import SPAEPyramid
import SPAESystem

extension Input {
  static let filmRefusal =
    "a film of words, not one picture; spae decode makes pictures or a clip of it"

  /// Whether a file is a film of words, as text or as JSON lines.
  package static func holdsFilm(_ bytes: [UInt8]) -> Bool {
    let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
    if FilmText.begins(start) { return true }
    guard start.first(where: { !$0.isWhitespace }) == "{", let line = start.textLines.first else {
      return false
    }
    // A header that is wrong is a film's too, and then it is said what is wrong with it.
    return line.contains(/(?:^|[^\\])"film"\s*:/)
  }

  /// A frame of a film as a picture, which standard error tells.
  static func frame(
    of bytes: [UInt8], path: String, models: ModelLibrary, _ films: Films
  ) throws -> Input {
    guard case .frame(let number) = films else { throw Failure("\(path): \(filmRefusal)") }
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      let model = try models.model(try FilmReader.header(in: text).model, for: path)
      let found = try FilmReader.frame(number, in: text, vocabulary: model.vocabulary)
      guard let document = found.document else {
        throw Failure("\(path): no frame \(number): it has \(found.frames.counted("frame"))")
      }
      if found.hasOthers {
        let frame = number == 1 ? "its first frame" : "its frame \(number)"
        print("spae: \(path): a film; only \(frame) is used", toStandardError: true)
      }
      return .pyramid(document, model)
    } catch let error as FilmTextError {
      throw Failure("\(path): \(error)")
    }
  }
}
