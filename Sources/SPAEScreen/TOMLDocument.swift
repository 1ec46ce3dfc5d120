internal import TOMLKit

/// A value of a TOML document.
public indirect enum TOMLNode: Hashable, Sendable {
  case string(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case array([TOMLNode])
  case table([String: TOMLNode])
  /// A date or a time, which no file of this program has.
  case moment

  /// What a person would call it.
  public var kind: String {
    switch self {
    case .string: "a text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .array: "a list"
    case .table: "a table"
    case .moment: "a date or time"
    }
  }
}

/// A place in a text, counted from 1.
public struct TextPlace: Hashable, Sendable {
  public let line: Int
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Why a text is not TOML, and where.
public struct TOMLSyntaxError: Error, Hashable, CustomStringConvertible {
  public let place: TextPlace
  public let reason: String

  public var description: String { "line \(place.line), column \(place.column): \(reason)" }
}

/// A TOML document: its values, and where each of them stands.
public struct TOMLDocument: Hashable, Sendable {
  public let root: [String: TOMLNode]
  private let places: TOMLPlaces

  /// Reads a text.
  public init(_ text: String) throws(TOMLSyntaxError) {
    guard !text.unicodeScalars.contains("\0") else {
      throw TOMLSyntaxError(place: TextPlace(line: 1, column: 1), reason: "it is not a text")
    }
    root = try Self.parse(text)
    places = TOMLPlaces(text)
  }

  /// Where the key at the end of a path stands.
  public func place(ofKey path: [String]) -> TextPlace {
    places.keys[path] ?? TextPlace(line: 1, column: 1)
  }

  /// Where the value at the end of a path begins.
  public func place(ofValue path: [String]) -> TextPlace {
    places.values[path] ?? place(ofKey: path)
  }

  private static func parse(_ text: String) throws(TOMLSyntaxError) -> [String: TOMLNode] {
    do {
      let table = try TOMLTable(string: text)
      return withExtendedLifetime(table) { nodes(of: table) }  // its values live in it
    } catch let error as TOMLParseError {
      let begin = error.source.begin
      throw TOMLSyntaxError(
        place: TextPlace(line: begin.line, column: begin.column), reason: error.description)
    } catch {
      throw TOMLSyntaxError(place: TextPlace(line: 1, column: 1), reason: "\(error)")
    }
  }

  private static func nodes(of table: TOMLTable) -> [String: TOMLNode] {
    var nodes: [String: TOMLNode] = [:]
    for key in table.keys { nodes[key] = table[key].map { node($0) } }
    return nodes
  }

  private static func node(_ value: any TOMLValueConvertible) -> TOMLNode {
    switch value.type {
    case .string: .string(value.string ?? "")
    case .int: .integer(value.int ?? 0)
    case .double: .number(value.double ?? 0)
    case .bool: .boolean(value.bool ?? false)
    case .array: .array(value.array?.map { node($0) } ?? [])
    case .table: .table(value.table.map { nodes(of: $0) } ?? [:])
    case .date, .time, .dateTime: .moment
    }
  }
}
