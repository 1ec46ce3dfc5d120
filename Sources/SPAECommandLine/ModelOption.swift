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
      "The model's folder.",
      discussion: "Default: $SPAE_MODEL, that of the configuration file, or the installed one.",
      valueName: "folder"))
  package var folder: String?

  @Option(help: ArgumentHelp("The number of threads.", valueName: "n"))
  package var threads: Int?

  package init() {}

  package func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  /// Loads the model.
  package func load() throws -> Model {
    let parallel = threads.map { Parallel(threads: $0) } ?? Parallel()
    do {
      return try Model(folder: try resolvedFolder(), parallel: parallel)
    } catch let error as EngineError {
      throw Failure("\(error)")
    }
  }

  private func resolvedFolder() throws -> String {
    if let folder { return folder }
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

extension PictureEncoder {
  /// Loads the model for work that is shared between pictures, each on one thread.
  package init(_ option: ModelOption) throws {
    var single = option
    single.threads = 1
    try self.init(model: try single.load(), workers: option.threads ?? Parallel.processors)
  }
}
