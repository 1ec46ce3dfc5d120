/// A pyramid with what a file says about it: the model, the source, and a person's comments.
public struct PyramidDocument: Hashable, Sendable {
  /// Which model's words these are.
  public struct ModelName: Hashable, Sendable, Codable {
    /// The picture's name, for people.
    public var name: String
    /// The model's identity: SHA-256, 64 hexadecimal digits.
    public var hash: String
    /// The SHA-256 of the vocabulary alone: another model with the same words can read the file.
    public var vocabulary: String

    /// A model as a file names it.
    public init(name: String, hash: String, vocabulary: String) {
      self.name = name
      self.hash = hash
      self.vocabulary = vocabulary
    }
  }

  /// The picture that was encoded.
  public struct Source: Hashable, Sendable, Codable {
    /// The picture's name, for people.
    public var name: String
    /// Pixels a row of the picture.
    public var width: Int
    /// Rows of the picture.
    public var height: Int

    /// A picture, before it became a square.
    public init(name: String, width: Int, height: Int) {
      self.name = name
      self.width = width
      self.height = height
    }
  }

  /// A person's own words: a line before one that means something, or the end of such a line.
  public struct Comment: Hashable, Sendable {
    /// The line that means something, counted from 0.
    package var line: Int

    /// Whether it stands at the end of that line, not on one of its own before it.
    package var isAtEnd: Bool

    /// From `#` on; before it there may be white space where the line is its own.
    public var text: String

    /// A line of its own.
    package init(before line: Int, text: String) {
      (self.line, isAtEnd, self.text) = (line, false, text)
    }

    /// The end of a line.
    package init(endOf line: Int, text: String) {
      (self.line, isAtEnd, self.text) = (line, true, text)
    }
  }

  /// The model that made the words.
  public var model: ModelName
  /// The picture that was encoded.
  public var source: Source
  /// The words.
  public var pyramid: Pyramid
  /// A person's comments, in the order of the file.
  public var comments: [Comment]

  /// A document with what its file is to say.
  public init(model: ModelName, source: Source, pyramid: Pyramid, comments: [Comment] = []) {
    self.model = model
    self.source = source
    self.pyramid = pyramid
    self.comments = comments
  }
}

/// In JSON: `{"before": 5, "text": "# mine"}`, or `endOf` where it stands at a line's end.
extension PyramidDocument.Comment: Codable {
  private enum CodingKeys: String, CodingKey {
    case before, endOf, text
  }

  /// Reads either form; throws what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = try container.decode(String.self, forKey: .text)
    if let line = try container.decodeIfPresent(Int.self, forKey: .endOf) {
      self.init(endOf: line, text: text)
    } else {
      self.init(before: try container.decode(Int.self, forKey: .before), text: text)
    }
  }

  /// Writes the form of its place; throws what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(line, forKey: isAtEnd ? .endOf : .before)
    try container.encode(text, forKey: .text)
  }
}

extension PyramidDocument.ModelName {
  /// How a document's model fits the one that is to read it.
  package enum Match: Hashable, Sendable {
    case same
    /// Another model with the same vocabulary: the words mean the same, the picture may differ.
    case sameVocabulary
    case different
  }

  /// Compares the document's model with the reader's.
  package func match(_ other: Self) -> Match {
    if hash == other.hash { return .same }
    return vocabulary == other.vocabulary ? .sameVocabulary : .different
  }
}
