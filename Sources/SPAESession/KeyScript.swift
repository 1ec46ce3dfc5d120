package import SPAEScreen
package import SPAESystem

/// A file of keys, as vim writes them: an empty line rests for a second, `#` begins a comment line.
package struct KeyScript {
  package enum Step {
    case key(Key)
    case rest

    /// How long it takes before a person's eyes.
    package var duration: Duration {
      switch self {
      case .key: .milliseconds(150)
      case .rest: .seconds(1)
      }
    }
  }

  package private(set) var steps: [Step] = []

  package init() {}

  package init(contentsOf path: String) throws(Failure) {
    guard let text = FileSystem.text(of: path) else {
      throw Failure("\(path): cannot be read, or is no text")
    }
    try self.init(text: text, path: path)
  }

  /// Reads the text of a file; `path` is named in errors.
  package init(text: String, path: String) throws(Failure) {
    for (number, line) in text.textLines.enumerated() where !line.hasPrefix("# ") {
      if line.isEmpty { steps.append(.rest) }
      do throws(KeyNotationError) {
        steps += try Key.keys(from: line).map { .key($0) }
      } catch {
        let place = KeyNotationError(line: number + 1, column: error.column, found: error.found)
        throw Failure("\(path): \(place)")
      }
    }
  }
}
