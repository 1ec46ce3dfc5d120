import SPAEColour
import SPAESystem
import TOML

/// The text of a theme, and what to call it.
package struct ThemeSource: Hashable, Sendable {
  package let name: String
  /// What messages call it: a path.
  package let file: String
  package let text: String

  package init(name: String, file: String, text: String) {
    self.name = name
    self.file = file
    self.text = text
  }

  /// Whether it is the same file, perhaps by another path.
  func isSame(as other: ThemeSource) -> Bool { name == other.name && text == other.text }
}

/// What one file says of a theme, before it inherits.
struct ThemeFile {
  /// A colour as it is written: `#rrggbb`, a name of the palette, or `default`.
  struct ColourName {
    let text: String
    let file: String
    let place: TextPlace
  }

  struct Look {
    var marks = Attributes()
    var foreground: ColourName?
    var background: ColourName?
  }

  let source: ThemeSource
  private(set) var appearance: Theme.Appearance?
  private(set) var parent: (name: String, place: TextPlace)?
  private(set) var palette: [String: RGB] = [:]
  private(set) var looks: [Role: Look] = [:]
  private let document: TOMLDocument

  /// Reads a file; an error names the first thing in it that is wrong.
  init(_ source: ThemeSource) throws(ThemeError) {
    self.source = source
    do {
      document = try TOMLDocument(source.text)
    } catch {
      throw ThemeError(file: source.file, place: error.place, problem: .syntax(error.reason))
    }
    for (key, node) in inOrder(document.root, of: []) { try read(key, node) }
  }

  private mutating func read(_ key: String, _ node: TOMLNode) throws(ThemeError) {
    switch key {
    case "appearance": appearance = try appearance(node)
    case "inherits": parent = (try text(node, [key]), document.place(ofValue: [key]))
    case "palette":
      for (name, node) in inOrder(try table(node, [key]), of: [key]) {
        palette[name] = try colour(node, [key, name])
      }
    case "roles":
      for (name, node) in inOrder(try table(node, [key]), of: [key]) {
        looks[try role(name)] = try look(node, [key, name])
      }
    default:
      let near = Spelling.nearest(to: key, among: ["appearance", "inherits", "palette", "roles"])
      throw error(.unknownKey(key, near: near), at: document.place(ofKey: [key]))
    }
  }

  private func role(_ name: String) throws(ThemeError) -> Role {
    if let role = Role(rawValue: name) { return role }
    let near = Spelling.nearest(to: name, among: Role.allCases.map(\.rawValue))
    throw error(.unknownRole(name, near: near), at: document.place(ofKey: ["roles", name]))
  }

  private static let marks: [String: any WritableKeyPath<Attributes, Bool> & Sendable] = [
    "bold": \.bold, "faint": \.faint, "italic": \.italic, "underline": \.underline,
    "reverse": \.reverse,
  ]

  /// A table of colours and marks, or the foreground alone.
  private func look(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> Look {
    var look = Look()
    if case .string = node {
      look.foreground = try name(node, path)
      return look
    }
    for (key, node) in inOrder(try table(node, path, or: "a colour"), of: path) {
      let path = path + [key]
      switch key {
      case "fg": look.foreground = try name(node, path)
      case "bg": look.background = try name(node, path)
      default: look.marks[keyPath: try mark(path)] = try flag(node, path)
      }
    }
    return look
  }

  private func mark(_ path: [String]) throws(ThemeError) -> WritableKeyPath<Attributes, Bool> {
    let key = path.last ?? ""
    if let mark = Self.marks[key] { return mark }
    let near = Spelling.nearest(to: key, among: ["fg", "bg"] + Self.marks.keys)
    throw error(.unknownKey(key, near: near), at: document.place(ofKey: path))
  }

  // MARK: Values

  private func appearance(_ node: TOMLNode) throws(ThemeError) -> Theme.Appearance {
    let text = try text(node, ["appearance"])
    if let appearance = Theme.Appearance(rawValue: text) { return appearance }
    throw error(.appearance(text), at: document.place(ofValue: ["appearance"]))
  }

  private func name(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> ColourName {
    ColourName(
      text: try text(node, path), file: source.file, place: document.place(ofValue: path))
  }

  private func colour(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> RGB {
    let text = try text(node, path)
    if let colour = RGB(hex: text) { return colour }
    throw error(.badColour(text), at: document.place(ofValue: path))
  }

  private func text(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> String {
    if case .string(let text) = node { return text }
    throw wrong(node, path, expected: "a text in quotes")
  }

  private func flag(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> Bool {
    if case .boolean(let flag) = node { return flag }
    throw wrong(node, path, expected: "true or false")
  }

  private func table(
    _ node: TOMLNode, _ path: [String], or other: String? = nil
  ) throws(ThemeError) -> [String: TOMLNode] {
    if case .table(let table) = node { return table }
    throw wrong(node, path, expected: "a table" + (other.map { " or \($0)" } ?? ""))
  }

  // MARK: Errors

  private func wrong(_ node: TOMLNode, _ path: [String], expected: String) -> ThemeError {
    error(
      .wrongType(of: path.last ?? "", expected: expected, got: node.kind),
      at: document.place(ofValue: path))
  }

  private func error(_ problem: ThemeError.Problem, at place: TextPlace) -> ThemeError {
    ThemeError(file: source.file, place: place, problem: problem)
  }

  /// The entries of a table as they stand in the text.
  private func inOrder(
    _ table: [String: TOMLNode], of path: [String]
  ) -> [(key: String, value: TOMLNode)] {
    let placed = table.map { (place: document.place(ofKey: path + [$0.key]), entry: $0) }
    return placed.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
      .map(\.entry)
  }
}
