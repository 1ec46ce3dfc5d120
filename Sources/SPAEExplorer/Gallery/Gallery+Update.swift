import SPAEScreen
import SPAESystem

/// Changes the state as a message asks and returns what the world is to do.
package func update(_ state: inout Gallery, _ message: GalleryMessage) -> [GalleryEffect] {
  let notice = state.notice
  var effects: [GalleryEffect] = []
  switch message {
  case .key(let key): effects = state.press(key)
  case .action(let action): effects = state.perform(action)
  case .command(let line):
    state.notice = nil
    effects = state.run(line)
  case .resized(let rows, let columns): state.size = (rows, columns)
  case .cellsChanged(let aspect): state.cellAspect = aspect
  case .graphicsChanged(let name): state.graphics = name
  case .listed(let pictures, let byName): state.take(pictures, byName)
  case .changed(let pictures): state.take(pictures)
  case .progressed(let progress):
    state.progress = progress
    effects = state.rankAgain()
  case .unreadable(let files): state.unreadable = files
  case .ranked(let ranking, let found): state.take(found, for: ranking)
  case .notRanked(let ranking, let reason): state.refuse(ranking, reason)
  case .notice(let notice): state.tell(notice)
  }
  state.keepSelectionInSight()
  if let now = state.notice, now != notice { state.messages.log(now) }
  return effects + state.wants()
}

extension Gallery {
  /// What the state lacks: the thumbnails in sight.
  mutating func wants() -> [GalleryEffect] {
    let shown = inSight
    guard shown != requested, graphics != "none" else { return [] }
    requested = shown
    return [.session(.show(shown))]
  }

  /// The pictures in sight, by their numbers.
  package var inSight: [Int] {
    let layout = layout
    return Array(order.dropFirst(firstRow * layout.across).prefix(layout.count))
  }

  mutating func keepSelectionInSight() {
    let layout = layout
    selection = min(max(0, selection), max(0, order.count - 1))
    let row = selection / layout.across
    if row < firstRow { firstRow = row }
    if row >= firstRow + layout.down { firstRow = row - layout.down + 1 }
    let rows = (order.count + layout.across - 1) / layout.across
    firstRow = max(0, min(firstRow, rows - layout.down))
  }

  // MARK: Pictures

  mutating func take(_ pictures: [Picture], _ byName: [Int]) {
    unranked += max(0, pictures.count(where: \.isEncoded) - self.pictures.count(where: \.isEncoded))
    (self.pictures, self.byName) = (pictures, byName)
    // A thumbnail of a file that has changed is another.
    requested = []
    arrange()
  }

  mutating func take(_ changed: [Int: Picture]) {
    var isOther = false
    for (number, picture) in changed where pictures.indices.contains(number) {
      isOther = isOther || pictures[number].isListed != picture.isListed
      pictures[number] = picture
    }
    if !Set(changed.keys).isDisjoint(with: requested) { requested = [] }
    unranked += changed.count
    if isOther { arrange() }
  }

  /// Puts the pictures in order; the selected one stays selected, once a person has moved.
  mutating func arrange() {
    let kept = hasMoved ? selected : nil
    order = sorted.filter { pictures[$0].isListed }
    let place = kept.flatMap { order.firstIndex(of: $0) }
    selection = place ?? min(selection, max(0, order.count - 1))
  }

  private var sorted: [Int] {
    if search != nil { return ranked }
    switch sorting {
    case .name: return byName
    case .date:
      let places = Dictionary(uniqueKeysWithValues: byName.enumerated().map { ($1, $0) })
      return byName.sorted { a, b in
        let (first, second) = (pictures[a].time, pictures[b].time)
        return first == second ? places[a, default: 0] < places[b, default: 0] : first > second
      }
    case .similarity:
      let known = Set(ranked)
      return ranked + byName.filter { !known.contains($0) }
    }
  }

  /// Shows itself again, after a document was open; what went wrong meanwhile is told.
  package mutating func greet() {
    if notice?.kind == .plain { notice = nil }
    requested = []
  }

  /// Selects a picture by its number.
  package mutating func select(_ number: Int) {
    guard let place = order.firstIndex(of: number) else { return }
    (selection, hasMoved) = (place, true)
    keepSelectionInSight()
  }

  // MARK: Rankings

  /// Asks for the pictures by words, or by likeness to one.
  mutating func rank(by ranking: GalleryRanking) -> [GalleryEffect] {
    (asked, asksAgain, unranked) = (ranking, false, 0)
    return [.session(.rank(ranking))]
  }

  /// Asks for what is shown once more, when there are a quarter more pictures, and when all are there.
  mutating func rankAgain() -> [GalleryEffect] {
    guard asked == nil, let ranking, 4 * unranked > progress?.done ?? 0 else { return [] }
    (asked, asksAgain, unranked) = (ranking, true, 0)
    return [.session(.rank(ranking))]
  }

  /// By what the pictures are ranked that are shown.
  private var ranking: GalleryRanking? {
    if let search { return .words(search) }
    return sorting == .similarity ? ranked.first.map { .similarity(to: $0) } : nil
  }

  mutating func take(_ found: [Int], for ranking: GalleryRanking) {
    guard asked == ranking else { return }
    asked = nil
    if asksAgain {
      ranked = found
      return arrange()
    }
    switch ranking {
    case .words(let text):
      guard !found.isEmpty else { return refuse(nothing: text) }
      if search == nil { picturesBefore = selected }
      (search, ranked) = (text, found)
      (selection, firstRow, hasMoved) = (0, 0, false)
    case .similarity(let number):
      (search, sorting, ranked) = (nil, .similarity, found)
      say("by likeness to \(pictures[number].name)")
      (selection, firstRow, hasMoved) = (0, 0, false)
    }
    arrange()
  }

  mutating func refuse(nothing text: String) {
    let waiting = byName.count { pictures[$0].isListed && pictures[$0].isWaiting }
    let rest = waiting == 0 ? "" : "; \(waiting.counted("picture")) could not be encoded"
    let more = progress == nil ? rest : "; not all are encoded yet"
    say("no picture matches '\(text)'\(more)", .warning)
  }

  mutating func refuse(_ ranking: GalleryRanking, _ reason: String) {
    guard asked == ranking else { return }
    asked = nil
    say(reason, .error)
  }

  // MARK: Notices

  mutating func say(_ text: String, _ kind: Notice.Kind = .plain) {
    notice = Notice(text, kind: kind)
  }

  /// Shows a notice; an error with more lines than the foot may have is read as a whole.
  mutating func tell(_ notice: Notice) {
    self.notice = notice
    let count = FootMessage.lines(of: notice.text, width: size.columns - 2).count
    let isLong = count > FootMessage.mostLines(of: size.rows)
    guard notice.kind == .error, isLong, mode == .browsing else { return }
    mode = .reading(Reading(title: "Not done", text: notice.text))
  }
}
