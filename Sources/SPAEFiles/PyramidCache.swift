import Foundation
package import SPAEPyramid
import SPAESystem

/// The words of pictures that were encoded before, one small file each: a long work goes on where it
/// was broken off.
///
/// They lie in `$XDG_CACHE_HOME/spae/pyramids/MODEL/` (or `~/.cache`), each named by the SHA-256 of
/// the picture's bytes and of how it was encoded, and hold the words as text. A file that cannot be
/// read, or is damaged, is as good as none; one that cannot be written costs the time again.
package struct PyramidCache: Sendable {
  package let folder: String
  private let vocabulary: Vocabulary

  init(
    model: PyramidDocument.ModelName, vocabulary: Vocabulary,
    environment: [String: String] = SystemEnvironment.variables
  ) {
    self.vocabulary = vocabulary
    folder = UserFolders(environment: environment).cache + "/spae/pyramids/\(model.hash)"
    _ = try? FileSystem.makeFolder(folder)
  }

  /// The name of what a picture gives when it is encoded so.
  package func key(of bytes: [UInt8], size: Int, semanticWeight: Float) -> String {
    let picture = unsafe bytes.withUnsafeBytes { unsafe Fingerprint.hexadecimal(of: $0) }
    return "\(picture)-\(size)-\(semanticWeight)"
  }

  /// The pyramid of that name, if it is there and whole.
  package func pyramid(_ key: String, shape: PyramidShape) -> Pyramid? {
    guard let text = FileSystem.text(of: path(key)) else { return nil }
    let words = text.split(separator: " ").compactMap { vocabulary.number(of: $0) }
    return Pyramid(shape: shape, words: words)
  }

  package func keep(_ pyramid: Pyramid, as key: String) {
    let text = pyramid.words.map { vocabulary[$0] }.joined(separator: " ")
    try? AtomicFile.write(Array(text.utf8), to: path(key))
  }

  private func path(_ key: String) -> String { "\(folder)/\(key)" }
}
