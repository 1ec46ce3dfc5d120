import SPAEScreen

extension Gallery {
  /// Does what an action says.
  mutating func perform(_ action: Action) -> [GalleryEffect] {
    switch action {
    case .pictureLeft: return move(by: -takeCount())
    case .pictureRight: return move(by: takeCount())
    case .pictureAbove: return moveRows(-takeCount())
    case .pictureBelow: return moveRows(takeCount())
    case .halfPictureRows: return moveRows(takeCount() * max(1, layout.down / 2))
    case .halfPictureRowsBack: return moveRows(-takeCount() * max(1, layout.down / 2))
    case .firstPicture: return go(to: count == nil ? 1 : takeCount())
    case .lastPicture: return go(to: count == nil ? order.count : takeCount())
    case .openPicture: return selected.map { [.terminal(.open($0))] } ?? nothing()
    case .findPictures: return type(.search)
    case .sortPictures: return sortByNext()
    case .likePicture: return sort(by: .similarity)
    case .largerPictures: return resize(by: takeCount())
    case .smallerPictures: return resize(by: -takeCount())
    case .listUnreadable: return readUnreadable()
    case .command: return type(.command)
    case .help:
      mode = .help(HelpList(context: context, keymap: keymap))
      return []
    case .quit, .quitUnsaved, .saveAndQuit: return [.terminal(.quit)]
    case .redraw: return [.terminal(.redraw)]
    case .suspend: return [.terminal(.suspend)]
    case .cancel: return cancel()
    case .accept: return accept()
    case .close:
      mode = .browsing
      return []
    case .nextItem, .down: return moveSelection(by: action == .down ? takeCount() : 1)
    case .previousItem, .up: return moveSelection(by: action == .up ? -takeCount() : -1)
    case .top, .bottom: return scrollToEnd(action)
    case .halfPageDown: return scroll(by: takeCount() * max(1, size.rows / 2))
    case .halfPageUp: return scroll(by: -takeCount() * max(1, size.rows / 2))
    case .pageDown: return scroll(by: takeCount() * size.rows)
    case .pageUp: return scroll(by: -takeCount() * size.rows)
    case .complete: return complete()
    default: return []
    }
  }

  private mutating func nothing() -> [GalleryEffect] {
    say("there is no picture to open", .warning)
    return []
  }

  // MARK: Motion

  private mutating func move(by step: Int) -> [GalleryEffect] {
    let wanted = min(max(0, selection + step), max(0, order.count - 1))
    if wanted == selection {
      say(step > 0 ? "this is the last picture" : "this is the first picture")
    }
    (selection, hasMoved) = (wanted, true)
    return []
  }

  /// So many rows down; from the last row but one to the last picture, where that is short.
  private mutating func moveRows(_ step: Int) -> [GalleryEffect] {
    let across = layout.across
    let (row, last) = (selection / across, max(0, order.count - 1) / across)
    let wanted = min(max(0, row + step), last)
    if wanted == row { say(step > 0 ? "this is the last row" : "this is the first row") }
    selection = min(wanted * across + selection % across, max(0, order.count - 1))
    hasMoved = true
    return []
  }

  mutating func go(to number: Int) -> [GalleryEffect] {
    guard (1...max(1, order.count)).contains(number), !order.isEmpty else {
      say("no picture \(number): there are \(order.count)", .warning)
      return []
    }
    (selection, hasMoved) = (number - 1, true)
    return []
  }

  /// Moves to the picture `steps` further on in the order, and gives its number; nil at the ends.
  package mutating func turn(by steps: Int) -> Int? {
    guard order.indices.contains(selection + steps) else { return nil }
    (selection, hasMoved) = (selection + steps, true)
    keepSelectionInSight()
    return selected
  }

  mutating func takeCount() -> Int {
    defer { count = nil }
    return count ?? 1
  }

  // MARK: Order and size

  private mutating func sortByNext() -> [GalleryEffect] {
    let all = Sorting.allCases
    let next = all.firstIndex(of: sorting).map { all[($0 + 1) % all.count] } ?? .name
    return sort(by: search == nil ? next : sorting)
  }

  mutating func sort(by wanted: Sorting) -> [GalleryEffect] {
    if wanted == .similarity {
      guard let selected else { return nothing() }
      guard pictures[selected].isEncoded else {
        let (name, note) = (pictures[selected].name, pictures[selected].note)
        say(note.map { "\(name): \($0)" } ?? "\(name) is not encoded yet", .warning)
        return []
      }
      return rank(by: .similarity(to: selected))
    }
    let before = selected
    (search, sorting, asked) = (nil, wanted, nil)
    say("by \(wanted.rawValue)\(wanted == .date ? ", the newest first" : "")")
    hasMoved = true
    arrange()
    if let before { select(before) }
    return []
  }

  private mutating func resize(by step: Int) -> [GalleryEffect] {
    let wanted = min(max(0, width + step), GalleryLayout.widths.count - 1)
    if wanted == width { say("the thumbnails are as \(step > 0 ? "large" : "small") as can be") }
    width = wanted
    return []
  }

  // MARK: Modes

  /// Leaves what is open: a list, a line, then the search.
  private mutating func cancel() -> [GalleryEffect] {
    if mode != .browsing {
      mode = .browsing
    } else if search != nil {
      let before = picturesBefore
      (search, asked, picturesBefore) = (nil, nil, nil)
      if sorting == .similarity { sorting = .name }
      arrange()
      if let before { select(before) }
    } else if sorting == .similarity {
      return sort(by: .name)
    }
    return []
  }

  private mutating func type(_ kind: Mode.Kind) -> [GalleryEffect] {
    recalled = 0
    mode = .typing(kind, LineEditor())
    return []
  }

  private mutating func accept() -> [GalleryEffect] {
    switch mode {
    case .help(let list):
      mode = .browsing
      return list.selected.map { perform($0) } ?? []
    case .typing(let kind, let line):
      mode = .browsing
      if kind == .search { return find(line.text) }
      if !line.text.isEmpty { commandHistory.append(line.text) }
      return run(line.text)
    case .reading:
      mode = .browsing
      return []
    case .browsing: return []
    }
  }

  mutating func find(_ text: String) -> [GalleryEffect] {
    let words = text.split(separator: " ").joined(separator: " ")
    return words.isEmpty ? cancel() : rank(by: .words(words))
  }

  mutating func readUnreadable() -> [GalleryEffect] {
    guard !unreadable.isEmpty else {
      say(progress == nil ? "every file could be read" : "every file so far could be read")
      return []
    }
    let lines = unreadable.map { "\($0.name): \($0.reason)" }
    let count = unreadable.count
    mode = .reading(
      Reading(
        title: "\(count) file\(count == 1 ? "" : "s") that cannot be read",
        text: lines.joined(separator: "\n")))
    return []
  }

  private mutating func moveSelection(by step: Int) -> [GalleryEffect] {
    switch mode {
    case .help(var list):
      list.move(by: step)
      mode = .help(list)
    case .reading: return scroll { now, _ in now + step }
    case .typing(.command, _):
      recalled = min(max(0, recalled - step), commandHistory.count)
      let text = recalled == 0 ? "" : commandHistory[commandHistory.count - recalled]
      mode = .typing(.command, LineEditor(text))
    case .browsing, .typing: break
    }
    return []
  }

  /// Lists the messages, at the last ones.
  mutating func readMessages() -> [GalleryEffect] {
    guard let reading = messages.reading() else {
      say("there is no message yet")
      return []
    }
    mode = .reading(reading)
    return scroll { _, last in last }
  }

  /// To the first line that is read or to the last, or to a line by its number.
  private mutating func scrollToEnd(_ end: Action) -> [GalleryEffect] {
    let line = count
    return scroll { _, last in line.map { $0 - 1 } ?? (end == .top ? 0 : last) }
  }

  private mutating func scroll(by step: Int) -> [GalleryEffect] {
    scroll { now, _ in now + step }
  }

  /// Scrolls what is read to a line, given the present and the last one.
  private mutating func scroll(to wanted: (Int, Int) -> Int) -> [GalleryEffect] {
    guard case .reading(var reading) = mode else { return [] }
    let room = Popups.room(popup)
    let last = max(0, reading.lines(width: room.columns).count - room.rows)
    reading.scroll = min(max(0, wanted(reading.scroll, last)), last)
    mode = .reading(reading)
    return []
  }

  /// Where lists stand.
  var popup: Box {
    Box(row: 1, column: 0, rows: max(0, size.rows - 2), columns: min(size.columns, 90))
  }
}
