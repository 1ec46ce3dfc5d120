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
    let files = FileManager.default
    guard let python = pythons.first(where: { files.isExecutableFile(atPath: $0) }),
      let script = scripts.first(where: { files.fileExists(atPath: $0) })
    else { throw .notInstalled(places: pythons) }
    return LanguageInstallation(python: python, script: script)
  }
}
