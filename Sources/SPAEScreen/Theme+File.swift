import SPAEColour
import SPAESystem

extension Theme {
  /// Reads a theme, and those it inherits from, which `find` looks up: by name, for a source.
  ///
  /// A file that inherits nothing begins with `mono`. A role in a file replaces the inherited role
  /// as a whole; a colour in its palette replaces the inherited colour wherever that is named.
  /// Throws `ThemeError` for the first thing that is wrong, with its file, line and column.
  package init(
    _ source: ThemeSource, among names: [String] = [], find: (String, ThemeSource) -> ThemeSource?
  ) throws(ThemeError) {
    let files = try Self.ancestry(of: source, names, find)
    var palette: [String: RGB] = [:]
    var looks: [Role: ThemeFile.Look] = [:]
    for file in files.reversed() {
      palette.merge(file.palette) { $1 }
      looks.merge(file.looks) { $1 }
    }
    var resolved: [Role: Attributes] = [:]
    for role in Role.allCases {
      resolved[role] =
        try looks[role].map { look throws(ThemeError) in
          try Self.resolve(look, palette)
        } ?? Theme.mono[role]
    }
    let appearance = files.lazy.compactMap(\.appearance).first ?? .any
    self.init(name: source.name, appearance: appearance, looks: resolved)
  }

  /// The file and those it inherits from, the nearest first.
  private static func ancestry(
    of source: ThemeSource, _ names: [String], _ find: (String, ThemeSource) -> ThemeSource?
  ) throws(ThemeError) -> [ThemeFile] {
    var files = [try ThemeFile(source)]
    while let file = files.last, let parent = file.parent {
      guard let next = find(parent.name, file.source) else {
        let near = Spelling.nearest(to: parent.name, among: names)
        throw ThemeError(
          file: file.source.file, place: parent.place,
          problem: .unknownTheme(parent.name, near: near))
      }
      guard !files.contains(where: { $0.source.isSame(as: next) }) else {
        let circle = files.map(\.source.name) + [next.name]
        throw ThemeError(file: file.source.file, place: parent.place, problem: .cycle(circle))
      }
      files.append(try ThemeFile(next))
    }
    return files
  }

  private static func resolve(
    _ look: ThemeFile.Look, _ palette: [String: RGB]
  ) throws(ThemeError) -> Attributes {
    var attributes = look.marks
    attributes.foreground = try colour(look.foreground, palette)
    attributes.background = try colour(look.background, palette)
    return attributes
  }

  private static func colour(
    _ name: ThemeFile.ColourName?, _ palette: [String: RGB]
  ) throws(ThemeError) -> RGB? {
    guard let name, name.text != "default" else { return nil }
    if let colour = palette[name.text] ?? RGB(hex: name.text) { return colour }
    let problem: ThemeError.Problem =
      name.text.hasPrefix("#")
      ? .badColour(name.text)
      : .unknownColour(name.text, near: Spelling.nearest(to: name.text, among: palette.keys))
    throw ThemeError(file: name.file, place: name.place, problem: problem)
  }
}
