import SPAESystem

/// The help of a command for a terminal that is too narrow for the parser's two columns: what an option
/// is for stands below it.
enum NarrowHelp {
  /// Columns with which the parser breaks no line.
  static let unbroken = 100_000

  /// The greatest indent.
  private static let indent = 6

  /// Breaks the lines of a help that has each paragraph in one.
  static func text(_ help: String, columns: Int) -> String {
    help.textLines.flatMap { lines(of: $0[...], columns: columns) }.joined(separator: "\n")
  }

  private static func lines(of line: Substring, columns: Int) -> [String] {
    let start = line.prefix { $0 == " " }.count
    let text = line.dropFirst(start)
    guard start == 2, let gap = text.firstRange(of: "  ") else {
      return wrapped(text, indent: min(start, indent), columns: columns)
    }
    return wrapped(text[..<gap.lowerBound], indent: start, columns: columns)
      + wrapped(text[gap.upperBound...], indent: indent, columns: columns)
  }

  private static func wrapped(_ text: Substring, indent: Int, columns: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= columns {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(margin + word)
      }
    }
    return lines.isEmpty ? [""] : lines
  }
}
