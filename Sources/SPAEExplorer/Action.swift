package import SPAEScreen

/// What a person can do with a key. The key map, the help and the manual come from this table.
package enum Action: String, CaseIterable, Hashable, Sendable {
  case left, right, up, down, firstColumn, lastColumn, top, bottom, halfPageDown, halfPageUp
  case pageDown, pageUp, lastEdit
  case descend, ascend, nextPane, previousPane
  case pickBySpelling, pickByMeaning, pickByEffect, bring, replaceByMean, editOutside
  case toggleEdits, yankBeneath, pasteBeneath
  case markBlock, yank, paste, repeatChange
  case fill, nextProposal, previousProposal, caption, ask
  case search, searchWord, nextMatch, previousMatch
  case shallower, deeper, allLayers, pinLayer, toggleInset
  case zoomIn, zoomOut, panLeft, panRight, panUp, panDown, fullScreen
  case showOriginal, showDifference, showBlink, showSideBySide, showHeat, toggleTint
  case play, nextFrame, previousFrame, nextCut, previousCut, faster, slower
  case undo, redo, earlierState, laterState, openHistory, nameState
  case command, help, saveAndQuit, quitUnsaved, quit, redraw, suspend
  case cancel, accept, nextItem, previousItem, nextMethod, complete, close
  case saveThenLeave, leaveUnsaved
  case nextPicture, previousPicture, gallery
  case pictureLeft, pictureRight, pictureAbove, pictureBelow, firstPicture, lastPicture
  case halfPictureRows, halfPictureRowsBack, openPicture
  case findPictures, sortPictures, likePicture, largerPictures, smallerPictures, listUnreadable

  /// A line of the table.
  package struct Entry: Hashable, Sendable {
    package let action: Action
    /// One or more ways to press it.
    package let keys: [[Key]]
    package let help: String
    package let contexts: Set<Context>

    /// The keys as they are written.
    package var notation: String {
      keys.map { $0.map(\.notation).joined() }.joined(separator: " ")
    }
  }

  /// How the action is used.
  package var entry: Entry {
    let row = Self.row(of: self)
    let keys = row.keys.split(separator: " ").map { (try? Key.keys(from: String($0))) ?? [] }
    return Entry(action: self, keys: keys, help: row.help, contexts: row.contexts)
  }

  private typealias Row = (keys: String, help: String, contexts: Set<Context>)

  private static let words: Set<Context> = [.browsing, .block]
  /// Where the cursor moves from word to word.
  private static let cells: Set<Context> = words.union([.filling])
  private static let lists: Set<Context> = [.picking, .help, .typing]

  private static func row(of action: Action) -> Row {
    switch action {
    case .left: ("h <Left>", "word to the left", cells)
    case .right: ("l <Right>", "word to the right", cells)
    case .up: ("k <Up>", "row above", cells.union([.history, .reading]))
    case .down: ("j <Down>", "row below", cells.union([.history, .reading]))
    case .firstColumn: ("0 <Home>", "first word of the row", cells)
    case .lastColumn: ("$ <End>", "last word of the row", cells)
    case .top: ("gg", "the top; 3gg is layer 3", [.browsing, .reading])
    case .bottom: ("G", "the last row; 3G is layer 3", [.browsing, .reading])
    case .halfPageDown: ("<C-d> <PageDown>", "half a page down", [.browsing, .reading])
    case .halfPageUp: ("<C-u> <PageUp>", "half a page up", [.browsing, .reading])
    case .pageDown: ("<C-f>", "a page down", [.browsing, .reading])
    case .pageUp: ("<C-b>", "a page up", [.browsing, .reading])
    case .lastEdit:
      ("<C-o>", "back to the word that was edited last, then to those before", [.browsing])
    case .descend:
      ("<CR>", "down to the words within this one; in a mosaic first write them out", [.browsing])
    case .ascend: ("<BS>", "up to the word that contains this one", [.browsing])
    case .nextPane: ("<Tab>", "next pane", [.browsing])
    case .previousPane: ("<S-Tab>", "previous pane", [.browsing])
    case .pickBySpelling: ("i cw", "change the word: complete what you type", words)
    case .pickByMeaning: ("s", "change the word: choose among its neighbours in meaning", words)
    case .pickByEffect: ("f", "change the word: choose by its effect on the picture", words)
    case .bring:
      ("gb", "change the word: bring what a picture of the library shows", words)
    case .replaceByMean: ("x <Del>", "replace by the mean word of the layer", words)
    case .editOutside: ("e", "edit all words in $EDITOR", [.browsing])
    case .toggleEdits:
      ("E", "typed words paint, or change nothing but themselves", words)
    case .markBlock: ("v", "mark a block of words", words)
    case .yank: ("y", "yank", words)
    case .paste: ("p", "paste", words)
    case .yankBeneath: ("Y", "yank with all the words beneath", words)
    case .pasteBeneath:
      ("P", "paste with all the words beneath, scaled to this layer or the block", words)
    case .repeatChange: (".", "repeat the last change: at the cursor, or OLD -> NEW", [.browsing])
    case .fill: ("F", "fill in: the language model proposes words from those around", words)
    case .nextProposal: ("<Tab> n", "next proposal", [.filling])
    case .previousProposal: ("<S-Tab> N", "previous proposal", [.filling])
    case .caption: ("K", "caption the picture with the language model", [.browsing])
    case .ask: ("a", "ask the language model a question about the picture", [.browsing])
    case .search: ("/", "search for a word", [.browsing])
    case .searchWord: ("*", "search for this word", [.browsing])
    case .nextMatch: ("n", "next match", [.browsing])
    case .previousMatch: ("N", "previous match", [.browsing])
    case .shallower: ("[", "decode one layer less", cells)
    case .deeper: ("]", "decode one layer more", cells)
    case .allLayers: ("=", "decode all layers", cells)
    case .pinLayer: ("zd", "decode down to the layer you are in, and no deeper", cells)
    case .toggleInset: ("zi", "inset: the picture down to the layer you are in, and away", cells)
    case .zoomIn: ("+", "zoom in on the word, up to eight times", [.browsing])
    case .zoomOut: ("-", "zoom out, at last to the whole picture", [.browsing])
    case .panLeft: ("zh z<Left>", "move the zoomed part to the left", [.browsing])
    case .panRight: ("zl z<Right>", "move the zoomed part to the right", [.browsing])
    case .panUp: ("zk z<Up>", "move the zoomed part up", [.browsing])
    case .panDown: ("zj z<Down>", "move the zoomed part down", [.browsing])
    case .fullScreen: ("zf", "the picture on the whole screen, and back", [.browsing])
    case .showOriginal: ("o", "the original picture, and back", [.browsing])
    case .showDifference: ("d", "the difference to the original, and back", [.browsing])
    case .showBlink: ("b", "blink between the original and the decoded picture", [.browsing])
    case .showSideBySide: ("|", "original and decoded side by side", [.browsing])
    case .showHeat: ("H", "heat: the pixels that this word owns", [.browsing])
    case .toggleTint: ("C", "tint words with the colours of their pixels", [.browsing])
    case .play: ("<Space>", "a film: play, and rest", [.browsing])
    case .nextFrame: (">", "a film: next frame", [.browsing])
    case .previousFrame: ("<lt>", "a film: previous frame", [.browsing])
    case .nextCut: ("}", "a film: next cut", [.browsing])
    case .previousCut: ("{", "a film: previous cut", [.browsing])
    case .faster: (")", "a film: twice as fast", [.browsing])
    case .slower: ("(", "a film: half as fast", [.browsing])
    case .undo: ("u", "undo", [.browsing])
    case .redo: ("<C-r>", "redo", [.browsing])
    case .earlierState: ("g-", "previous state by time, over all branches", [.browsing])
    case .laterState: ("g+", "next state by time", [.browsing])
    case .openHistory: ("t", "the tree of all states", [.browsing])
    case .nameState: ("m", "give this state a name", [.browsing])
    case .command: (":", "a command: :help lists them", words.union([.gallery, .reading]))
    case .help: ("? <F1>", "the keys of where you are", [.browsing, .block, .history, .gallery])
    case .saveAndQuit: ("ZZ", "save and quit", [.browsing])
    case .quitUnsaved: ("ZQ", "discard what is not saved, and quit; the tree keeps it", [.browsing])
    case .quit: ("q", "quit", [.browsing, .gallery])
    case .redraw: ("<C-l>", "draw the screen again", Set(Context.allCases))
    case .suspend: ("<C-z>", "back to the shell; fg returns", Set(Context.allCases))
    case .cancel:
      ("<Esc> <C-c> <C-[>", "cancel", Set(Context.allCases))
    case .accept: ("<CR>", "accept", [.picking, .typing, .help, .history, .filling, .reading])
    case .nextItem: ("<Down> <C-n>", "next", lists)
    case .previousItem: ("<Up> <C-p>", "previous", lists)
    case .nextMethod:
      ("<Tab>", "by spelling, by meaning, by effect, from the library", [.picking])
    case .complete: ("<Tab>", "complete the command", [.typing])
    case .close: ("q", "close", [.reading, .history])
    case .saveThenLeave: ("y", "save, then quit", [.leaving])
    case .leaveUnsaved: ("n", "discard them, and quit; the tree keeps them", [.leaving])
    case .nextPicture: ("<C-n>", "the next picture of the list or folder", [.browsing])
    case .previousPicture: ("<C-p>", "the picture before", [.browsing])
    case .gallery: ("gf", "the gallery: all pictures of the list or folder", [.browsing])
    case .pictureLeft: ("h <Left>", "picture to the left", [.gallery])
    case .pictureRight: ("l <Right>", "picture to the right", [.gallery])
    case .pictureAbove: ("k <Up>", "picture above", [.gallery])
    case .pictureBelow: ("j <Down>", "picture below", [.gallery])
    case .firstPicture: ("gg <Home>", "the first picture; 3gg is the third", [.gallery])
    case .lastPicture: ("G <End>", "the last picture; 3G is the third", [.gallery])
    case .halfPictureRows: ("<C-d> <PageDown>", "half a page down", [.gallery])
    case .halfPictureRowsBack: ("<C-u> <PageUp>", "half a page up", [.gallery])
    case .openPicture: ("<CR>", "open the picture; gf comes back", [.gallery])
    case .findPictures: ("/", "rank by words, such as dog grass; <Esc> goes back", [.gallery])
    case .sortPictures: ("s", "sort by name, by date, by likeness to this one", [.gallery])
    case .likePicture: ("*", "those like this one first; <Esc> goes back", [.gallery])
    case .largerPictures: ("+", "larger thumbnails", [.gallery])
    case .smallerPictures: ("-", "smaller thumbnails", [.gallery])
    case .listUnreadable: ("!", "the files that cannot be read, and why", [.gallery])
    }
  }

  /// Whether a number before its key means something.
  var takesCount: Bool {
    switch self {
    case .left, .right, .up, .down, .top, .bottom, .halfPageDown, .halfPageUp, .pageDown,
      .pageUp, .lastEdit, .descend, .ascend,
      .undo, .redo, .earlierState, .laterState, .nextMatch, .previousMatch, .searchWord,
      .shallower, .deeper, .nextProposal, .previousProposal, .nextPicture, .previousPicture,
      .zoomIn, .zoomOut, .panLeft, .panRight, .panUp, .panDown,
      .nextFrame, .previousFrame, .nextCut, .previousCut:
      true
    default: false
    }
  }

  /// The name of the action in words.
  package var name: String {
    rawValue.reduce(into: "") { name, letter in
      name += letter.isUppercase ? " " + letter.lowercased() : String(letter)
    }
  }
}
