import Foundation
package import SPAEEngine
package import SPAEPyramid
package import SPAESystem
import Synchronization

/// The models that a command can use: the chosen one, and others for files that name them.
///
/// Looked for are the folders beside the chosen model's, those that are installed, and the user's
/// own in `$XDG_DATA_HOME/spae/models` (or `~/.local/share`). The chosen model is tried first, so
/// that a file of its own costs no search.
package final class ModelLibrary: Sendable {
  /// The chosen model's folder.
  package let folder: String
  /// Whether that model was named on the command line, and so reads every file.
  package let isFixed: Bool
  private let precision: Model.Precision
  private let parallel: Parallel
  private let environment: [String: String]
  private let tell: (@Sendable (String) -> Void)?
  private let loaded = Mutex<[String: Model]>([:])
  private let knownIdentities = Mutex<[String: [String]]>([:])

  /// Takes the chosen model's folder; `tell` is given a line for each file that names its model.
  package init(
    folder: String, isFixed: Bool = false, precision: Model.Precision = .ofModel,
    parallel: Parallel = Parallel(),
    environment: [String: String] = SystemEnvironment.variables,
    tell: (@Sendable (String) -> Void)? = nil
  ) {
    self.folder = folder
    self.isFixed = isFixed
    self.precision = precision
    self.parallel = parallel
    self.environment = environment
    self.tell = tell
  }

  /// Takes a model that is loaded already.
  package convenience init(
    model: Model, isFixed: Bool = false,
    environment: [String: String] = SystemEnvironment.variables
  ) {
    self.init(folder: model.folder, isFixed: isFixed, environment: environment)
    loaded.withLock { $0[model.folder] = model }
  }

  // MARK: Models

  /// The chosen model.
  package func chosen() throws(Failure) -> Model { try model(folder: folder) }

  /// The words of the chosen model, for work that needs no pictures.
  package func lexicon() throws(Failure) -> Lexicon {
    do throws(EngineError) {
      return try Lexicon(folder: folder, parallel: parallel)
    } catch {
      throw Failure("\(error)")
    }
  }

  /// The model that a file names, and whether it is its own; throws where it cannot be found.
  ///
  /// A model that was named on the command line reads other models' words, if it has the same
  /// vocabulary, with a warning.
  package func model(
    _ name: PyramidDocument.ModelName, for path: String
  ) throws -> Model {
    let chosen = try chosen()
    if try chosen.goesByIdentity(name.hash) { return reported(chosen, name, path) }
    if isFixed {
      try check(chosen, against: name, for: path)
      return reported(chosen, name, path)
    }
    guard let own = try model(identity: name.hash) else { throw missing(name, for: path) }
    return reported(own, name, path)
  }

  /// The model of an identity; nil where it cannot be found.
  package func model(identity: String) throws -> Model? {
    if try chosen().goesByIdentity(identity) { return try chosen() }
    return try folder(ofIdentity: identity).map { try model(folder: $0) }
  }

  /// The vocabulary with a SHA-256; nil where no model has it.
  package func vocabulary(_ hash: String) -> Vocabulary? {
    for folder in isFixed ? [folder] : folders {
      guard let text = FileSystem.text(of: "\(folder)/vocabulary.txt"),
        let vocabulary = try? Vocabulary(text: text)
      else { continue }
      let words = vocabulary.words.joined(separator: "\n")
      if Fingerprint.hexadecimal(of: words) == hash { return vocabulary }
    }
    return nil
  }

  private func model(folder: String) throws(Failure) -> Model {
    try loaded.withLock { loaded throws(Failure) in
      if let known = loaded[folder] { return known }
      do throws(EngineError) {
        let model = try Model(folder: folder, precision: precision, parallel: parallel)
        loaded[folder] = model
        return model
      } catch {
        throw Failure("\(error)")
      }
    }
  }

  /// Warns of a fixed model with the same words; refuses one with another vocabulary.
  private func check(
    _ model: Model, against name: PyramidDocument.ModelName, for path: String
  ) throws {
    guard name.match(try model.name()) == .sameVocabulary else {
      throw Failure(
        "\(path): its words are another vocabulary's (model \(name.label));"
          + " leave out --model, or name that model's folder with it")
    }
    print(
      "spae: \(path): warning: made by another model (\(name.label)); its words are the same, its"
        + " picture may differ", toStandardError: true)
  }

  private func reported(_ model: Model, _ name: PyramidDocument.ModelName, _ path: String) -> Model
  {
    tell?("\(path): model \(name.label), read with \(model.folder)")
    return model
  }

  /// Why a file cannot be read: its model is nowhere.
  func missing(_ name: PyramidDocument.ModelName, for path: String) -> Failure {
    Failure(
      "\(path): made by the model \(name.label), which is not in \(places.joined(separator: ", "));"
        + " install its folder in one of these, or make the words anew from the picture: spae"
        + " convert \(path) --source PICTURE")
  }

  // MARK: Folders

  /// The folder of the model with an identity, or with an identity that begins so.
  ///
  /// A model's own identity counts before those of its earlier forms, the chosen model before
  /// others, and the others in the order of their names.
  package func folder(ofIdentity hash: String) -> String? {
    for folder in folders where identities(of: folder).first?.hasPrefix(hash) == true {
      return folder
    }
    return folders.first { identities(of: $0).contains { $0.hasPrefix(hash) } }
  }

  /// The folders of all models that can be had, the chosen one first.
  package var folders: [String] {
    var known: Set<String> = []
    let found = places.flatMap { place in
      ((try? FileSystem.names(in: place)) ?? []).sorted().map { "\(place)/\($0)" }
    }
    return ([folder] + found).filter {
      guard FileSystem.exists("\($0)/config.json") else { return false }
      return known.insert(FileSystem.resolved($0) ?? $0).inserted
    }
  }

  /// The folders that hold models' folders.
  package var places: [String] {
    var known: Set<String> = []
    let all =
      [FileName.folder(of: FileSystem.resolved(folder) ?? FileSystem.absolute(folder))]
      + Self.installed + [Self.own(environment)]
    return all.filter { known.insert(FileSystem.resolved($0) ?? $0).inserted }
  }

  /// Where models come with the program, where there are any.
  private static var installed: [String] {
    let places = InstalledFiles.places(installed: "models", inTree: "Assets/models")
    return places.filter { FileSystem.isFolder($0) }
  }

  /// Where a person puts models: it is named, though it may not be there yet.
  private static func own(_ environment: [String: String]) -> String {
    UserFolders(environment: environment).data + "/spae/models"
  }

  /// The identities of a folder, read once; none of what is no whole model.
  private func identities(of folder: String) -> [String] {
    if let known = knownIdentities.withLock({ $0[folder] }) { return known }
    let found = (try? Model.identities(ofFolder: folder)) ?? []
    knownIdentities.withLock { $0[folder] = found }
    return found
  }
}

extension PyramidDocument.ModelName {
  /// The name and the first digits of the identity.
  package var label: String { "\(name) \(hash.prefix(12))" }
}
