import Glibc
import SPAEEngine
import SPAEExplorer
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Synchronization

/// Finds the words that follow an edit, for its preview and then for good.
///
/// What the frozen branches say of the picture is asked once. The edits that were painted last are
/// kept, so that to accept what is previewed takes no time. Of the words after an edit that a person
/// kept it is remembered what edits have put into them, as long as the picture is shown.
final class EditPainter: Sendable {
  private struct State {
    var known: (model: Model, evidence: PictureEvidence)?
    /// Of the same words and model, the last ones.
    var recent: [Painting: Painted] = [:]
    var order: [Painting] = []
    /// Painters that stand at words to which edits have led.
    var painters: [Pyramid: Painter] = [:]
    var painterOrder: [Pyramid] = []

    mutating func keep(_ painter: Painter) {
      if painters.updateValue(painter, forKey: painter.pyramid) == nil {
        painterOrder.append(painter.pyramid)
      }
      if painterOrder.count > EditPainter.limit { painters[painterOrder.removeFirst()] = nil }
    }

    mutating func keep(_ painted: Painted, of painting: Painting) {
      recent[painting] = painted
      order.append(painting)
      if order.count > EditPainter.limit { recent[order.removeFirst()] = nil }
    }
  }

  /// How many painted edits are kept: as many as a list has candidates; and words with what was put.
  private static let limit = 64

  private let inUse: ModelInUse
  /// What the frozen branches look at; without it, the picture that the words give.
  private let view: PixelImage?
  private let exemplars: ExemplarFinder
  /// How words came about; nil where nothing is known of it.
  private let past: @Sendable (Pyramid) -> EditPast?
  /// The picture that words came from, if only they were opened and it is beside them.
  private let source: @Sendable (Pyramid) -> PixelImage?
  private let state = Mutex(State())
  /// How many edits a person waits for.
  private let urgent = Atomic(0)

  init(
    inUse: ModelInUse, view: PixelImage?, exemplars: ExemplarFinder,
    past: @escaping @Sendable (Pyramid) -> EditPast? = { _ in nil },
    source: @escaping @Sendable (Pyramid) -> PixelImage? = { _ in nil }
  ) {
    (self.inUse, self.view, self.exemplars) = (inUse, view, exemplars)
    (self.past, self.source) = (past, source)
  }

  /// Paints an edit; calls wait for each other.
  func painted(
    _ painting: Painting, isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> Painted {
    urgent.add(1, ordering: .relaxed)
    defer { urgent.subtract(1, ordering: .relaxed) }
    return try paintedInTurn(painting, isCancelled: isCancelled)
  }

  /// Paints an edit that a person keeps: later ones know what it has put.
  func painted(keeping painting: Painting) throws(EngineError) -> Painted {
    let painted = try painted(painting)
    state.withLock { remember(painted, of: painting, in: &$0) }
    return painted
  }

  private func remember(_ painted: Painted, of painting: Painting, in state: inout State) {
    guard let words = painted.pyramid, words != painting.pyramid, let known = state.known,
      state.painters[words] == nil
    else { return }
    var painter = painter(for: painting, known, &state)
    let change = painting.change
    switch painted {
    case .words(_, let edited, _): painter.follow(change, to: words, put: edited)
    case .brought(_, let edited, _, _):
      painter.follow(change, to: words, put: edited, isBrought: true)
    case .nothing, .failed: return
    }
    state.keep(painter)
  }

  /// Takes note of words that were changed without painting: what edits have put and still stands
  /// there is remembered of the new ones too.
  func follow(from former: Pyramid, to words: Pyramid) {
    state.withLock { state in
      guard state.painters[words] == nil, var painter = state.painters[former] else { return }
      painter.follow(to: words)
      state.keep(painter)
    }
  }

  /// A painter that stands at an edit's words.
  private func painter(
    for painting: Painting, _ known: (model: Model, evidence: PictureEvidence),
    _ state: inout State
  ) -> Painter {
    if state.painters[painting.pyramid] == nil, let past = past(painting.pyramid) {
      state.keep(Self.recalled(past, known, state))
    }
    var painter =
      state.painters[painting.pyramid]
      ?? Painter(model: known.model, pyramid: painting.pyramid, evidence: known.evidence)
    painter.hold(painting.held)
    painter.countAnew()
    return painter
  }

  /// A painter that knows what the history tells of the edits so far, from the last one that is known.
  private static func recalled(
    _ past: EditPast, _ known: (model: Model, evidence: PictureEvidence), _ state: State
  ) -> Painter {
    let last = past.states.lastIndex { state.painters[$0.pyramid] != nil }
    var painter =
      last.flatMap { state.painters[past.states[$0].pyramid] }
      ?? Painter(model: known.model, pyramid: past.first, evidence: known.evidence)
    for each in past.states[(last.map { $0 + 1 } ?? 0)...] {
      painter.recall(each.record, to: each.pyramid)
    }
    return painter
  }

  /// Paints an edit that nobody waits for: it stops for any other, and is begun again after that.
  /// Nil once it is not wanted, or where it fails.
  func paintedAtLeisure(_ painting: Painting, while isWanted: () -> Bool) -> Painted? {
    while isWanted() {
      do throws(EngineError) {
        return try paintedInTurn(painting) {
          urgent.load(ordering: .relaxed) > 0 || !isWanted()
        }
      } catch .cancelled {
        sched_yield()
      } catch { return nil }
    }
    return nil
  }

  private func paintedInTurn(
    _ painting: Painting, isCancelled: () -> Bool
  ) throws(EngineError) -> Painted {
    let parts = parts(for: painting)
    return try state.withLock { state throws(EngineError) in
      let model = inUse.model
      if state.known?.model === model, let known = state.recent[painting] { return known }
      if isCancelled() { throw .cancelled }
      let evidence = try known(&state, model, painting.pyramid)
      var painter = painter(for: painting, (model, evidence), &state)
      let painted =
        switch parts {
        case nil: try Self.steered(painting, &painter, isCancelled)
        case .success(let parts): try Self.brought(painting, parts, &painter, isCancelled)
        case .failure(let failure): Painted.failed(failure.line)
        }
      state.keep(painted, of: painting)
      return painted
    }
  }

  private static func steered(
    _ painting: Painting, _ painter: inout Painter, _ isCancelled: () -> Bool
  ) throws(EngineError) -> Painted {
    guard try painter.apply(painting.change, isCancelled: isCancelled) else { return .nothing }
    let outcome = painter.outcome
    return .words(painter.pyramid, edited: outcome.edited.map(\.index), steered: outcome.steered)
  }

  private static func brought(
    _ painting: Painting, _ parts: [LibraryPart], _ painter: inout Painter,
    _ isCancelled: () -> Bool
  ) throws(EngineError) -> Painted {
    let number = try painter.bring(
      painting.change, from: parts.map { PicturePart(pyramid: $0.pyramid, cell: $0.cell) },
      isCancelled: isCancelled
    ).part
    guard let number else { return .failed("nothing can be brought into these words") }
    let outcome = painter.outcome
    return .brought(
      painter.pyramid, edited: outcome.edited.map(\.index), others: outcome.steered,
      from: parts[number].name)
  }

  /// The parts of the library that an edit may bring, or why there are none; nil where it brings none.
  private func parts(for painting: Painting) -> Result<[LibraryPart], Failure>? {
    switch (painting.bringing, painting.change) {
    case (nil, _): nil
    case (.part(let part)?, _): .success([part])
    case (.best?, .put(_, let word)), (.best?, .replace(_, let word)):
      Result { () throws(Failure) in try exemplars.parts(showing: word) }
    }
  }

  /// What the frozen branches say of the picture.
  func evidence(for pyramid: Pyramid) throws(EngineError) -> PictureEvidence {
    try state.withLock { state throws(EngineError) in
      try known(&state, inUse.model, pyramid)
    }
  }

  /// Forgets the picture: another is shown now.
  func forget() { state.withLock { $0 = State() } }

  private func known(
    _ state: inout State, _ model: Model, _ pyramid: Pyramid
  ) throws(EngineError) -> PictureEvidence {
    if let known = state.known, known.model === model { return known.evidence }
    let first = past(pyramid)?.first ?? pyramid
    let picture = if let seen = view ?? source(first) { seen } else { try model.decode(first) }
    let evidence = model.withoutReuse {
      model.evidence(of: picture, fit: .whole, shape: pyramid.shape)
    }
    state = State(known: (model, evidence))
    return evidence
  }
}
