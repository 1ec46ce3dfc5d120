import SPAEScreen

/// A line of the plain mode in a gallery: what it does, and what is told then.
package struct GalleryRequest: Sendable {
  package enum Answer: Hashable, Sendable {
    case nothing, summary, list, picture, reading, help
  }

  package let messages: [GalleryMessage]
  package let answer: Answer

  /// The lines and what they do.
  package static let usage: [(form: String, help: String)] = [
    ("list", "print the pictures with their words, in the present order"),
    ("find WORDS", "rank the pictures by words"),
    ("sort name|date|likeness", "sort; likeness is that to the picture you are at"),
    ("all", "all pictures again"),
    ("go N, next, previous", "go to a picture, by its number in the list"),
    ("open [N]", "open a picture; gallery comes back"),
    ("edit FILE", "open another file or folder"),
    ("errors", "the files that cannot be read, and why"),
    ("quit", "leave"),
  ]

  /// Reads a line; nil for an empty one.
  package init?(_ line: String) {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let verb = words.first else { return nil }
    let rest = words.dropFirst().joined(separator: " ")
    let number = rest.isEmpty ? [] : [GalleryMessage.command(rest)]
    (messages, answer) =
      switch verb {
      case "list", "l": ([], .list)
      case "all": ([.action(.cancel)], .list)
      case "find", "f": ([.command("find \(rest)")], .list)
      case "sort": ([.command(line)], .list)
      case "go": (number, .picture)
      case "next", "n": ([.action(.pictureRight)], .picture)
      case "previous", "p": ([.action(.pictureLeft)], .picture)
      case "open", "o": (number + [.action(.openPicture)], .nothing)
      case "errors": ([.action(.listUnreadable)], .reading)
      case "help", "?": ([], .help)
      case "quit!", "q!": ([.command("q")], .nothing)
      default: ([.command(line)], Int(verb) == nil ? .nothing : .picture)
      }
  }
}

extension Gallery {
  /// What stands before a line that is to be typed.
  package var prompt: String { selected.map { pictures[$0].name } ?? title }

  /// What a line is answered with, on a terminal of so many columns.
  package func plainLines(of answer: GalleryRequest.Answer, columns: Int = 120) -> [String] {
    switch answer {
    case .nothing: return []
    case .summary: return [summary]
    case .list:
      let digits = "\(order.count)".count
      return order.enumerated().map { line($0, $1, digits: digits) }
    case .picture: return selected.map { [line(selection, $0, digits: 0)] } ?? []
    case .reading:
      guard case .reading(let reading) = mode else { return [] }
      return reading.lines(width: .max)
    case .help: return usageLines(GalleryRequest.usage, beside: 26, columns: columns)
    }
  }

  private var summary: String {
    let bad = unreadable.isEmpty ? "" : ", \(unreadable.count) unreadable: errors lists them"
    return "\(title): \(order.count) picture\(order.count == 1 ? "" : "s")\(bad)"
  }

  private func line(_ place: Int, _ number: Int, digits: Int) -> String {
    let place = "\(place + 1)"
    let words = pictures[number].note ?? pictures[number].words.joined(separator: " ")
    let padding = String(repeating: " ", count: max(0, digits - place.count))
    return "\(padding)\(place)  \(pictures[number].name)  \(words)"
  }
}
