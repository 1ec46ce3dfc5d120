/// A value of a TOML document.
package indirect enum TOMLNode: Hashable, Sendable {
  case string(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case array([TOMLNode])
  case table([String: TOMLNode])
  /// A date or a time, which no file of this program has.
  case dateTime

  /// What a person would call it.
  package var kind: String {
    switch self {
    case .string: "a text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .array: "a list"
    case .table: "a table"
    case .dateTime: "a date or time"
    }
  }
}

/// A place in a text, counted from 1.
package struct TextPlace: Hashable, Sendable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Why a text is not TOML, and where.
package struct TOMLSyntaxError: Error, Hashable, CustomStringConvertible {
  package let place: TextPlace
  package let reason: String

  package var description: String { "line \(place.line), column \(place.column): \(reason)" }
}

/// A TOML document: its values, and where each of them stands.
package struct TOMLDocument: Hashable, Sendable {
  package let root: [String: TOMLNode]
  private let sites: [String: TOMLSite]

  /// Reads a text by the rules of TOML 1.0, in time linear in its length.
  ///
  /// What nests deeper than 64 levels, a number that 64 bits cannot hold, and a letter with more
  /// than 30 accents is refused. Keys are compared as Swift compares texts: a letter with its accent
  /// is one key however it is encoded.
  /// Throws `TOMLSyntaxError` for the first mistake.
  package init(_ text: String) throws(TOMLSyntaxError) {
    var reader = TOMLReader(text)
    let table = try reader.document()
    root = table.nodes
    sites = table.sites
  }

  /// Where the key at the end of a path stands, or the beginning if there is none.
  ///
  /// A list is no step of the path: a key below it is that of the first table with such a key.
  package func place(ofKey path: [String]) -> TextPlace {
    site(path)?.key ?? TextPlace(line: 1, column: 1)
  }

  /// Where the value at the end of a path begins; for the table of a header, its key.
  package func place(ofValue path: [String]) -> TextPlace {
    site(path)?.value ?? TextPlace(line: 1, column: 1)
  }

  private func site(_ path: [String]) -> TOMLSite? {
    guard let first = path.first else { return nil }
    return path.dropFirst().reduce(sites[first]) { $0?.inner[$1] }
  }
}
