public import SPAEPyramid

/// Edits a pyramid, one edit after another: each paints on what those before it left.
///
/// Words that an edit has put stay when a later one paints over them.
public struct Painter: Sendable {
  /// How edits are done.
  public struct Style: Hashable, Sendable {
    /// Whether only the words change, and nothing is painted.
    public var isExact = false
    /// The layer to which `OLD -> NEW` is limited.
    public var layer: Int?

    /// Makes a style: without arguments, edits paint in all layers.
    public init(isExact: Bool = false, layer: Int? = nil) {
      (self.isExact, self.layer) = (isExact, layer)
    }
  }

  /// What edits did.
  public struct Outcome: Hashable, Sendable {
    /// The cells that were edited themselves, in order.
    public var edited: [Edit.Change] = []
    /// How many words were rewritten so that the picture follows.
    public var steered = 0
  }

  package let model: Model
  /// The pyramid after the edits so far.
  public private(set) var pyramid: Pyramid
  /// What the edits so far did.
  public private(set) var outcome = Outcome()
  private var first: Pyramid
  private let evidence: PictureEvidence
  private var put: Set<Int> = []
  private var held: Set<Int> = []
  /// What was filled, each with the words before; and whether edits have done nothing else.
  private var fills: [(fill: Steering.Fill, words: Pyramid)] = []
  private var hasOnlyFilled = true
  /// Where something was brought.
  private var brought: [CellBlock] = []

  /// Begins with a pyramid and what the frozen branches say of its picture.
  public init(model: Model, pyramid: Pyramid, evidence: PictureEvidence) {
    (self.model, self.pyramid, self.evidence) = (model, pyramid, evidence)
    first = pyramid
  }

  /// Takes over what an edit has made of the pyramid that it stands at, as if it had done it: the words
  /// after it, and the flat indices of those that it put.
  package mutating func follow(
    _ change: WordEdit.Change, to words: Pyramid, put positions: some Sequence<Int>,
    isBrought: Bool = false
  ) {
    let steering = isBrought ? nil : steering(for: change, Style())
    note(steering?.filled, Style())
    pyramid = words
    note(Set(positions).union(steering.map { Set($0.words.keys) } ?? []))
  }

  /// Begins with words that edits have led to, and knows what those have put.
  package init(model: Model, past: EditPast, evidence: PictureEvidence) {
    self.init(model: model, pyramid: past.first, evidence: evidence)
    for state in past.states { recall(state.record, to: state.pyramid) }
    countAnew()
  }

  /// Takes over what a history tells of the pyramid that it stands at: the edits, as far as it tells
  /// them, and the words after them.
  package mutating func recall(_ record: EditRecord?, to words: Pyramid) {
    guard let record, let last = record.changes.last, words.shape == pyramid.shape else {
      return follow(to: words)
    }
    let style = Style(isExact: record.manner == .exact, layer: record.layer)
    // Between the edits of one state nothing is kept: all but the last are done again.
    for change in record.changes.dropLast() {
      guard record.manner != .brought, (try? apply(change, style)) == true else {
        return follow(to: words)
      }
    }
    if record.manner == .brought, let block = block(of: last, style) { self.brought.append(block) }
    let before = pyramid
    let steering = record.manner == .brought ? nil : steering(for: last, style)
    note(steering?.filled, style)
    pyramid = words
    note(
      words.words.indices.filter {
        words.words[$0] == last.word
          && (before.words[$0] != last.word || steering?.words[$0] != nil)
      })
  }

  /// Counts what edits do from here on.
  package mutating func countAnew() { (first, outcome) = (pyramid, Outcome()) }

  /// Takes over words that were changed without a painter: those are no longer what an edit has put.
  package mutating func follow(to words: Pyramid) {
    put = put.filter { pyramid.words[$0] == words.words[$0] }
    hasOnlyFilled = false
    pyramid = words
  }

  /// Keeps words, by their flat index, as if an edit had put them.
  package mutating func hold(_ words: Set<Int>) { held.formUnion(words) }

  /// Does an edit; false where the picture has nothing of what it would replace. A word that becomes
  /// itself changes nothing.
  public mutating func apply(
    _ change: WordEdit.Change, _ style: Style = Style(), isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> Bool {
    guard var steering = steering(for: change, style) else { return false }
    if case .replace(let old, let new) = change, old == new { return true }
    steering.held = held.union(put)
    note(steering.filled, style)
    pyramid =
      style.isExact
      ? steering.applied(to: pyramid)
      : try model.steer(pyramid, steering, evidence: evidence, isCancelled: isCancelled)
    note(steering.words.keys)
    return true
  }

  /// The block that an edit means for what is brought; nil where its cells are no rectangle, or
  /// where the picture has nothing of what it would replace.
  package func block(of change: WordEdit.Change, _ style: Style = Style()) -> CellBlock? {
    if case .put(let cells, _) = change { return CellBlock(cells) }
    let cells = steering(for: change, style)?.loud.words.keys.map(pyramid.shape.cell(at:)) ?? []
    guard let finest = cells.map(\.layer).max() else { return nil }
    return CellBlock(around: cells.filter { $0.layer == finest })
  }

  /// Does an edit by bringing what its word says from parts of other pictures.
  ///
  /// Gives the number of the part that was taken, nil where nothing was to be taken; false as `apply`.
  package mutating func bring(
    _ change: WordEdit.Change, from parts: [PicturePart], _ style: Style = Style(),
    isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> (isDone: Bool, part: Int?) {
    guard let block = block(of: change, style), let steering = steering(for: change, style) else {
      return (false, nil)
    }
    var bringing = Bringing(change.word, into: block, of: pyramid.shape, from: parts)
    bringing.positions.formUnion(steering.words.keys)
    bringing.held = held.union(put)
    hasOnlyFilled = false
    let (words, part) = try model.bring(pyramid, bringing, isCancelled: isCancelled)
    if part != nil { brought.append(block) }
    pyramid = words
    note(bringing.positions)
    return (true, part)
  }

  private mutating func note(_ filled: Steering.Fill?, _ style: Style) {
    guard let filled, !style.isExact else { return hasOnlyFilled = false }
    fills.append((filled, pyramid))
  }

  /// The area that the edits so far have filled; nil where one of them did anything else.
  package func area() throws(EngineError) -> PaintedArea? {
    guard hasOnlyFilled, let outlines = evidence.outlines else { return nil }
    var area: PaintedArea?
    for (fill, words) in fills {
      let masks = fill.masks(in: outlines, of: words.shape, for: try model.decode(words))
      let own = PaintedArea((masks.whole, masks.receded))
      if area == nil { area = own } else { area?.add(own) }
    }
    return area
  }

  /// How much of each pixel of the decoded picture, [row, column], was brought by the edits so far; nil
  /// where nothing was. It fades over a cell, but for the picture's own edge.
  package var broughtShares: [Float]? {
    guard !brought.isEmpty else { return nil }
    let (shape, patch) = (pyramid.shape, model.configuration.patch)
    let size = model.pictureSize(of: shape)
    var shares = [Float](repeating: 0, count: size.rows * size.columns)
    func share(_ pixel: Int, _ cells: Range<Int>, _ length: Int) -> Float {
      let (low, high) = (cells.lowerBound * patch, cells.upperBound * patch)
      let before = low == 0 ? patch : pixel - low
      let after = high == length ? patch : high - 1 - pixel
      return min(max((Float(min(before, after)) + 0.5) / Float(patch), 0), 1)
    }
    for cells in brought.map({ $0.latentCells(of: shape) }) {
      for row in 0..<size.rows {
        let across = share(row, cells.rows, size.rows)
        for column in 0..<size.columns where across > 0 {
          let own = across * share(column, cells.columns, size.columns)
          shares[row * size.columns + column] = max(shares[row * size.columns + column], own)
        }
      }
    }
    return shares
  }

  /// Takes note of words that an edit has put.
  private mutating func note(_ positions: some Sequence<Int>) {
    put.formUnion(positions)
    let all = Edit(from: first, to: pyramid).changes
    outcome.edited = all.filter { put.contains($0.index) }
    outcome.steered = all.count - outcome.edited.count
  }

  private func steering(for change: WordEdit.Change, _ style: Style) -> Steering? {
    switch change {
    case .put(let cells, let word): return Steering(cells, to: word, of: pyramid.shape)
    case .replace(let old, let new) where style.isExact:
      let layers = style.layer.map { $0...$0 } ?? 1...pyramid.shape.depth
      let cells = layers.flatMap { pyramid.shape.cells(ofLayer: $0) }
        .filter { pyramid[$0] == old }
      return cells.isEmpty ? nil : Steering(cells, to: new, of: pyramid.shape)
    case .replace(let old, let new):
      return model.steering(
        from: old, to: new, in: pyramid, layer: style.layer, evidence: evidence, after: earlier)
    }
  }

  /// What the edits so far have put.
  private var earlier: PutWords {
    guard let outlines = evidence.outlines else { return PutWords(positions: put) }
    return PutWords(
      positions: put,
      filled: fills.map { fill, words in
        (fill.word, fill.masks(in: outlines, of: words.shape, for: model.decoded(words)))
      })
  }

  /// What an edit could replace here: the words of the upper layers, each once, the commonest first.
  package var upperWords: [Int32] {
    let count = pyramid.shape.wordCount(toDepth: 3)
    var times: [Int32: Int] = [:]
    var order: [Int32] = []
    for word in pyramid.words.prefix(count) {
      if times[word] == nil { order.append(word) }
      times[word, default: 0] += 1
    }
    return order.enumerated().sorted {
      (times[$1.element] ?? 0, $0.offset) < (times[$0.element] ?? 0, $1.offset)
    }.map(\.element)
  }
}
