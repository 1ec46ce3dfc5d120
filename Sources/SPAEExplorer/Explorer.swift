public import SPAEPyramid
import SPAEScreen

/// The state of the explorer: a plain value, changed by `update` alone and drawn by `view`.
public struct Explorer: Sendable {
  /// What the document is called, and where it is kept.
  public struct Document: Hashable, Sendable {
    /// The source's name.
    public var name: String
    /// The name of the file that was opened.
    public var file: String
    /// The file of words; nil until they are first saved.
    public var path: String?
    /// Where `:w` writes when there is no file yet.
    public var suggestedPath: String
    public var model: String
    /// The decoded picture's pixels.
    public var width: Int
    public var height: Int
    /// Whether a picture was opened, not only words.
    public var hasOriginal: Bool
    /// Whether edits outlive the program.
    public var keepsHistory: Bool
    /// How the person talks to the explorer.
    public var dialect: Dialect

    public init(
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

  public enum Pane: CaseIterable, Hashable, Sendable {
    case pyramid, picture, word
  }

  public internal(set) var document: Document
  public let vocabulary: Vocabulary

  /// The words as they were last accepted, each of them in the history store.
  public internal(set) var pyramid: Pyramid
  /// The words that the file holds, or those that the picture gave.
  public internal(set) var saved: Pyramid

  public internal(set) var cursor = CellAddress(layer: 1, row: 0, column: 0)
  public internal(set) var focus = Pane.pyramid
  public internal(set) var mode = Mode.browsing
  public internal(set) var size: (rows: Int, columns: Int)
  /// The height of a character cell over its width.
  public internal(set) var cellAspect: Double
  /// How the picture is drawn, for the status line.
  public internal(set) var graphics: String

  /// The depth that [ and ] chose; nil follows the layer of the cursor.
  public internal(set) var pinnedDepth: Int?
  public internal(set) var isTinted: Bool
  /// What a typed word does to the words beneath it.
  public internal(set) var edits: EditStyle
  public internal(set) var picture = PictureContent.decoded
  /// Which half of a blink is shown.
  public internal(set) var blinkPhase = false

  /// Nobody went to a word yet: the whole picture greets.
  var isFresh = true
  /// A word was painted just now: the whole picture shows what came of it.
  var showsPainted = false
  /// The words that were typed, by their flat index: a later edit paints around them.
  var typed: [Int: Int32] = [:]
  var count: Int?
  var pendingKeys: [Key] = []
  var register: Block?
  var subtree: Subtree?
  var lastChange: Change?
  var lastSearch: String?
  var commandHistory: [String] = []
  var quitsWhenSaved = false
  /// The store could not go back to the saved words: to leave, it need not.
  var cannotDiscard = false
  var requested: DecodeRequest?
  var requestedNeighbours: Int32?
  var requestedHeat: Heat?
  /// How many questions there were to the language model.
  var consultations = 0

  public internal(set) var decoded: Decoded?
  var neighbours: [Int32: [Int32]] = [:]
  var origins: WordOrigins?
  public internal(set) var history: HistoryFacts
  public internal(set) var comparison: Comparison?
  public internal(set) var consultation: Consultation?
  /// What the last command has to say.
  public internal(set) var notice: Notice?

  public init(
    document: Document, vocabulary: Vocabulary, pyramid: Pyramid, saved: Pyramid,
    history: HistoryFacts, size: (rows: Int, columns: Int), cellAspect: Double = 2,
    graphics: String = "none", isTinted: Bool = true, edits: EditStyle = .exact,
    notice: Notice? = nil
  ) {
    self.document = document
    self.vocabulary = vocabulary
    self.pyramid = pyramid
    self.saved = saved
    self.history = history
    self.size = size
    self.cellAspect = cellAspect
    self.graphics = graphics
    self.isTinted = isTinted
    self.edits = edits
    self.notice = notice
  }
}

/// One line for the person: what happened, or why it did not.
public struct Notice: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case plain, warning, error }

  public var kind: Kind
  public var text: String

  public init(_ text: String, kind: Kind = .plain) {
    self.text = text
    self.kind = kind
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

/// A change that `.` makes again at the cursor.
enum Change: Hashable, Sendable {
  case word(Int32)
  case meanWord
  case block(Block)
}

// MARK: What follows from the state

extension Explorer {
  public var shape: PyramidShape { pyramid.shape }

  /// The depth of the picture: the pinned one, or the layer of the cursor; all before the first key
  /// and where something is painted.
  public var depth: Int {
    pinnedDepth ?? (isFresh || showsPainted || previewed != nil ? shape.depth : cursor.layer)
  }

  /// What made a word a candidate; nil where nothing tells, as of another model's words.
  func origin(of word: Int32, at cell: CellAddress) -> String? {
    guard (history.model ?? document.model) == document.model else { return nil }
    return origins?.text(of: word, at: cell)
  }

  public var isDirty: Bool { pyramid != saved }

  var dialect: Dialect { document.dialect }

  /// The words that the picture shows now: the accepted ones, or what is only being tried.
  public var shown: Pyramid {
    switch mode {
    case .picking(let picker): picker.preview(on: pyramid)
    case .history(let list): list.selected?.pyramid ?? pyramid
    case .filling(let fill): fill.preview(on: pyramid)
    default: pyramid
    }
  }

  /// Whether time has to be told, for the picture blinks.
  public var blinks: Bool {
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
    case .filling(let fill): [fill.cells[0], fill.cells[fill.cells.count - 1]]
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
