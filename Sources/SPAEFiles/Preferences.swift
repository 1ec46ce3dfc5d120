import Foundation
package import SPAEPyramid
package import SPAEScreen
package import SPAESystem
import TOML

/// What a person wishes unless the command line says otherwise: spae/config.toml in
/// $XDG_CONFIG_HOME or ~/.config.
package struct Preferences: Equatable {
  package var theme: String?
  package var graphics: GraphicsChoice?
  /// The history store, or "none".
  package var history: String?
  /// The model's folder.
  package var model: String?
  /// Whether words wear the colours of their pixels.
  package var tint = true
  /// The folder of pictures that edits bring words from.
  package var library: String?
  /// How large the explorer opens pictures; nil is 128 pixels.
  package var size: PictureSize?
  /// What a typed word does to the words beneath it.
  package var edits = EditStyle.paint
  /// Whether yanked words go to the system's clipboard too.
  package var clipboard = false
  /// Other keys for the explorer's actions, in the order of the file.
  package var keys: [KeyBinding] = []

  /// Keys for an action, and where the file says so.
  package struct KeyBinding: Equatable {
    package let action: String
    package let keys: String
    fileprivate let path: String
    fileprivate let place: TextPlace

    /// An error that names the place.
    package func failure(_ text: String) -> Failure {
      Failure("\(path): line \(place.line), column \(place.column): keys.\(action): \(text)")
    }
  }

  private static let names = [
    "theme", "graphics", "history", "model", "tint", "edits", "library", "clipboard", "size",
    "keys",
  ]

  /// Reads the person's file; without one nothing is wished.
  package init(environment: [String: String] = SystemEnvironment.variables) throws(Failure) {
    let path = Self.path(environment)
    guard FileSystem.exists(path) else {
      try self.init(text: "", path: path)
      return
    }
    guard let text = FileSystem.text(of: path) else {
      throw Failure("\(path): cannot be read, or is no text")
    }
    try self.init(text: text, path: path)
  }

  /// Reads the text of a file; an error names the first thing in it that is wrong, and its place.
  package init(text: String, path: String) throws(Failure) {
    let document: TOMLDocument
    do { document = try TOMLDocument(text) } catch { throw Failure("\(path): \(error)") }
    for (key, node) in document.root.sorted(by: { $0.key < $1.key }) {
      do throws(Problem) {
        try read(key, node)
      } catch {
        let place =
          error.isKey ? document.place(ofKey: [key]) : document.place(ofValue: [key])
        throw Failure("\(path): line \(place.line), column \(place.column): \(error.text)")
      }
    }
    try readKeys(document, path: path)
  }

  /// Reads the table of keys.
  private mutating func readKeys(_ document: TOMLDocument, path: String) throws(Failure) {
    guard case .table(let table)? = document.root["keys"] else { return }
    for (action, node) in table {
      let place = document.place(ofKey: ["keys", action])
      guard case .string(let text) = node else {
        throw KeyBinding(action: action, keys: "", path: path, place: place)
          .failure("it is \(node.kind); it must be a text in quotes")
      }
      keys.append(KeyBinding(action: action, keys: text, path: path, place: place))
    }
    keys.sort { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
  }

  private struct Problem: Error {
    let text: String
    var isKey = false
  }

  private mutating func read(_ key: String, _ node: TOMLNode) throws(Problem) {
    switch (key, node) {
    case ("theme", .string(let name)): theme = name
    case ("history", .string(let path)): history = Self.expanded(path)
    case ("model", .string(let path)): model = Self.expanded(path)
    case ("library", .string(let path)): library = Self.expanded(path)
    case ("tint", .boolean(let wish)): tint = wish
    case ("clipboard", .boolean(let wish)): clipboard = wish
    case ("keys", .table): break
    case ("size", .integer(let number)):
      guard let wish = PictureSize(Int(number)) else {
        throw Problem(text: "size is \(number); it can be \(PictureSize.names)")
      }
      size = wish
    case ("size", .string(let name)):
      guard let wish = PictureSize(name) else {
        throw Problem(text: "size is '\(name)'; it can be \(PictureSize.names)")
      }
      size = wish
    case ("graphics", .string(let name)):
      graphics = GraphicsChoice(rawValue: name)
      guard graphics != nil else {
        throw Problem(text: "graphics is '\(name)'; it can be \(GraphicsChoice.names)")
      }
    case ("edits", .string(let name)):
      guard let style = EditStyle(rawValue: name) else {
        throw Problem(text: "edits is '\(name)'; it can be \(EditStyle.names)")
      }
      edits = style
    case _ where Self.names.contains(key):
      let wanted =
        ["tint", "clipboard"].contains(key)
        ? "true or false"
        : key == "size" ? PictureSize.names : key == "keys" ? "a table" : "a text in quotes"
      throw Problem(text: "\(key) is \(node.kind); it must be \(wanted)")
    default:
      let near = Spelling.nearest(to: key, among: Self.names).map { "; did you mean \($0)?" } ?? ""
      let all = Self.names.joined(separator: ", ")
      throw Problem(text: "there is no key '\(key)'\(near) There are \(all)", isKey: true)
    }
  }

  /// A path with the home folder in place of ~.
  private static func expanded(_ path: String) -> String {
    let home = UserFolders(environment: SystemEnvironment.variables).home
    return path.hasPrefix("~/") ? home + path.dropFirst() : path
  }

  /// Where the file is.
  package static func path(_ environment: [String: String]) -> String {
    UserFolders(environment: environment).configuration + "/spae/config.toml"
  }
}
