/// What is written under a name: its ending says so.
package enum FileForm: Hashable, Sendable {
  /// The words, in the format of spae(5) or as JSON.
  case text, json
  case picture(ImageEncoding)

  /// The endings there are, as they are told to people.
  package static var endings: String {
    ".spae, .json (words), \(ImageEncoding.endings) (picture)"
  }

  /// nil for any other ending, or none.
  package init?(path: String) {
    let name = path.lowercased()
    if name.hasSuffix(".spae") {
      self = .text
    } else if name.hasSuffix(".json") {
      self = .json
    } else if let encoding = ImageEncoding(path: path) {
      self = .picture(encoding)
    } else {
      return nil
    }
  }

  /// Whether a name is a picture's, of whatever format: words never go there.
  package static func isPictureName(_ path: String) -> Bool {
    let name = path.lowercased()
    return PictureFormat.recognisedSuffixes.contains { name.hasSuffix("." + $0) }
  }

  package var isPicture: Bool {
    if case .picture = self { true } else { false }
  }
}
