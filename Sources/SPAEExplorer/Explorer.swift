package import SPAEPyramid
import SPAEScreen

/// The state of the explorer: a plain value, changed by `update` alone and drawn by `view`.
package struct Explorer: Sendable {
  /// What the document is called, and where it is kept.
  package struct Document: Hashable, Sendable {
    /// The source's name.
    package var name: String
    /// The name of the file that was opened.
    package var file: String
    /// The file of words; nil until they are first saved.
    package var path: String?
    /// Where `:w` writes when there is no file yet.
    package var suggestedPath: String
    package var model: String
    /// The decoded picture's pixels.
    package var width: Int
    package var height: Int
    /// Whether a picture was opened, not only words.
    package var hasOriginal: Bool
    /// Whether edits outlive the program.
    package var keepsHistory: Bool
    /// How the person talks to the explorer.
    package var dialect: Dialect

    package init(
      name: String, file: String? = nil, path: String?, suggestedPath: String, model: String,
      width: Int, height: Int, hasOriginal: Bool = true, keepsHistory: Bool = true,
      dialect: Dialect = .keys
    ) {
      self.name = name
      self.file = file ?? name
      self.path = path
      self.suggestedPath = suggestedPath
      self.model = model
      self.width = width
      self.height = height
      self.hasOriginal = hasOriginal
      self.keepsHistory = keepsHistory
      self.dialect = dialect
    }
  }

  package enum Pane: CaseIterable, Hashable, Sendable {
    case pyramid, picture, word
  }

  package internal(set) var document: Document
  package let vocabulary: Vocabulary
  /// The cells that each word of the vocabulary takes.
  let wordWidths: [UInt16]
  /// What the keys mean.
  package let keymap: Keymap

  /// The film, whose frame's words are shown; nil where a picture or a pyramid is open.
  package internal(set) var film: FilmState?

  /// The words as they were last accepted, each of them in the history store.
  package internal(set) var pyramid: Pyramid
  /// The words that the file holds, or those that the picture gave.
  package internal(set) var saved: Pyramid

  package internal(set) var cursor = CellAddress(layer: 1, row: 0, column: 0)
  package internal(set) var focus = Pane.pyramid
  package internal(set) var mode = Mode.browsing
  package internal(set) var size: (rows: Int, columns: Int)
  /// The height of a character cell over its width.
  package internal(set) var cellAspect: Double
  /// How the picture is drawn, for the status line.
  package internal(set) var graphics: String

  /// The depth that [ and ] chose; nil decodes all layers.
  package internal(set) var pinnedDepth: Int?
  package internal(set) var isTinted: Bool
  /// What a typed word does to the words beneath it.
  package internal(set) var edits: EditStyle
  /// Whether yanked words go to the system's clipboard too.
  package internal(set) var copiesToClipboard: Bool
  package internal(set) var picture = PictureContent.decoded
  /// Which half of a blink is shown.
  package internal(set) var blinkPhase = false
  /// The part of the picture that is shown; nil is all of it.
  package internal(set) var crop: PictureCrop?
  /// Whether the picture has the whole screen, as long as no list is open.
  package internal(set) var isFullScreen = false
  /// Whether the words around the cursor are written out below a mosaic.
  package internal(set) var writesWindow = false
  /// Whether the picture down to the cursor's layer is shown within that of all layers.
  package internal(set) var showsInset = true

  /// The words that were typed, by their flat index: a later edit paints around them.
  var typed: [Int: Int32] = [:]
  /// The candidates that the picker asked for last; nil where no picker is open.
  var asked: WordPicker.Query?
  /// Keys that waited for a list which has come: they are pressed next.
  var released: [Key] = []
  /// Keys that wait until the shown frame of a film is painted.
  var keysAhead: KeysAhead?
  var count: Int?
  var pendingKeys: [Key] = []
  var register: Block?
  var lastChange: Change?
  var lastSearch: String?
  /// Where edits were, the last one last, and how many of them the person went back by.
  var editedPlaces: [CellAddress] = []
  var placesBack = 0
  var commandHistory: [String] = []
  var quitsWhenSaved = false
  /// Leaves without what the file lacks, once what was to be written is.
  var discardsWhenSaved = false
  /// Where the person is about to go, instead of quitting.
  var turn: Turn?
  /// Where the picture is in its list; nil where only one file was opened.
  package var place: Turn.Place?
  /// The size that the settings ask for, and another that is being prepared.
  package var sizes = SizeChoice()
  /// The scale of the picture that is written.
  var savedScale = 1
  /// The store could not go back to the saved words: to leave, it need not.
  var cannotDiscard = false
  var requested: DecodeRequest?
  var requestedInset: DecodeRequest?
  var requestedNeighbours: Int32?
  var requestedHeat: Heat?
  /// How many questions there were to the language model.
  var consultations = 0

  package internal(set) var decoded: Decoded?
  var neighbours: [Int32: [Int32]] = [:]
  var facts = WordFacts()
  var origins: WordOrigins?
  package internal(set) var history: HistoryFacts
  package internal(set) var comparison: Comparison?
  package internal(set) var consultation: Consultation?
  /// What the last command has to say.
  package internal(set) var notice: Notice?
  /// What was said since the program began, the oldest first.
  package internal(set) var messages: [Notice] = []

  package init(
    document: Document, vocabulary: Vocabulary, pyramid: Pyramid, saved: Pyramid,
    history: HistoryFacts, size: (rows: Int, columns: Int), cellAspect: Double = 2,
    graphics: String = "none", isTinted: Bool = true, edits: EditStyle = .exact,
    copiesToClipboard: Bool = false, keymap: Keymap = .standard,
    notice: Notice? = nil, film: FilmState? = nil
  ) {
    self.document = document
    self.vocabulary = vocabulary
    wordWidths = vocabulary.widths
    self.pyramid = pyramid
    self.saved = saved
    self.history = history
    self.size = size
    self.cellAspect = cellAspect
    self.graphics = graphics
    self.isTinted = isTinted
    self.edits = edits
    self.copiesToClipboard = copiesToClipboard
    self.keymap = keymap
    self.notice = notice
    messages = []
    notice.map { messages.log($0) }
    self.film = film
  }
}

/// One line for the person: what happened, or why it did not.
package struct Notice: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case plain, warning, error }

  package var kind: Kind
  package var text: String
  /// Whether it is only for this moment, as a hint or what is being done: `:messages` lacks it.
  package var isPassing: Bool

  package init(_ text: String, kind: Kind = .plain, isPassing: Bool = false) {
    self.text = text
    self.kind = kind
    self.isPassing = isPassing
  }
}

/// A rectangle of words that was yanked.
struct Block: Hashable, Sendable {
  let rows: [[Int32]]
}

/// A cell without whose word the picture was decoded last.
struct Heat: Hashable, Sendable {
  let cell: CellAddress
  let request: DecodeRequest
}

/// A change that `.` makes again: at the cursor, but for a replacement.
enum Change: Hashable, Sendable {
  case word(Int32)
  /// Of a word wherever it is.
  case replacement(old: Int32, new: Int32)
  /// What a word says, from the picture of the library that fits best.
  case brought(Int32)
  /// What was yanked with all beneath it.
  case beneath
  /// A wish that the language model grants.
  case wish(String)
  case part(LibraryPart)
  case meanWord
  case block(Block)
}

// MARK: What follows from the state

extension Explorer {
  package var shape: PyramidShape { pyramid.shape }

  /// The depth of the picture: the pinned one, or all layers.
  package var depth: Int { pinnedDepth ?? shape.depth }

  /// What made a word a candidate; nil where nothing tells, as of another model's words.
  func origin(of word: Int32, at cell: CellAddress) -> String? {
    guard (history.model ?? document.model) == document.model else { return nil }
    return origins?.text(of: word, at: cell)
  }

  package var isDirty: Bool { film?.isDirty ?? (pyramid != saved) }

  var dialect: Dialect { document.dialect }

  /// The words that the picture shows now: the accepted ones, or what is only being tried.
  package var shown: Pyramid {
    switch mode {
    case .picking(let picker): picker.preview(on: pyramid)
    case .history(let list): list.selected?.pyramid ?? pyramid
    case .filling(let fill): fill.preview(on: pyramid)
    default: pyramid
    }
  }

  /// Whether time has to be told, for the picture blinks.
  package var blinks: Bool {
    picture == .blink || (picture == .comparison && comparison != nil)
  }

  /// The cells that an action works on: the marked block, or the cell of the cursor.
  var target: [CellAddress] {
    guard case .block(let anchor) = mode else { return [cursor] }
    return Self.cells(from: anchor, to: cursor)
  }

  /// The cells that are framed on the picture: that of the cursor, or two corners.
  var framed: [CellAddress] {
    switch mode {
    case .block(let anchor): [anchor, cursor]
    case .filling(let fill) where fill.revision == nil:
      [fill.cells[0], fill.cells[fill.cells.count - 1]]
    default: [cursor]
    }
  }

  /// The cells that are shown as chosen, when they are more than the cursor's.
  var chosen: [CellAddress] {
    switch mode {
    case .block: return target
    case .typing(let prompt): return prompt.cells
    case .filling(let fill): return fill.cells
    default:
      guard case .fill(let cells) = consultation?.request.question else { return [] }
      return cells
    }
  }

  static func cells(from a: CellAddress, to b: CellAddress) -> [CellAddress] {
    (min(a.row, b.row)...max(a.row, b.row)).flatMap { row in
      (min(a.column, b.column)...max(a.column, b.column)).map {
        CellAddress(layer: b.layer, row: row, column: $0)
      }
    }
  }
}
