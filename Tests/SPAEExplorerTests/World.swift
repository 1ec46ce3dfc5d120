import SPAEColour
import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

/// A small world for the explorer: it keeps history in memory and answers every effect at once.
struct World {
  /// 26 x 26 x 4 words of four letters, in alphabetic order, and a few that tests name.
  static let vocabulary: Vocabulary = {
    let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) }
    var words = ["elephant", "kitten", "muzzle", "whisker"]
    for first in letters { for last in letters { words.append("w\(first)\(last)o") } }
    do { return try Vocabulary(text: words.joined(separator: "\n")) } catch {
      fatalError("\(error)")
    }
  }()

  var state: Explorer
  /// Every state that was committed; the head is one of them.
  var states: [Pyramid]
  var head = 0
  var files: [String: Pyramid] = [:]
  /// The pictures that were written.
  var pictures: [String: DecodeRequest] = [:]
  var hasQuit = false
  var effects: [Effect] = []
  /// What the language model says to each question; nil while it thinks.
  var reply: (@Sendable (LanguageQuestion) -> LanguageAnswer)?
  /// The questions that wait for their answer.
  var questions: [LanguageRequest] = []
  /// The edits that were painted.
  var paintings: [Painting] = []
  /// What was yanked with all beneath it.
  var yanked: Subtree?
  /// Whether the picture has nothing of what an edit would replace.
  var hasNothing = false
  /// In how many pictures of the library each word is; nil without a library.
  var libraryCount: Int?
  /// What the library shows; nil for nothing.
  var libraryPart: LibraryPart?
  /// The scales of the pictures that were written.
  var scales: [Int] = []
  /// Whether lists of candidates wait until a test sends them.
  var listsSlowly = false
  /// The lists that wait.
  var lists: [Message] = []
  /// How many edits the store cannot take yet.
  var waiting: Int?
  /// Makes the store refuse edits.
  var refusal: String?

  init(
    grid: GridSize = GridSize(rows: 16, columns: 16), rows: Int = 24, columns: Int = 80,
    hasOriginal: Bool = true,
    keepsHistory: Bool = true, file: String? = nil, path: String? = nil, dialect: Dialect = .keys,
    edits: EditStyle = .exact
  ) {
    let words = (0..<(PyramidShape(grid: grid)?.wordCount ?? 0)).map { Int32(($0 * 7) % 600 + 4) }
    guard let shape = PyramidShape(grid: grid), let pyramid = Pyramid(shape: shape, words: words)
    else { fatalError("no pyramid has a grid of \(grid.text)") }
    states = [pyramid]
    state = Explorer(
      document: .init(
        name: "cat.png", file: file, path: path, suggestedPath: "cat.spae", model: "small",
        width: grid.columns * 8, height: grid.rows * 8, hasOriginal: hasOriginal,
        keepsHistory: keepsHistory, dialect: dialect),
      vocabulary: Self.vocabulary, pyramid: pyramid, saved: pyramid,
      history: HistoryFacts(state: 1, last: 1), size: (rows, columns), graphics: "sixel",
      edits: edits)
    send(.resized(rows: rows, columns: columns))
  }

  /// Begins anew with other keys.
  mutating func change(_ keymap: Keymap) {
    state = Explorer(
      document: state.document, vocabulary: Self.vocabulary, pyramid: states[0], saved: states[0],
      history: HistoryFacts(state: 1, last: 1), size: state.size, graphics: "sixel",
      edits: state.edits, keymap: keymap)
    send(.resized(rows: state.size.rows, columns: state.size.columns))
  }

  mutating func type(_ keys: String) {
    do {
      for key in try Key.keys(from: keys) { send(.key(key)) }
    } catch {
      Issue.record(error)
    }
  }

  mutating func send(_ message: Message) {
    settle(after: message)
    while let key = state.takeReleasedKey() { settle(after: .key(key)) }
  }

  private mutating func settle(after message: Message) {
    var waiting = [message]
    while !waiting.isEmpty {
      let effects = update(&state, waiting.removeFirst())
      self.effects += effects
      for effect in effects { waiting += answer(to: effect) }
    }
  }

  var facts: HistoryFacts {
    HistoryFacts(
      state: head + 1, last: states.count, isKept: waiting == nil, waiting: waiting)
  }
  var lines: [String] { view(state).screen.lines }
  var word: String { state.vocabulary[state.pyramid[state.cursor]] }

  private mutating func answer(to effect: Effect) -> [Message] {
    switch effect {
    case .session(let effect): return answer(to: effect)
    case .terminal(.quit): hasQuit = true
    case .terminal: break
    }
    return []
  }

  private mutating func answer(to effect: SessionEffect) -> [Message] {
    switch effect {
    case .decode(let request):
      let tints = (1...request.pyramid.shape.depth).map { layer in
        request.pyramid.shape.cells(ofLayer: layer).map {
          RGB(UInt8(min(255, $0.row * 8)), 90, 120)
        }
      }
      return [
        .decoded(
          Decoded(request: request, psnr: 24.06, ssim: 0.712, milliseconds: 3.14, tints: tints))
      ]
    case .findNeighbours(let word): return [.neighbours(of: word, [0, 1, 2, 3])]
    case .findFits(let cell):
      let fits = (0..<680).map { UInt8(cell.layer > 3 ? 0 : $0 == 1 ? 61 : 83) }
      return [.fits(at: cell, cell.layer > 3 ? [] : fits)]
    case .countPictures(let word): return [.counted(holding: word, pictures: libraryCount)]
    case .findCandidates(let query) where query.method == .library:
      guard let part = libraryPart else {
        return [.noCandidates(query: query, note: "none of the 14 pictures shows it")]
      }
      return [.candidates(query: query, [WordPicker.Candidate(word: part.word, part: part)])]
    case .findCandidates(let query):
      let list = Message.candidates(
        query: query, [1, 2, 3].map { WordPicker.Candidate(word: $0) })
      if listsSlowly { lists.append(list) }
      return listsSlowly ? [] : [list]
    case .findMeanWord(let cells, _): return [.meanWord(3, cells: cells)]
    case .keepYanked(let subtree):
      yanked = subtree
      return []
    case .findYanked: return [.yanked(yanked)]
    case .paint(let painting):
      paintings.append(painting)
      return [.painted(painting, hasNothing ? .nothing : Self.painted(painting))]
    case .commit(let pyramid, _):
      if let refusal { return [.notice(Notice(refusal, kind: .error))] }
      states = Array(states.prefix(head + 1)) + [pyramid]
      head += 1
      return [.committed(pyramid, facts)]
    case .keepWaiting:
      return [waiting == nil ? .kept(facts) : .notKept(facts, reason: "it is held")]
    case .move(let move): return moved(move)
    case .save(let path, let pyramid, _):
      let path = path ?? state.document.path ?? state.document.suggestedPath
      files[path] = pyramid
      return [.saved(path: path, words: pyramid)]
    case .savePicture(let path, let request, let scale, _):
      pictures[path] = request
      scales.append(scale)
      return [.saved(path: path, words: nil)]
    case .discard(let words):
      if let refusal { return [.notDiscarded(reason: refusal)] }
      head = states.firstIndex(of: words) ?? head
      return [.discarded]
    case .listRevisions:
      return [.revisions(states.indices.reversed().map(row))]
    case .consult(let request):
      guard let reply else {
        questions.append(request)
        return [.consulting(number: request.number, note: "tiny reads 21 words")]
      }
      return [.answered(number: request.number, reply(request.question))]
    default: return []
    }
  }

  /// The words of an edit, and the last seven of the pyramid as those that follow it.
  private static func painted(_ painting: Painting) -> Painted {
    var pyramid = painting.pyramid
    let shape = pyramid.shape
    for index in shape.wordCount - 7..<shape.wordCount { pyramid[shape.cell(at: index)] = 3 }
    switch painting.change {
    case .put(let cells, let word):
      for cell in cells { pyramid[cell] = word }
      let edited = cells.map { shape.index(of: $0) }
      switch painting.bringing {
      case .part(let part)?: return .brought(pyramid, edited: edited, others: 7, from: part.name)
      case .best?: return .brought(pyramid, edited: edited, others: 7, from: "best.png")
      case nil: return .words(pyramid, edited: edited, steered: 7)
      }
    case .replace(_, let word):
      pyramid[CellAddress(layer: 1, row: 0, column: 0)] = word
      return .words(pyramid, edited: [0], steered: 7)
    }
  }

  /// Answers a question that waits.
  mutating func answer(_ question: Int, _ answer: LanguageAnswer) {
    send(.answered(number: questions[question].number, answer))
  }

  private mutating func moved(_ move: HistoryMove) -> [Message] {
    let wanted: Int =
      switch move {
      case .undo(let count), .earlier(let count): head - count
      case .redo(let count), .later(let count): head + count
      case .earlierBy: 0
      case .laterBy: states.count - 1
      case .to(let revision): revision
      case .named: head
      }
    head = min(max(0, wanted), states.count - 1)
    return [.moved(states[head], facts, note: nil)]
  }

  private func row(_ index: Int) -> HistoryList.Row {
    HistoryList.Row(
      revision: index, branches: index == head ? "@" : "o", time: "12:0\(index)",
      summary: "edit", name: nil, isHead: index == head, pyramid: states[index])
  }
}

extension World {
  /// A language model that has much to say, and three proposals for every fill.
  static let eloquence: @Sendable (LanguageQuestion) -> LanguageAnswer = { question in
    guard case .fill(let cells) = question else {
      return .text(
        "A kitten with whiskers on a red sofa, in the evening light of a large window. "
          + "Behind it stands what may be an elephant.\nIt looks at somebody.")
    }
    return .proposals(
      [1, 2, 3].map { word in cells.map { Int32(($0.row + $0.column + word) % 4) } })
  }
}
