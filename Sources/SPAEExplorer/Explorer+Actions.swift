import SPAEPyramid
import SPAEScreen

extension Explorer {
  /// Does what an action says; the one place where actions get their meaning.
  mutating func perform(_ action: Action) -> [Effect] {
    switch action {
    case .left, .right, .up, .down, .firstColumn, .lastColumn, .top, .bottom, .halfPageDown,
      .halfPageUp, .pageDown, .pageUp, .descend, .ascend:
      return move(action)
    case .lastEdit: return goBackToEdit()
    case .nextPane, .previousPane: return focusPane(action == .nextPane ? 1 : -1)
    case .pickBySpelling: return pick(by: .spelling)
    case .pickByMeaning: return pick(by: .meaning)
    case .pickByEffect: return pick(by: .effect)
    case .bring: return pick(by: .library)
    case .replaceByMean: return replaceByMean()
    case .editOutside: return [.terminal(.openEditor(pyramid))]
    case .markBlock: return toggleBlock()
    case .yank: return yank()
    case .paste: return paste()
    case .yankBeneath: return yankBeneath()
    case .pasteBeneath: return [.session(.findYanked)]
    case .repeatChange: return repeatChange()
    case .fill: return fill(target)
    case .nextProposal: return turnProposal(by: takeCount())
    case .previousProposal: return turnProposal(by: -takeCount())
    case .caption: return consult(.caption)
    case .ask: return type(.command, LineEditor("ask "))
    case .search: return type(.search)
    case .searchWord: return search(vocabulary[pyramid[cursor]], forward: true)
    case .nextMatch: return searchAgain(forward: true)
    case .previousMatch: return searchAgain(forward: false)
    case .shallower: return pin(depth - takeCount())
    case .deeper: return pin(depth + takeCount())
    case .allLayers: return pin(nil)
    case .pinLayer: return pin(cursor.layer)
    case .toggleInset: return toggleInset()
    case .zoomIn: return zoom(by: takeCount())
    case .zoomOut: return zoom(by: -takeCount())
    case .panLeft: return pan(rows: 0, columns: -takeCount())
    case .panRight: return pan(rows: 0, columns: takeCount())
    case .panUp: return pan(rows: -takeCount(), columns: 0)
    case .panDown: return pan(rows: takeCount(), columns: 0)
    case .fullScreen:
      isFullScreen.toggle()
      return []
    case .showOriginal: return toggle(.original)
    case .showDifference: return toggle(.difference)
    case .showBlink: return toggle(.blink)
    case .showSideBySide: return toggle(.sideBySide)
    case .showHeat: return toggle(.heat)
    case .toggleEdits: return toggleEdits()
    case .toggleTint:
      isTinted.toggle()
      return []
    case .play, .nextFrame, .previousFrame, .nextCut, .previousCut, .faster, .slower:
      return performFilm(action)
    case .undo: return [.session(.move(.undo(takeCount())))]
    case .redo: return [.session(.move(.redo(takeCount())))]
    case .earlierState: return [.session(.move(.earlier(takeCount())))]
    case .laterState: return [.session(.move(.later(takeCount())))]
    case .openHistory: return [.session(.listRevisions)]
    case .nameState: return type(.name)
    case .command: return type(.command)
    case .help:
      mode = .help(HelpList(context: mode.context, keymap: keymap))
      return []
    case .saveAndQuit: return isDirty ? save(thenQuit: true) : leave()
    case .quitUnsaved, .leaveUnsaved: return leaveUnsaved()
    case .quit: return leave()
    case .saveThenLeave:
      mode = .browsing
      return save(thenQuit: true)
    case .redraw: return [.terminal(.redraw)]
    case .suspend: return [.terminal(.suspend)]
    case .cancel: return cancel()
    case .accept: return acceptHighlighted()
    case .nextItem: return moveSelection(by: 1)
    case .previousItem: return moveSelection(by: -1)
    case .nextMethod: return nextMethod()
    case .complete: return complete()
    case .close: return cancel()
    case .nextPicture: return go(.next(takeCount()))
    case .previousPicture: return go(.next(-takeCount()))
    case .gallery: return go(.gallery)
    case .pictureLeft, .pictureRight, .pictureAbove, .pictureBelow, .firstPicture, .lastPicture,
      .halfPictureRows, .halfPictureRowsBack, .openPicture, .findPictures, .sortPictures,
      .likePicture, .largerPictures, .smallerPictures, .listUnreadable:
      return []
    }
  }

  private mutating func focusPane(_ step: Int) -> [Effect] {
    // On a narrow screen there is one for the words and one for the picture.
    let panes = Layout(self).isNarrow ? [.pyramid, .picture] : Pane.allCases
    let place = (panes.firstIndex(of: focus) ?? 0) + step + panes.count
    focus = panes[place % panes.count]
    return []
  }

  /// Shows something else than the decoded picture, or that again.
  private mutating func toggle(_ content: PictureContent) -> [Effect] {
    guard document.hasOriginal || !content.needsOriginal else {
      say("no original picture: only words were opened", .warning)
      return []
    }
    picture = picture == content ? .decoded : content
    blinkPhase = false
    return []
  }

  /// Goes back to browsing; nothing that was only tried stays.
  mutating func cancel() -> [Effect] {
    if mode == .browsing, consultation != nil, consultation?.answer == nil {
      return giveUpConsultation()
    }
    if mode == .browsing, keepSize() { return [] }
    if mode == .browsing {
      if picture == .decoded { writesWindow = writesWindow && isFullScreen }
      if picture == .decoded { isFullScreen = false }
      picture = .decoded
    }
    if case .filling(let fill) = mode { cursor = fill.origin }
    if case .picking(let picker) = mode, !picker.ahead.isEmpty {
      say("dropped the keys that waited for the list")
    }
    mode = .browsing
    return []
  }

  mutating func type(_ kind: Prompt.Kind, _ line: LineEditor = LineEditor()) -> [Effect] {
    var prompt = Prompt(kind, on: target)
    prompt.line = line
    mode = .typing(prompt)
    return []
  }

  private mutating func toggleBlock() -> [Effect] {
    if case .block = mode { mode = .browsing } else { mode = .block(anchor: cursor) }
    return []
  }

  // MARK: Lists

  private mutating func moveSelection(by step: Int) -> [Effect] {
    switch mode {
    case .picking(var picker):
      picker.move(by: step)
      mode = .picking(picker)
    case .help(var list):
      list.move(by: step)
      mode = .help(list)
    case .history(var list):
      list.move(by: step * takeCount())
      guard mode != .history(list) else { return [] }
      mode = .history(list)
      return list.missingThumbnails.isEmpty
        ? [] : [.session(.drawThumbnails(list.missingThumbnails))]
    case .reading(let reading): return scroll(reading, step > 0 ? .down : .up)
    case .filling: return turnProposal(by: step)
    case .typing(var prompt) where prompt.kind == .command:
      prompt.recall(from: commandHistory, step: -step)
      mode = .typing(prompt)
    default: break
    }
    return []
  }

  /// Completes the command that is typed, as far as all that begin so agree.
  private mutating func complete() -> [Effect] {
    guard case .typing(var prompt) = mode, prompt.kind == .command else { return [] }
    let found = CommandName.allCases.map(\.rawValue).filter { $0.hasPrefix(prompt.line.text) }
    guard let first = found.first else { return [] }
    let common = found.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    prompt.line = LineEditor(common)
    mode = .typing(prompt)
    return []
  }

  private mutating func acceptHighlighted() -> [Effect] {
    switch mode {
    case .picking(let picker): return accept(picker)
    case .filling(let fill): return accept(fill)
    case .help(let list):
      mode = .browsing
      return list.selected.map { perform($0) } ?? []
    case .history(let list):
      mode = .browsing
      return list.selected.map { [.session(.move(.to($0.revision)))] } ?? []
    case .typing(let prompt):
      mode = .browsing
      return accept(prompt)
    case .reading: return cancel()
    default: return []
    }
  }

  private mutating func accept(_ prompt: Prompt) -> [Effect] {
    let text = prompt.line.text
    switch prompt.kind {
    case .command:
      if !text.isEmpty { commandHistory.append(text) }
      return run(text, on: prompt.cells)
    case .search: return search(text.lowercased(), forward: true)
    case .name: return text.isEmpty ? [] : [.session(.nameState(text))]
    }
  }

  mutating func take(_ rows: [HistoryList.Row]) -> [Effect] {
    var list = HistoryList()
    list.take(rows)
    mode = .history(list)
    return [.session(.drawThumbnails(list.missingThumbnails))]
  }

  mutating func take(_ thumbnail: Screen, of revision: Int) -> [Effect] {
    guard case .history(var list) = mode else { return [] }
    list.thumbnails[revision] = thumbnail
    mode = .history(list)
    return []
  }
}

extension Prompt {
  /// Brings back an older command, or a newer one.
  mutating func recall(from history: [String], step: Int) {
    recalled = min(max(0, recalled + step), history.count)
    line = LineEditor(recalled == 0 ? "" : history[history.count - recalled])
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}

extension PictureContent {
  /// Whether the picture that was opened is part of what is shown.
  fileprivate var needsOriginal: Bool {
    switch self {
    case .original, .difference, .blink, .sideBySide: true
    case .decoded, .heat, .comparison: false
    }
  }
}
