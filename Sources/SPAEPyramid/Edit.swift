/// What an edit does to a pyramid: the cells it changes, each with its old and its new word.
public struct Edit: Hashable, Sendable {
  /// One cell's change.
  public struct Change: Hashable, Sendable {
    /// The cell's place in the flat list of words.
    public var index: Int
    /// The number of the word before.
    public var old: Int32
    /// The number of the word after.
    public var new: Int32

    /// A change of one position.
    public init(index: Int, old: Int32, new: Int32) {
      self.index = index
      self.old = old
      self.new = new
    }
  }

  /// The changes, each cell at most once.
  public var changes: [Change]

  /// An edit of some positions, each named once.
  public init(changes: [Change]) { self.changes = changes }

  /// What makes one pyramid of another of the same shape, in the order of the cells.
  public init(from old: Pyramid, to new: Pyramid) {
    precondition(old.shape == new.shape, "no edit leads to another shape")
    let pairs = zip(old.words, new.words).enumerated()
    changes = pairs.compactMap { index, words in
      words.0 == words.1 ? nil : Change(index: index, old: words.0, new: words.1)
    }
  }

  /// Whether nothing changes.
  public var isEmpty: Bool { changes.isEmpty }

  /// The edit that takes this one back.
  public var inverse: Edit {
    Edit(changes: changes.map { Change(index: $0.index, old: $0.new, new: $0.old) })
  }

  /// The pyramid after the edit, or nil where a cell does not exist or does not hold its old word.
  public func applied(to pyramid: Pyramid) -> Pyramid? {
    var words = pyramid.words
    for change in changes {
      guard words.indices.contains(change.index), words[change.index] == change.old else {
        return nil
      }
      words[change.index] = change.new
    }
    return Pyramid(shape: pyramid.shape, words: words)
  }
}
