import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
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
  /// How errors call the commands that are a way out.
  let dialect: Dialect
  private let known = KnownFiles()

  init(
    document: PyramidDocument, vocabulary: Vocabulary, path: String?, suggestedPath: String,
    dialect: Dialect
  ) {
    self.document = document
    self.vocabulary = vocabulary
    self.path = path
    self.suggestedPath = suggestedPath
    self.dialect = dialect
    if let path { known.remember(path) }
  }

  /// Writes words, and gives the path; what somebody else wrote is not replaced unasked.
  ///
  /// `model` is whose words they are: the history may have led to another's.
  package func save(
    _ pyramid: Pyramid, of model: PyramidDocument.ModelName, to wanted: String?, replacing: Bool
  ) throws -> String {
    let target = Target(wanted ?? path ?? suggestedPath)
    try check(target, holdsWords: true)
    var document = document
    (document.pyramid, document.model) = (pyramid, model)
    let format = format(of: target.path)
    let bytes = try document.bytes(as: format, vocabulary: vocabulary)
    return try write(bytes, to: target.path, replacing: replacing)
  }

  /// Writes the picture as the path's ending asks, and gives the path.
  package func save(_ picture: PixelImage, to wanted: String, replacing: Bool) throws -> String {
    let target = Target(wanted)
    try check(target, holdsWords: false)
    guard let encoding = ImageEncoding(path: target.path) else {
      throw Failure("\(target.path): a picture's name ends in one of \(ImageEncoding.endings)")
    }
    return try write(try picture.bytes(as: encoding), to: target.path, replacing: replacing)
  }

  /// The path of a clip that is to be written; throws where a file has the name.
  func clipPath(_ wanted: String, replacing: Bool) throws -> String {
    let target = Target(wanted)
    try check(target, holdsWords: false)
    guard replacing || !FileSystem.exists(target.path) else {
      let remedy = dialect.command(.write, forced: true, target.path)
      throw Failure("\(target.path) exists; \(remedy) replaces it")
    }
    return target.path
  }

  /// Writes the bytes of a film, and gives the path. `holdsGrowth` says that they hold what the file
  /// that was opened got behind its end since then.
  func save(
    bytes: [UInt8], holdsGrowth: Bool, to wanted: String, replacing: Bool
  ) throws -> String {
    let target = Target(wanted)
    try check(target, holdsWords: true)
    return try write(bytes, holdsGrowth: holdsGrowth, to: target.path, replacing: replacing)
  }

  private func write(
    _ bytes: [UInt8], holdsGrowth: Bool = false, to path: String, replacing: Bool
  ) throws -> String {
    try OutputFile(path, mayReplace: replacing).write(bytes) { _ throws(Failure) in
      let remedy = "\(dialect.command(.write, forced: true, path)) replaces it"
      switch known.state(of: path, mayHaveGrown: holdsGrowth) {
      case .asKnown:
        guard FileSystem.isWritable(path) else { throw Failure("\(path) is read-only; \(remedy)") }
        return .unedited
      case .changed: throw Failure("\(path) was changed outside; \(remedy)")
      case .foreign: throw Failure("\(path) exists; \(remedy)")
      }
    }
    return known.remember(path)
  }

  /// Whether a path leads to the file that was opened, not to a copy under another name; a picture has
  /// none yet.
  func isOwn(_ path: String) -> Bool { self.path.map { resolved(path) == resolved($0) } ?? true }

  /// The format that the ending asks for; a file with another ending stays as it was.
  private func format(of path: String) -> DocumentFormat {
    switch FileForm(path: path) {
    case .json: .json
    case .text, .picture: .text
    case nil: Self.holdsJSON(path) ? .json : .text
    }
  }

  private static func holdsJSON(_ path: String) -> Bool {
    let bytes = (try? FileSystem.bytes(of: path)) ?? []
    return bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) } == UInt8(ascii: "{")
  }

  private func check(_ target: Target, holdsWords: Bool) throws(Failure) {
    // To write to a pipe would wait for its reader.
    guard target.isRegular else { throw Failure("\(target.path) is no regular file") }
    if holdsWords, FileForm.isPictureName(target.destination) {
      throw Failure("\(target.path) leads to a picture, \(target.destination): give another name")
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

/// A path to write to, and what is there.
private struct Target {
  let path: String
  /// The file that links lead to.
  let destination: String
  /// Whether it is a file, or nothing yet.
  let isRegular: Bool

  /// A leading `~` is the home folder, as in a shell.
  init(_ wanted: String) {
    let home = UserFolders(environment: SystemEnvironment.variables).home
    path = wanted.hasPrefix("~/") ? home + wanted.dropFirst() : wanted
    destination = (try? FileSystem.destination(of: path)) ?? path
    isRegular = FileSystem.status(of: path).map { $0.st_mode & S_IFMT == S_IFREG } ?? true
  }
}

/// The path from the root, with links resolved; of what does not exist the path as it is.
private func resolved(_ path: String) -> String { FileSystem.resolved(path) ?? path }

/// What was in files when they were last read or written here.
private final class KnownFiles: Sendable {
  enum State {
    case asKnown, changed, foreign
  }

  private struct File {
    /// As it was named first.
    let path: String
    let content: Content?
  }

  private struct Content: Equatable {
    let count: Int
    let sum: String  // SHA-256

    /// Of a file, or of its first bytes; nil where it cannot be read, or has fewer.
    init?(of path: String, first count: Int? = nil) {
      guard let bytes = try? FileSystem.bytes(of: path), bytes.count >= count ?? 0 else {
        return nil
      }
      self.count = count ?? bytes.count
      sum = unsafe bytes.prefix(self.count).withUnsafeBytes {
        unsafe Fingerprint.hexadecimal(of: $0)
      }
    }
  }

  private let files = Mutex<[String: File]>([:])  // by resolved path

  /// Takes what a file holds now for known, and gives the name that it was first known by.
  @discardableResult
  func remember(_ path: String) -> String {
    let (place, content) = (resolved(path), Content(of: path))
    return files.withLock { files in
      let name = files[place]?.path ?? path
      files[place] = File(path: name, content: content)
      return name
    }
  }

  func state(of path: String, mayHaveGrown: Bool) -> State {
    guard let file = files.withLock({ $0[resolved(path)] }) else { return .foreign }
    let first = mayHaveGrown ? file.content?.count : nil
    return Content(of: path, first: first) == file.content ? .asKnown : .changed
  }
}
