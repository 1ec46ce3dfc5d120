import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEHistory
import SPAEPyramid
import SPAESession
import SPAESystem

/// Which history store a command uses.
struct HistoryOption: ParsableArguments {
  @Option(
    name: .customLong("history"),
    help: ArgumentHelp(
      "The file that keeps the history, or none.",
      discussion:
        "Default: of the configuration file, or spae/history.db in $XDG_STATE_HOME, or in ~/.local/state.",
      valueName: "file"))
  var file: String?

  /// Where the store is; "none" keeps it in memory.
  var path: String {
    get throws {
      if let file, file != "none", FileSystem.isOther(than: "SQLite format 3\0", file) {
        throw Failure(
          "\(file): this is not a history, and stays as it is; name another file, or none")
      }
      let environment = SystemEnvironment.variables
      let wish = try file ?? Preferences(environment: environment).history
      return wish ?? HistoryStore.defaultPath(environment: environment)
    }
  }

  /// Says from now on when another program is waited for.
  static func tellWaiting() {
    HistoryStore.whenWaiting {
      print(
        "spae: waits for another program that writes to the history, ten seconds at most",
        toStandardError: true)
    }
  }

  /// Opens the store, and tells when it had to be saved from damage. To look at it, it need not be
  /// writable.
  func open(forReading: Bool = false) throws -> HistoryStore {
    let path = try path
    Self.tellWaiting()
    let store =
      forReading
      ? try HistoryStore.reading(path: path, clock: { Date() })
      : try HistoryStore(path: path, clock: { Date() })
    if let salvage = store.salvage {
      print("spae: \(path): warning: \(salvage)", toStandardError: true)
    }
    return store
  }

  /// Keeps what a file holds before it is replaced, or says why the file stays.
  func keeping<Result>(
    _ file: String, _ keep: (HistoryStore) throws -> Result
  ) throws -> Result {
    do { return try keep(try open()) } catch let error as HistoryError {
      guard let obstacle = error.obstacle else { throw error }
      throw Failure(
        "\(file): not replaced: the history cannot keep its words: \(obstacle);"
          + " -o OTHER writes another file, --history none does without")
    }
  }
}

extension HistoryOption {
  /// The path by which the store knows a file: that of its words of a picture, a former one of a file
  /// that was renamed, or that of the file of which it is a copy, which it says.
  func path(
    of file: String, in store: HistoryStore, _ model: ModelOption? = nil, takesCopies: Bool = true
  ) throws -> String {
    let words = FileName.withoutEnding(file) + ".spae"
    if try !store.knows(path: file), try store.knows(path: words) { return words }
    let former = try store.formerHistory(of: file) {
      try (model ?? ModelOption.parse([])).library()
    }
    guard let former, takesCopies || !former.isCopied else {
      guard try store.knows(path: file) else {
        throw Failure(
          "\(file): the history knows no such document; it begins when spae opens or edits a file,"
            + " and spae history list tells which it knows")
      }
      return file
    }
    let reason = former.isCopied ? "which has the same words" : "which is gone"
    print(
      "spae: \(file): its history is that of \(former.path), \(reason)", toStandardError: true)
    return former.path
  }

  /// How a pyramid's words came about, as far as the history tells.
  func past(of file: String, _ document: PyramidDocument, _ model: Model) -> EditPast? {
    guard file != "-", let path = try? path, path != "none", FileSystem.exists(path),
      let store = try? open(forReading: true)
    else { return nil }
    let former = try? store.formerHistory(
      of: file, document.pyramid, vocabularyHash: document.model.vocabulary)
    guard let history = try? store.history(ofPath: former?.path ?? file),
      history.document.vocabulary == document.model.vocabulary,
      let states = try? history.states(to: document.pyramid)
    else { return nil }
    return EditPast(states, vocabulary: model.vocabulary)
  }

  /// Opens the store and the history of a file, without changing either.
  func history(of file: String, _ model: ModelOption) throws -> DocumentHistory {
    let store = try open(forReading: true)
    return try store.history(ofPath: try path(of: file, in: store, model))
  }
}

/// The words that a document's numbers stand for, where the model at hand has its vocabulary.
final class WordNames {
  private let document: HistoryDocument
  private let model: ModelOption

  /// Looks at the chosen model, and at others that have the document's vocabulary, once a word is
  /// asked for; without one, numbers stay numbers.
  init(of document: HistoryDocument, model: ModelOption) {
    (self.document, self.model) = (document, model)
  }

  private lazy var vocabulary: Vocabulary? = {
    let found = (try? model.library())?.vocabulary(document.vocabulary)
    if found == nil {
      print(
        "spae: \(document.path): its words are another vocabulary's, so they are shown as numbers;"
          + " name that model's folder with --model", toStandardError: true)
    }
    return found
  }()

  subscript(number: Int32) -> String {
    guard let vocabulary, vocabulary.words.indices.contains(Int(number)) else {
      return "#\(number)"
    }
    return vocabulary[number]
  }
}
