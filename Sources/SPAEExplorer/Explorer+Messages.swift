import SPAEScreen
import SPAESystem

// The messages since the program began.

extension [Notice] {
  private static var most: Int { 200 }

  /// Adds a message; one that only says again what the last one says is left out.
  package mutating func log(_ notice: Notice) {
    guard notice != last, !notice.isPassing else { return }
    append(notice)
    if count > Self.most { removeFirst(count - Self.most) }
  }

  /// The messages as a text to read; nil where there are none.
  func reading() -> Reading? {
    isEmpty
      ? nil
      : Reading(
        title: "Messages: \(count)", text: map { "- \($0.text)" }.joined(separator: "\n"))
  }
}

extension Explorer {
  /// Keeps what was said after a message, other than how far a work is.
  mutating func log(after message: Message, _ before: Notice?) {
    guard let notice, notice != before, !message.isProgress else { return }
    messages.log(notice)
  }

  /// Lists the messages, at the last ones.
  mutating func readMessages() -> [Effect] {
    guard var reading = messages.reading() else {
      say("there is no message yet")
      return []
    }
    reading.scroll = lastScroll(of: reading)
    mode = .reading(reading)
    return []
  }
}

extension Message {
  /// Whether it says how far a work is.
  fileprivate var isProgress: Bool {
    switch self {
    case .preparing, .consulting, .awaitingCandidates: true
    default: false
    }
  }
}
