package import TOML

/// What is wrong with the file of a theme, and where.
package struct ThemeError: Error, Hashable, Sendable {
  package enum Problem: Hashable, Sendable {
    case syntax(String)
    case unknownKey(String, near: String?)
    case unknownRole(String, near: String?)
    case unknownColour(String, near: String?)
    case badColour(String)
    case wrongType(of: String, expected: String, got: String)
    case appearance(String)
    case unknownTheme(String, near: String?)
    case cycle([String])
  }

  package let file: String
  package let place: TextPlace
  package let problem: Problem

  package init(file: String, place: TextPlace, problem: Problem) {
    self.file = file
    self.place = place
    self.problem = problem
  }
}

extension ThemeError: CustomStringConvertible {
  package var description: String {
    "\(file): line \(place.line), column \(place.column): \(problem)"
  }
}

extension ThemeError.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .syntax(let reason): reason
    case .unknownKey(let key, let near): "'\(key)' is no key of a theme" + remedy(near)
    case .unknownRole(let role, let near):
      "'\(role)' is no role" + (near.map { "; the nearest is '\($0)'" } ?? "")
        + "; spae theme show lists them"
    case .unknownColour(let colour, let near):
      "'\(colour)' is no colour of [palette]" + remedy(near) + "; name it there or write #rrggbb"
    case .badColour(let text):
      "'\(text)' is no colour; write #rrggbb, a red, green and blue of two hexadecimal digits each"
    case .wrongType(let key, let expected, let got):
      "'\(key)' must be \(expected), and is \(got)"
    case .appearance(let text): "'\(text)' is no appearance; write light, dark or any"
    case .unknownTheme(let name, let near): "there is no theme '\(name)'" + remedy(near)
    case .cycle(let names):
      "it inherits itself: \(names.joined(separator: " -> ")); take one 'inherits' out"
    }
  }

  private func remedy(_ near: String?) -> String { near.map { "; did you mean '\($0)'?" } ?? "" }
}
