import Foundation
package import SPAELanguage
import SPAESystem

extension LanguageInstallation {
  /// Finds a language model that came with the program, or was installed beside it.
  package static func found(
    _ model: ServedModel = .smollm2
  ) throws(LanguageError) -> LanguageInstallation {
    let pythons = InstalledFiles.places(
      installed: "language/venv/bin/python", inTree: ".venv-language/bin/python")
    let scripts = InstalledFiles.places(
      installed: "language/serve.py", inTree: "Assets/language/serve.py")
    guard let python = pythons.first(where: FileSystem.isExecutable),
      let script = scripts.first(where: FileSystem.exists)
    else { throw .notInstalled(places: pythons) }
    if model == .gemma {
      let folder = String(python.dropLast("/bin/python".count)) + "/gemma"
      guard FileSystem.exists(folder + "/gemma-3-270m-q4_k_m.gguf") else {
        throw .noServedModel(model, folder: folder)
      }
    }
    return LanguageInstallation(python: python, script: script, model: model)
  }
}
