import SPAESystem

/// The lines of a text that mean something, and a person's comments between and behind them.
struct SignificantLines: Sendable {
  struct Line: Sendable {
    /// Counted from 1, all lines of the text.
    let number: Int
    /// Without its comment.
    let text: Substring
  }

  private(set) var lines: [Line] = []
  private(set) var comments: [PyramidDocument.Comment] = []

  /// Adds a line of the text, which is perhaps blank or a comment.
  mutating func add(_ line: String, number: Int) {
    let scalars = line[...].unicodeScalars
    guard let first = scalars.first(where: { !$0.properties.isWhitespace }) else { return }
    if first == "#" { return comments.append(.init(before: lines.count, text: line)) }
    let comment = Self.comment(in: scalars)
    if let comment {
      comments.append(.init(endOf: lines.count, text: String(scalars[comment...])))
    }
    lines.append(Line(number: number, text: Substring(scalars[..<(comment ?? scalars.endIndex)])))
  }

  /// Puts a comment before all others.
  mutating func addFirst(comment: String) {
    comments.insert(.init(before: 0, text: comment), at: 0)
  }

  /// Those after the first ones, without the comments.
  func after(first count: Int = 1) -> SignificantLines {
    var rest = SignificantLines()
    rest.lines = Array(lines.dropFirst(count))
    return rest
  }

  /// Where the comment at a line's end begins: a # after white space, but not within the quotes of a
  /// source's name.
  private static func comment(
    in line: Substring.UnicodeScalarView
  ) -> Substring.UnicodeScalarView.Index? {
    let hasQuotes = line.drop(while: \.properties.isWhitespace).starts(
      with: "source".unicodeScalars)
    var (isQuoted, isEscaped, last) = (false, false, Unicode.Scalar("x"))
    for index in line.indices {
      let scalar = line[index]
      if scalar == "#", !isQuoted, last.properties.isWhitespace { return index }
      if scalar == "\"", hasQuotes, !isEscaped { isQuoted.toggle() }
      isEscaped = scalar == "\\" && !isEscaped
      last = scalar
    }
    return nil
  }
}

extension Substring {
  /// Its parts between white space.
  var fields: [Substring] {
    unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map(Substring.init)
  }

  /// Without white space at both ends.
  var trimmed: Substring {
    var text = drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// Its beginning, for a message.
  var excerpt: String { trimmed.prefix(40).printable }
}
