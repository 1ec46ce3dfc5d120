/// One frame of a film: all of its words, or those that change after the frame before.
package struct FilmFrame: Hashable, Sendable {
  /// A cell, and the word that it holds from this frame on.
  package struct Change: Hashable, Sendable {
    package var cell: CellAddress
    package var word: Int32

    package init(cell: CellAddress, word: Int32) {
      (self.cell, self.word) = (cell, word)
    }
  }

  package enum Content: Hashable, Sendable {
    /// A key frame: a whole pyramid, which needs no frame before it. `steady` are the levels, from 1
    /// to 255, of the filter that holds still pixels in the frames after it; 0 is none.
    case key(Pyramid, steady: Int = 0)
    /// The changed cells, each once, in the order of the file; none where the frame stands still.
    case changes([Change])
  }

  package var content: Content

  /// A person's comments; lines are counted from 0, the one that names the frame.
  package var comments: [PyramidDocument.Comment]

  package init(_ content: Content, comments: [PyramidDocument.Comment] = []) {
    (self.content, self.comments) = (content, comments)
  }

  /// The frame that follows `old` and shows `new`, a pyramid of the same shape.
  package init(from old: Pyramid, to new: Pyramid) {
    let changes = Edit(from: old, to: new).changes.map {
      Change(cell: new.shape.cell(at: $0.index), word: $0.new)
    }
    self.init(.changes(changes))
  }

  package var isKey: Bool { if case .key = content { true } else { false } }

  /// The levels of a key frame's filter; nil of another frame.
  package var steady: Int? { if case .key(_, let steady) = content { steady } else { nil } }

  /// The words that the frame writes: all of a key frame's, and the changed ones of others.
  package var wordCount: Int {
    switch content {
    case .key(let pyramid, _): pyramid.words.count
    case .changes(let changes): changes.count
    }
  }

  /// The words that are shown from this frame on, after those of the frame before; nil where a key
  /// frame is missing or a cell is in no such pyramid.
  package func pyramid(after last: Pyramid?) -> Pyramid? {
    switch content {
    case .key(let pyramid, _): return pyramid
    case .changes(let changes):
      guard var pyramid = last else { return nil }
      for change in changes {
        guard pyramid.shape.contains(change.cell) else { return nil }
        pyramid[change.cell] = change.word
      }
      return pyramid
    }
  }
}

/// All words of a frame, and how it is shown after the frame before.
package struct ShownFrame: Hashable, Sendable {
  package var pyramid: Pyramid
  /// The levels of the filter that holds still pixels, from 1 to 255; 0 is none.
  package var steady: Int
  /// A key frame shows what its words decode to.
  package var isKey: Bool

  package init(pyramid: Pyramid, steady: Int, isKey: Bool) {
    (self.pyramid, self.steady, self.isKey) = (pyramid, steady, isKey)
  }
}

/// How the text of a film ended.
package enum FilmEnding: Hashable, Sendable {
  /// With the line that ends a film, after so many frames.
  case whole(frames: Int)
  /// Without it: the film was cut short, or is still being written. So many frames are whole.
  case cut(frames: Int)

  /// The number of whole frames.
  package var frames: Int {
    switch self {
    case .whole(let frames), .cut(let frames): frames
    }
  }

  /// What a person should know of it.
  package var notice: String? {
    guard case .cut(let frames) = self else { return nil }
    return
      "it has no line 'end': it was cut short, or is still being written; it has \(frames) whole "
      + (frames == 1 ? "frame" : "frames")
  }
}
