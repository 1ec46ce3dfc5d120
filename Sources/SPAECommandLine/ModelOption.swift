package import ArgumentParser
import Foundation
package import SPAEEngine
package import SPAEFiles
import SPAEPyramid
import SPAESystem

/// Which model a command uses.
package struct ModelOption: ParsableArguments {
  @Option(
    name: .customLong("model"),
    help: ArgumentHelp(
      "The model: its folder, or its folder's name or identity among those that are installed.",
      discussion: """
        Default: $SPAE_MODEL, that of the configuration file, or the installed one, which is called \
        small. A pyramid is read with the model that it names; one that is named here reads other \
        models' words too, with a warning.
        """,
      valueName: "folder"))
  package var folder: String?

  @Option(
    help: ArgumentHelp(
      "The number of threads.", discussion: "Default: one for each processor.", valueName: "n"))
  package var threads: Int?

  @Option(
    help: ArgumentHelp(
      "How the networks compute: as the model says, or in float32.",
      discussion: """
        For comparison: a model whose layers are whole numbers (int8) then finds the words that the \
        same model finds without them. Pictures are decoded in float32 in any case.
        """))
  package var precision = Model.Precision.ofModel

  package init() {}

  package func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  /// Loads the model.
  package func load() throws -> Model { try library().chosen() }

  /// Loads the model's words alone.
  package func lexicon() throws -> Lexicon { try library().lexicon() }

  /// The models of a command that reads pyramids, which name theirs; `tell` is given a line for each.
  package func library(tell: (@Sendable (String) -> Void)? = nil) throws -> ModelLibrary {
    try library(isFixed: folder != nil, tell: tell)
  }

  /// The same for a command that moves pyramids to the chosen model, and reads each with its own.
  package func conversionLibrary() throws -> ModelLibrary { try library(isFixed: false, tell: nil) }

  private func library(
    isFixed: Bool, tell: (@Sendable (String) -> Void)?
  ) throws -> ModelLibrary {
    let parallel = threads.map { Parallel(threads: $0) } ?? Parallel()
    return ModelLibrary(
      folder: try resolvedFolder(), isFixed: isFixed, precision: precision, parallel: parallel,
      tell: tell)
  }

  private func resolvedFolder() throws -> String {
    guard let folder else { return try defaultFolder() }
    if FileSystem.exists(folder) || folder.contains("/") { return folder }
    let library = ModelLibrary(folder: try defaultFolder())
    let isIdentity = folder.utf8.count >= 6 && folder.allSatisfy(\.isHexDigit)
    let named = library.folders.first { FileName.last(of: $0) == folder }
    if let found = named ?? (isIdentity ? library.folder(ofIdentity: folder) : nil) {
      return found
    }
    throw Failure(
      "\(folder): no folder of that name here, and no model with that name or identity in"
        + " \(library.places.joined(separator: ", "))")
  }

  private func defaultFolder() throws -> String {
    if let named = SystemEnvironment.variables["SPAE_MODEL"], !named.isEmpty {
      return named
    }
    if let wish = try Preferences().model { return wish }
    let found = Self.places.first { FileSystem.exists($0 + "/config.json") }
    guard let found else {
      throw Failure(
        "no model found in \(Self.places.joined(separator: ", ")); name one with --model FOLDER")
    }
    return found
  }

  private static var places: [String] {
    InstalledFiles.places(installed: "models/small", inTree: "Assets/models/small")
  }
}

extension Model.Precision: ExpressibleByArgument {}

/// The models of a command that reads pyramids.
package struct ModelsOption: ParsableArguments {
  @OptionGroup package var model: ModelOption

  @Flag(help: "Say which model each pyramid is read with.")
  package var verbose = false

  package init() {}

  package func library() throws -> ModelLibrary {
    guard verbose else { return try model.library() }
    return try model.library { line in print("spae: \(line)", toStandardError: true) }
  }
}

extension PictureEncoder {
  /// Loads the model for work that is shared between pictures, each on one thread.
  package init(_ option: ModelOption) throws {
    var single = option
    single.threads = 1
    try self.init(models: try single.library(), workers: option.threads ?? Parallel.processors)
  }
}
