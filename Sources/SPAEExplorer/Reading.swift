import SPAEScreen
import SPAESystem

/// A text that is read in a popup: what the language model answered.
package struct Reading: Hashable, Sendable {
  package let title: String
  package let text: String
  /// Lines above those in sight.
  package internal(set) var scroll = 0

  /// Whatever a server may send, only text gets to the screen.
  init(title: String, text: String) {
    self.title = title
    self.text = text.textLines.map(\.printable).joined(separator: "\n")
  }

  func lines(width: Int) -> [String] { text.wrapped(to: width) }
}

extension String {
  /// The text in lines of at most so many cells, broken at blanks where that is possible.
  func wrapped(to width: Int) -> [String] {
    textLines.flatMap { Substring($0).wrappedParagraph(to: max(2, width)) }
  }
}

extension Substring {
  fileprivate func wrappedParagraph(to width: Int) -> [String] {
    var lines = [""]
    for word in split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty || last.displayWidth + 1 + word.displayWidth > width {
        if !last.isEmpty { lines.append("") }
        lines.replaceLast(by: word.broken(to: width))
      } else {
        lines[lines.count - 1] = "\(last) \(word)"
      }
    }
    return lines
  }

  /// A word in pieces, none of them wider than a line.
  private func broken(to width: Int) -> [String] {
    var (pieces, room) = ([""], width)
    for character in self {
      if character.displayWidth > room {
        pieces.append("")
        room = width
      }
      pieces[pieces.count - 1].append(character)
      room -= character.displayWidth
    }
    return pieces
  }
}

extension [String] {
  fileprivate mutating func replaceLast(by lines: [String]) {
    removeLast()
    append(contentsOf: lines)
  }
}
