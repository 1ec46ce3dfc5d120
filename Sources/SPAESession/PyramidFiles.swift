import Foundation
import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
import SPAESystem
import Synchronization

/// Where the explorer's words come from and go to.
package struct PyramidFiles: Sendable {
  /// What was opened, with a person's comments; the words in it are those of the beginning.
  package let document: PyramidDocument
  package let vocabulary: Vocabulary
  /// The file of words that was opened, or that was saved for this picture before.
  package let path: String?
  package let suggestedPath: String
  private let known = KnownFiles()

  init(
    document: PyramidDocument, vocabulary: Vocabulary, path: String?, suggestedPath: String
  ) {
    self.document = document
    self.vocabulary = vocabulary
    self.path = path
    self.suggestedPath = suggestedPath
    if let path { known.remember(path) }
  }

  /// Writes words, and gives the path; what somebody else wrote is not replaced unasked.
  package func save(_ pyramid: Pyramid, to wanted: String?, replacing: Bool) throws -> String {
    let target = wanted ?? path ?? suggestedPath
    try check(target, replacing: replacing)
    var document = document
    document.pyramid = pyramid
    let text = PyramidText.text(of: document, vocabulary: vocabulary)
    try AtomicFile.write(Array(text.utf8), to: target)
    known.remember(target)
    return target
  }

  /// Writes the picture as PNG.
  package func save(_ picture: PixelImage, to target: String, replacing: Bool) throws {
    try check(target, replacing: replacing)
    try AtomicFile.write(try picture.pngBytes(), to: target)
    known.remember(target)
  }

  private func check(_ target: String, replacing: Bool) throws(Failure) {
    guard !replacing, FileManager.default.fileExists(atPath: target) else { return }
    switch known.state(of: target) {
    case .asKnown: break
    case .changed: throw Failure("\(target) was changed outside; :w! replaces it")
    case .foreign: throw Failure("\(target) exists; :w! \(target) replaces it")
    }
  }

  /// The words as text for an editor, and back.
  package func text(of pyramid: Pyramid) -> String {
    var document = document
    document.pyramid = pyramid
    return PyramidText.text(of: document, vocabulary: vocabulary)
  }

  package func pyramid(from text: String) throws -> Pyramid {
    let edited = try PyramidText.document(from: text, vocabulary: vocabulary).pyramid
    guard edited.shape == document.pyramid.shape else {
      throw Failure("the number of layers cannot be changed in an editor")
    }
    return edited
  }
}

/// What was in files when they were last read or written here.
private final class KnownFiles: Sendable {
  enum State {
    case asKnown, changed, foreign
  }

  private let contents = Mutex<[String: String]>([:])  // SHA-256 by path

  func remember(_ path: String) {
    let sum = Self.fingerprint(of: path)
    contents.withLock { $0[path] = sum }
  }

  func state(of path: String) -> State {
    guard let sum = contents.withLock({ $0[path] }) else { return .foreign }
    return Self.fingerprint(of: path) == sum ? .asKnown : .changed
  }

  private static func fingerprint(of path: String) -> String? {
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    return unsafe bytes.withUnsafeBytes { unsafe Fingerprint.hexadecimal(of: $0) }
  }
}
