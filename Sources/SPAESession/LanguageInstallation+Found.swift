import Foundation
package import SPAELanguage
import SPAESystem

extension LanguageInstallation {
  /// Finds the language model that came with the program.
  package static func found() throws(LanguageError) -> LanguageInstallation {
    let pythons = InstalledFiles.places(
      installed: "language/venv/bin/python", inTree: ".venv-language/bin/python")
    let scripts = InstalledFiles.places(
      installed: "language/serve.py", inTree: "Assets/language/serve.py")
    guard let python = pythons.first(where: FileSystem.isExecutable),
      let script = scripts.first(where: FileSystem.exists)
    else { throw .notInstalled(places: pythons) }
    return LanguageInstallation(python: python, script: script)
  }
}
