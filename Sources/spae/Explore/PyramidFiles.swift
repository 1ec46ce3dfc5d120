import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid

/// Where the explorer's words come from and go to.
struct PyramidFiles: Sendable {
  /// What was opened, with a person's comments; the words in it are those of the beginning.
  let document: PyramidDocument
  let vocabulary: Vocabulary
  /// The file of words that was opened, or that was saved for this picture before.
  let path: String?
  let suggestedPath: String

  /// Writes words, and gives the path; another file than the own one is not replaced unasked.
  func save(_ pyramid: Pyramid, to wanted: String?, replacing: Bool) throws -> String {
    let target = wanted ?? path ?? suggestedPath
    try check(target, replacing: replacing)
    var document = document
    document.pyramid = pyramid
    let text = PyramidText.text(of: document, vocabulary: vocabulary)
    try AtomicFile.write(Array(text.utf8), to: target)
    return target
  }

  /// Writes the picture as PNG.
  func save(_ picture: PixelImage, to target: String, replacing: Bool) throws {
    try check(target, replacing: replacing)
    try AtomicFile.write(try picture.pngBytes(), to: target)
  }

  /// Another's file is not replaced unasked.
  private func check(_ target: String, replacing: Bool) throws(Failure) {
    guard !replacing, target != path, FileManager.default.fileExists(atPath: target) else { return }
    throw Failure("\(target) exists; :w! \(target) replaces it")
  }

  /// The words as text for an editor, and back.
  func text(of pyramid: Pyramid) -> String {
    var document = document
    document.pyramid = pyramid
    return PyramidText.text(of: document, vocabulary: vocabulary)
  }

  func pyramid(from text: String) throws -> Pyramid {
    let edited = try PyramidText.document(from: text, vocabulary: vocabulary).pyramid
    guard edited.shape == document.pyramid.shape else {
      throw Failure("the number of layers cannot be changed in an editor")
    }
    return edited
  }
}
