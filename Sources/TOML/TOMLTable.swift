/// A table of a TOML document while it is read, and the rules of what may be defined again.
final class TOMLTable {
  /// How deep tables and lists may nest; no input then exhausts the stack.
  static let deepest = 64

  /// A part of a dotted key.
  struct Key {
    let name: String
    let place: TextPlace
  }

  /// What brought a table about.
  private enum Origin {
    /// Its own header, or the braces around it.
    case itself
    /// The header of a table within it; its own may follow.
    case headerBelow
    /// A dotted key, which defines it; more such keys may follow.
    case dottedKey
  }

  fileprivate enum Content {
    case value(TOMLValue)
    case table(TOMLTable)
    case list(TOMLTableList)
  }

  private struct Entry {
    let key: TextPlace
    let value: TextPlace
    let content: Content
  }

  /// How many tables and lists this one is within.
  let depth: Int
  private var origin: Origin
  private var entries: [String: Entry] = [:]

  /// An empty table; it is the document's when nothing is around it.
  convenience init(depth: Int = 0) { self.init(depth: depth, origin: .itself) }

  private init(depth: Int, origin: Origin) {
    self.depth = depth
    self.origin = origin
  }

  // MARK: Headers

  /// The table of a header `[a.b]`.
  func opened(by path: [Key]) throws(TOMLSyntaxError) -> TOMLTable {
    guard let key = path.last else { return self }
    let parent = try parent(inHeader: path)
    guard let entry = parent.entries[key.name] else {
      return try parent.addTable(at: key, origin: .itself)
    }
    guard case .table(let table) = entry.content, table.origin == .headerBelow else {
      throw defined(key, entry)
    }
    table.origin = .itself
    return table
  }

  /// The new table of a header `[[a.b]]`.
  func appended(by path: [Key]) throws(TOMLSyntaxError) -> TOMLTable {
    guard let key = path.last else { return self }
    let parent = try parent(inHeader: path)
    if let entry = parent.entries[key.name] {
      guard case .list(let list) = entry.content else { throw defined(key, entry) }
      return list.append(TOMLTable(depth: list.depth))
    }
    let list = TOMLTableList(depth: try parent.depth(below: key))
    parent.add(.list(list), at: key, key.place)
    return list.append(TOMLTable(depth: list.depth))
  }

  private func parent(inHeader path: [Key]) throws(TOMLSyntaxError) -> TOMLTable {
    var table = self
    for key in path.dropLast() {
      switch table.entries[key.name]?.content {
      case nil: table = try table.addTable(at: key, origin: .headerBelow)
      case .table(let next): table = next
      case .list(let list): table = list.last ?? table
      case .value: throw noTable(key)
      }
    }
    return table
  }

  // MARK: Keys

  /// The table that a dotted key puts its value in, where the last part is still free.
  func owner(of path: [Key]) throws(TOMLSyntaxError) -> TOMLTable {
    var table = self
    for key in path.dropLast() { table = try table.next(onDottedKey: key) }
    if let key = path.last, let entry = table.entries[key.name] { throw defined(key, entry) }
    return table
  }

  /// Defines a key that is free.
  func set(_ key: Key, to value: TOMLValue, at place: TextPlace) {
    add(.value(value), at: key, place)
  }

  private func next(onDottedKey key: Key) throws(TOMLSyntaxError) -> TOMLTable {
    switch entries[key.name] {
    case nil: return try addTable(at: key, origin: .dottedKey)
    case let entry?:
      guard case .table(let table) = entry.content else { throw noTable(key) }
      guard table.origin != .itself else { throw defined(key, entry) }
      table.origin = .dottedKey
      return table
    }
  }

  // MARK: Entries

  private func addTable(at key: Key, origin: Origin) throws(TOMLSyntaxError) -> TOMLTable {
    let table = TOMLTable(depth: try depth(below: key), origin: origin)
    add(.table(table), at: key, key.place)
    return table
  }

  private func add(_ content: Content, at key: Key, _ place: TextPlace) {
    entries[key.name] = Entry(key: key.place, value: place, content: content)
  }

  private func depth(below key: Key) throws(TOMLSyntaxError) -> Int {
    guard depth < Self.deepest else { throw .tooDeep(at: key.place) }
    return depth + 1
  }

  private func defined(_ key: Key, _ entry: Entry) -> TOMLSyntaxError {
    TOMLSyntaxError(
      place: key.place,
      reason: "'\(key.name)' is defined already, in line \(entry.key.line); expected another key")
  }

  private func noTable(_ key: Key) -> TOMLSyntaxError {
    TOMLSyntaxError(
      place: key.place,
      reason: "'\(key.name)' is defined already as a value or a list; expected the key of a table")
  }
}

extension TOMLTable {
  var nodes: [String: TOMLNode] { entries.mapValues { $0.content.node } }

  var sites: [String: TOMLSite] {
    entries.mapValues { TOMLSite(key: $0.key, value: $0.value, inner: $0.content.sites) }
  }
}

extension TOMLTable.Content {
  fileprivate var node: TOMLNode {
    switch self {
    case .value(let value): value.node
    case .table(let table): .table(table.nodes)
    case .list(let list): .array(list.tables.map { .table($0.nodes) })
    }
  }

  fileprivate var sites: [String: TOMLSite] {
    switch self {
    case .value(let value): value.sites
    case .table(let table): table.sites
    case .list(let list):
      list.tables.reduce(into: [:]) { $0.add($1.sites) }
    }
  }
}

/// The tables of one `[[header]]`; an object, so that each is added in constant time.
final class TOMLTableList {
  let depth: Int
  private(set) var tables: [TOMLTable] = []

  init(depth: Int) { self.depth = depth }

  var last: TOMLTable? { tables.last }

  func append(_ table: TOMLTable) -> TOMLTable {
    tables.append(table)
    return table
  }
}

/// A value that has been read, and where the keys within it stand.
struct TOMLValue {
  let node: TOMLNode
  var sites: [String: TOMLSite] = [:]
}

extension TOMLSyntaxError {
  static func tooDeep(at place: TextPlace) -> TOMLSyntaxError {
    TOMLSyntaxError(
      place: place,
      reason: "this nests too deep; expected at most \(TOMLTable.deepest) levels")
  }
}
