/// A pyramid with what a file says about it: the model, the source, and a person's comments.
public struct PyramidDocument: Hashable, Sendable {
  /// Which model's words these are.
  public struct ModelName: Hashable, Sendable, Codable {
    public var name: String
    /// The model's identity: SHA-256, 64 hexadecimal digits.
    public var hash: String
    /// The SHA-256 of the vocabulary alone: another model with the same words can read the file.
    public var vocabulary: String

    public init(name: String, hash: String, vocabulary: String) {
      self.name = name
      self.hash = hash
      self.vocabulary = vocabulary
    }
  }

  /// The picture that was encoded.
  public struct Source: Hashable, Sendable, Codable {
    public var name: String
    public var width: Int
    public var height: Int

    public init(name: String, width: Int, height: Int) {
      self.name = name
      self.width = width
      self.height = height
    }
  }

  /// A line of a person's own, before the n-th line that means something, counted from 0.
  public struct Comment: Hashable, Sendable, Codable {
    public var before: Int
    public var text: String

    public init(before: Int, text: String) {
      self.before = before
      self.text = text
    }
  }

  public var model: ModelName
  public var source: Source
  public var pyramid: Pyramid
  public var comments: [Comment]

  public init(model: ModelName, source: Source, pyramid: Pyramid, comments: [Comment] = []) {
    self.model = model
    self.source = source
    self.pyramid = pyramid
    self.comments = comments
  }
}

extension PyramidDocument.ModelName {
  /// How a document's model fits the one that is to read it.
  public enum Match: Hashable, Sendable {
    case same
    /// Another model with the same vocabulary: the words mean the same, the picture may differ.
    case sameVocabulary
    case different
  }

  /// Compares the document's model with the reader's.
  public func match(_ other: Self) -> Match {
    if hash == other.hash { return .same }
    return vocabulary == other.vocabulary ? .sameVocabulary : .different
  }
}
