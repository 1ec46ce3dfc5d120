package import ArgumentParser
package import SPAEEngine
package import SPAEFiles
package import SPAELibrary
import SPAESystem
import Synchronization

/// Whether edits bring what their words say from other pictures, and from which.
package struct BringOptions: ParsableArguments {
  @Flag(help: "Bring what each new word says from a picture of the library.")
  package var bring = false

  @Option(
    help: ArgumentHelp(
      "The pictures to bring from.",
      discussion: "Default: that of the configuration file, or the index and the bundled pictures.",
      valueName: "folder"))
  package var library: String?

  package init() {}

  package func validate() throws {
    guard library == nil || bring else { throw ValidationError("--library needs --bring") }
  }

  /// The pictures to bring from, with words of a model.
  package func exemplars(_ models: ModelLibrary, _ model: Model) throws -> ExemplarLibrary {
    let source = ExemplarSource(models: models, folder: try library ?? Preferences().library)
    let bar = Mutex<ProgressBar?>(nil)
    defer { bar.withLock { $0?.finish() } }
    return try source.library(
      of: model,
      tell: { event in
        switch event {
        case .encoding(_, let total):
          bar.withLock { bar in
            if bar == nil { bar = ProgressBar(total: total, isShown: total > 8) }
            bar?.advance()
          }
        case .leftOut(let reason):
          print("spae: the bundled pictures are left out: \(reason)", toStandardError: true)
        }
      })
  }
}
