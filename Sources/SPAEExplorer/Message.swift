package import SPAEColour
package import SPAEPyramid
package import SPAEScreen
import SPAESystem

/// What the explorer hears: keys, the terminal's size, and answers to its effects.
package enum Message: Sendable {
  case key(Key)
  /// An action that was chosen by name: in the help, or by a script.
  case action(Action)
  /// A line of the plain mode.
  case plain(PlainCommand)
  case resized(rows: Int, columns: Int)
  /// The font is another: a character's height over its width.
  case cellsChanged(aspect: Double)
  /// Half a second has passed while something blinks.
  case blinked

  case decoded(Decoded)
  case neighbours(of: Int32, [Int32])
  /// How well each word fits a cell, in hundredths of the best word; empty where nothing tells.
  case fits(at: CellAddress, [UInt8])
  /// How many pictures of the library have a word in their upper layers; nil without a library.
  case counted(holding: Int32, pictures: Int?)
  /// Candidates of the picker, for the question it asked last.
  case candidates(query: WordPicker.Query, [WordPicker.Candidate])
  /// One of them, drawn as it would be painted.
  case candidate(query: WordPicker.Query, WordPicker.Candidate)
  /// What they wait for.
  case awaitingCandidates(query: WordPicker.Query, note: String)
  /// Why there are none.
  case noCandidates(query: WordPicker.Query, note: String)
  case meanWord(Int32, cells: [CellAddress])
  /// Where the words of the upper layers come from.
  case explained(WordOrigins)

  /// How far the picture is encoded in another size, from 0 to 1.
  case preparing(size: Int, share: Double)
  case prepared(size: Int)
  case notPrepared(size: Int, reason: String)

  /// What is being done for a question to the language model.
  case consulting(number: Int, note: String)
  case answered(number: Int, LanguageAnswer)

  /// The words that were yanked last with all beneath them, by whichever explorer.
  case yanked(Subtree?)
  case painted(Painting, Painted)
  /// An edit is in the store, and so accepted.
  case committed(Pyramid, HistoryFacts)
  /// How the history stands once it was asked to keep what waited: with the reason where it does not.
  case kept(HistoryFacts)
  case notKept(HistoryFacts, reason: String)
  /// The store's head moved to a state; `note` says more than the position does.
  case moved(Pyramid, HistoryFacts, note: String?)
  case revisions([HistoryList.Row])
  case thumbnail(revision: Int, Screen)
  case compared(Comparison)

  case film(FilmNews)

  case saved(path: String, words: Pyramid?)
  /// The next opening shows the saved words.
  case discarded
  case notDiscarded(reason: String)
  /// A person's editor gave the words back.
  case edited(Pyramid)
  case graphicsChanged(String)
  case notice(Notice)
}

/// A picture that was decoded, and what is known of it.
package struct Decoded: Hashable, Sendable {
  package var request: DecodeRequest
  /// In dB against the source picture; nil without one.
  package var psnr: Double?
  package var ssim: Double?
  /// How long it took; nil where that is not to be told.
  package var milliseconds: Double?
  /// The mean colour of each cell's pixels: [layer - 1][row, column].
  package var tints: [[RGB]]

  package init(
    request: DecodeRequest, psnr: Double?, ssim: Double?, milliseconds: Double?, tints: [[RGB]]
  ) {
    self.request = request
    self.psnr = psnr
    self.ssim = ssim
    self.milliseconds = milliseconds
    self.tints = tints
  }
}

/// Where the head of the history stands.
package struct HistoryFacts: Hashable, Sendable {
  /// The number of this state, as in the tree, counted from 1.
  package var state: Int
  /// The greatest number there is.
  package var last: Int
  /// The name that a person gave the state.
  package var name: String?
  /// The model of this state's words; nil is the one that was opened.
  package var model: String?
  /// Whether it is still written to its file.
  package var isKept: Bool
  /// How many states wait until the file can be written; nil where none does, 0 for a mere move.
  package var waiting: Int?

  package init(
    state: Int, last: Int, name: String? = nil, model: String? = nil, isKept: Bool = true,
    waiting: Int? = nil
  ) {
    self.state = state
    self.last = last
    (self.isKept, self.waiting) = (isKept, waiting)
    self.name = name
    self.model = model
  }
}

extension HistoryFacts {
  /// What waits.
  package var lacking: String { waiting == 0 ? "the last move" : (waiting ?? 0).counted("edit") }

  /// The same in a sentence.
  package var unkept: String { "\(lacking) \(waiting ?? 0 > 1 ? "are" : "is") not kept yet" }
}

/// What made the words of the upper layers candidates, as far as a model and a picture tell.
package struct WordOrigins: Hashable, Sendable {
  /// The words that are explained; another word was put there since.
  package var pyramid: Pyramid
  package var texts: [[String]]  // [layer - 1][position, row after row]

  package init(pyramid: Pyramid, texts: [[String]]) {
    (self.pyramid, self.texts) = (pyramid, texts)
  }

  /// Where the word of a cell comes from; nil where nothing tells.
  func text(of word: Int32, at cell: CellAddress) -> String? {
    guard cell.layer <= texts.count else { return nil }
    guard pyramid[cell] == word else { return "typed by hand" }
    return texts[cell.layer - 1][pyramid.shape.position(of: cell)]
  }
}

/// A state of the history beside the words of now.
package struct Comparison: Hashable, Sendable {
  package var revision: Int
  package var pyramid: Pyramid
  /// Between the two decoded pictures, in dB.
  package var psnr: Double

  package init(revision: Int, pyramid: Pyramid, psnr: Double) {
    self.revision = revision
    self.pyramid = pyramid
    self.psnr = psnr
  }
}
