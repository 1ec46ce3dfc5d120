import SPAESystem

/// Keys as vim writes them: x, <C-r>, <Esc>, <lt>, <F1>, and <press:3,14> for the mouse.
extension Key {
  private static let names: [(name: String, key: Key)] = [
    ("Esc", .escape), ("CR", .enter), ("Tab", .tab), ("S-Tab", .backTab), ("BS", .backspace),
    ("Del", .delete), ("Ins", .insert), ("Up", .up), ("Down", .down), ("Left", .left),
    ("Right", .right), ("Home", .home), ("End", .end), ("PageUp", .pageUp),
    ("PageDown", .pageDown), ("Space", .character(" ")), ("lt", .character("<")),
  ]

  /// How the key is written.
  package var notation: String {
    if let named = Self.names.first(where: { $0.key == self }) { return "<\(named.name)>" }
    return switch self {
    case .character(let character): String(character)
    case .control(let character): "<C-\(character)>"
    case .alt(let character): "<A-\(character)>"
    case .function(let number): "<F\(number)>"
    case .mouse(let mouse): "<\(mouse.action.rawValue):\(mouse.row),\(mouse.column)>"
    default: ""
    }
  }

  /// Reads keys written one after the other; line ends between them count for nothing.
  package static func keys(from text: String) throws(KeyNotationError) -> [Key] {
    var keys: [Key] = []
    for (index, line) in text.textLines.enumerated() {
      var rest = line[...]
      while let first = rest.first {
        guard first == "<" else {
          keys.append(.character(first))
          rest = rest.dropFirst()
          continue
        }
        let end = rest.firstIndex(of: ">")
        let name = String(rest[rest.index(after: rest.startIndex)..<(end ?? rest.endIndex)])
        guard let end, let key = Key(name: name) else {
          let column = line.distance(from: line.startIndex, to: rest.startIndex) + 1
          throw KeyNotationError(line: index + 1, column: column, found: String(name.prefix(20)))
        }
        keys.append(key)
        rest = rest[rest.index(after: end)...]
      }
    }
    return keys
  }

  /// The key that stands between angle brackets.
  private init?(name: String) {
    if let named = Self.names.first(where: { $0.name.lowercased() == name.lowercased() }) {
      self = named.key
    } else if name.count == 3, let last = name.last, name.lowercased().hasPrefix("c-") {
      self = .control(Character(last.lowercased()))
    } else if name.count == 3, let last = name.last, name.lowercased().hasPrefix("a-") {
      self = .alt(last)
    } else if name.lowercased().hasPrefix("f"), let number = Int(name.dropFirst()),
      (1...24).contains(number)
    {
      self = .function(number)
    } else if let mouse = Mouse(name: name) {
      self = .mouse(mouse)
    } else {
      return nil
    }
  }
}

extension Key.Mouse {
  fileprivate init?(name: String) {
    let parts = name.split(separator: ":")
    guard parts.count == 2, let action = Action(rawValue: String(parts[0])) else { return nil }
    let place = parts[1].split(separator: ",").compactMap { Int($0) }
    guard place.count == 2 else { return nil }
    self.init(action, row: place[0], column: place[1])
  }
}

/// Why a text is not a list of keys.
package struct KeyNotationError: Error, Hashable, CustomStringConvertible {
  /// Counted from 1, as is `column`.
  package let line: Int
  package let column: Int
  package let found: String

  package init(line: Int, column: Int, found: String) {
    self.line = line
    self.column = column
    self.found = found
  }

  package var description: String {
    "line \(line), column \(column): <\(found)> is no key; write <lt> for the sign <,"
      + " and keys as <Esc>, <CR>, <C-r>, <Up>"
  }
}
