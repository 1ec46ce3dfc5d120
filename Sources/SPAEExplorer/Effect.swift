package import SPAEPyramid

/// What the explorer asks of the world, by who performs it; the answer comes back as a message.
package enum Effect: Hashable, Sendable {
  case terminal(TerminalEffect)
  case session(SessionEffect)
}

extension Effect {
  /// Whether the document is left by it.
  var leaves: Bool {
    switch self {
    case .terminal(.turn), .terminal(.quit): true
    default: false
    }
  }
}

/// What only the host of the explorer can do: the terminal, or what stands in for it.
package enum TerminalEffect: Hashable, Sendable {
  case openEditor(Pyramid)
  case chooseTheme(String)
  case chooseGraphics(String)
  /// Give a text to the system's clipboard.
  case copy(String)
  case suspend
  case redraw
  /// Leave this document for another, or for the gallery.
  case turn(Turn)
  case quit
}

/// What is asked of the engine, the history and the files of an open document.
package enum SessionEffect: Hashable, Sendable {
  /// Decode these words; only the newest request matters.
  case decode(DecodeRequest)
  /// Decode these words for the inset, when nothing else is to be decoded.
  case decodeInset(DecodeRequest)
  /// Decode the picture without the word of a cell.
  case decodeWithout(CellAddress, of: DecodeRequest)
  case findNeighbours(of: Int32)
  /// Find how well each word fits a cell.
  case findFits(CellAddress)
  /// Count the pictures of the library that have a word.
  case countPictures(holding: Int32)
  case findCandidates(WordPicker.Query)
  /// No candidates are wanted any more.
  case forgetCandidates
  /// Find the word nearest to the mean of a layer's words.
  case findMeanWord(cells: [CellAddress], of: Pyramid)

  /// Ask the language model; only the newest question matters.
  case consult(LanguageRequest)
  case giveUpConsultation

  /// Keep words with all beneath them for a later paste, here or in another explorer.
  case keepYanked(Subtree)
  /// Find the words that were kept last; the answer is `yanked`.
  case findYanked

  /// Encode the picture in another size; the answer is `prepared`.
  case prepare(size: Int)

  /// Let the picture follow an edit.
  case paint(Painting)

  /// Keep an edit; it is accepted when the answer is `committed`.
  case commit(Pyramid, verb: String)
  /// Put what waits into the history, before the document is left; the answer is `kept` or `notKept`.
  case keepWaiting
  case move(HistoryMove)
  case nameState(String)
  case listRevisions
  case drawThumbnails([Int])
  case compare(with: StateName)

  /// What only a film asks for.
  case film(FilmRequest)

  /// Write the words; without a path to their own file.
  case save(path: String?, Pyramid, replacing: Bool)
  /// Write the decoded picture, each pixel `scale` times as wide and high.
  case savePicture(path: String, DecodeRequest, scale: Int, replacing: Bool)
  /// Make these words, which the file holds, those of the next opening; no state is lost.
  case discard(to: Pyramid)
}

/// Words to decode, and how deep.
package struct DecodeRequest: Hashable, Sendable {
  package var pyramid: Pyramid
  package var depth: Int
  /// The edit whose words are decoded in place of these, once they are found.
  package var painting: Painting?
  /// The frame of a film, counted from 0, whose words they are.
  package var frame: Int?
  /// Another number whenever words of the film become others.
  package var version: Int

  package init(
    pyramid: Pyramid, depth: Int, painting: Painting? = nil, frame: Int? = nil, version: Int = 0
  ) {
    self.pyramid = pyramid
    self.depth = depth
    (self.painting, self.frame, self.version) = (painting, frame, version)
  }
}

/// A state of the history, as a person names it.
package enum StateName: Hashable, Sendable {
  case number(Int)
  case name(String)
}

/// How the head of the history is to move.
package enum HistoryMove: Hashable, Sendable {
  case undo(Int)
  case redo(Int)
  /// By the order in which the states were made, over all branches.
  case earlier(Int)
  case later(Int)
  case earlierBy(seconds: Double)
  case laterBy(seconds: Double)
  case to(Int)
  /// The state that a person called so.
  case named(String)
}
