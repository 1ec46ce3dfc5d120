package import SPAEExplorer
package import SPAEFiles
import SPAEScreen
package import SPAESystem

extension Keymap {
  /// The table with the keys that a person's settings give; an error names the file and the line.
  package init(_ preferences: Preferences) throws(Failure) {
    var changes: [Change] = []
    var bindings: [Action: Preferences.KeyBinding] = [:]
    for binding in preferences.keys {
      guard let action = Action(dashedName: binding.action) else {
        let near = Spelling.nearest(to: binding.action, among: Action.allCases.map(\.dashedName))
        throw binding.failure(
          "there is no such action\(near.map { "; did you mean \($0)?" } ?? ";")"
            + " man spae-keys lists them")
      }
      do throws(KeyNotationError) { changes.append(try Change(action, binding.keys)) } catch {
        throw binding.failure("<\(error.found)> is no key; keys are written as in man spae-keys")
      }
      bindings[action] = binding
    }
    do throws(Conflict) { try self.init(changes) } catch {
      throw bindings[error.action]?.failure("\(error)") ?? Failure("\(error)")
    }
  }
}
