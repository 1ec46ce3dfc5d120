import Foundation
package import SPAEEngine
package import SPAEExplorer
package import SPAEFiles
import SPAEGraphics
package import SPAEHistory
import SPAELibrary
package import SPAEPixels
package import SPAEPyramid
import SPAESystem
package import SPAETerminal

/// A picture or a pyramid as it was opened, before any edit.
package struct OpenedDocument {
  package let document: PyramidDocument
  /// The model that the words name, or the one that read the picture.
  package let model: Model
  private let models: ModelLibrary
  /// The source in the size of the decoded picture; nil where only words were opened.
  package let original: PixelImage?
  /// The source as the frozen branches see it.
  package let view: PixelImage?
  /// Finds the picture that words came from, as the frozen branches see it, where only they were opened.
  package let source: @Sendable (Pyramid) -> PixelImage?
  /// The film that was opened; nil of a picture or a pyramid.
  package private(set) var film: FilmReel?
  package private(set) var files: PyramidFiles
  /// Finds out where the words come from, given those before any edit; throws where nothing can tell.
  package let explain: @Sendable (_ first: Pyramid?) throws -> ExplainedPyramid
  /// What a person should know of how the picture was read.
  private var notices: [String] = []
  /// The words that the file holds, or those that the picture gave.
  private var saved: Pyramid

  /// The name of the file that was opened.
  private let name: String
  private let dialect: Dialect

  /// The name that the words of a picture in another folder had in former versions: in the current one.
  private var formerPath: String?

  package init(
    file: String, size: Int, fit: Fit = .whole, models: ModelLibrary, dialect: Dialect = .keys
  ) throws {
    if FilmReel.isFilm(file) {
      self = try OpenedDocument(film: file, models: models, dialect: dialect)
      return
    }
    let opened = try OpenedPicture(path: file, size: size, fit: fit, models: models)
    try self.init(opened, file: file, fit: fit, models: models, dialect: dialect)
  }

  /// The same of a picture or a pyramid that was read already.
  package init(
    _ opened: OpenedPicture, file: String, fit: Fit, models: ModelLibrary, dialect: Dialect
  ) throws {
    (self.models, self.dialect, model) = (models, dialect, opened.model)
    (document, name, notices) = (opened.document, FileName.inputLabel(of: file), opened.notices)
    (original, view) = (opened.original, opened.view)
    explain = { try opened.explanation(first: $0) }
    source = { words in opened.image == nil ? opened.source(of: words) : nil }
    saved = document.pyramid
    var ending = ".spae"
    if let image = opened.image, fit != .whole, image.width != image.height {
      // Other words of the same picture are another document: its name keeps their histories apart.
      ending = "." + fit.rawValue + ending
    }
    let here = FileName.stem(of: file) + ending
    let isHere = file == "-" || FileName.folder(of: file.wholePath) == ".".wholePath
    let beside = isHere ? here : FileName.withoutEnding(file) + ending
    // A picture of that name in the current folder has the words there.
    let isTaken = FileSystem.exists(FileName.last(of: file))
    formerPath = isHere || isTaken ? nil : here
    files = PyramidFiles(
      document: document, vocabulary: model.vocabulary, path: original == nil ? file : nil,
      suggestedPath: beside, dialect: dialect)
  }

  private init(film path: String, models: ModelLibrary, dialect: Dialect) throws {
    let film = try FilmReel(path: path, models: models)
    guard let first = try film.words(ofFrame: 0)?.saved else {
      throw Failure("\(path): it has no whole frame")
    }
    (self.models, self.dialect, model, self.film) = (models, dialect, film.model, film)
    (document, name) = (film.header.document(of: first), FileName.inputLabel(of: path))
    (original, view, saved) = (nil, nil, first)
    source = { _ in nil }
    explain = { _ in throw Failure("nothing tells where a film's words come from") }
    files = PyramidFiles(
      document: document, vocabulary: model.vocabulary, path: path, suggestedPath: path,
      dialect: dialect)
  }

  /// The names of the file and of its source, and the picture's size.
  package var title: String {
    let source = document.source
    let names = name == source.name ? name : "\(name) of \(source.name)"
    return "\(names)  \(source.width)x\(source.height)"
      + "  \(document.pyramid.words.count) words"
  }

  /// Its history in the store: that of the file where `:w` writes, for a picture has no words.
  package mutating func history(in store: HistoryStore) throws -> DocumentHistory {
    if let film {
      return try store.openFilm(
        path: files.path ?? files.suggestedPath, first: document.pyramid,
        vocabularyHash: document.model.vocabulary, label: document.source.name,
        held: film.revisionHeld(of:))
    }
    if let former = try formerPlace(in: store) {
      files = PyramidFiles(
        document: document, vocabulary: model.vocabulary, path: nil, suggestedPath: former,
        dialect: dialect)
    }
    let isOwn = try model.goesByIdentity(document.model.hash)
    let history = try store.open(
      documentPath: files.path ?? files.suggestedPath, pyramid: document.pyramid,
      vocabularyHash: document.model.vocabulary, wordCount: model.vocabulary.count,
      label: document.source.name,
      model: RevisionModel(
        name: document.model.name, hash: isOwn ? model.identity() : document.model.hash,
        formerHashes: model.configuration.formerIdentities ?? []),
      origin: files.path == nil ? .picture : .file)
    if files.path == nil { try takeSavedWords(history) }
    return history
  }

  /// Where a picture's words were kept in former versions, if its history is there, and not beside the
  /// picture or older there.
  private func formerPlace(in store: HistoryStore) throws -> String? {
    func latest(_ path: String) throws -> Date? {
      try store.latestChange(
        ofPath: path, like: document.pyramid, vocabularyHash: document.model.vocabulary)
    }
    guard files.path == nil, let formerPath, let there = try latest(formerPath) else { return nil }
    guard let here = try latest(files.suggestedPath) else { return formerPath }
    return here < there ? formerPath : nil
  }

  /// A picture's words were perhaps saved before: the file with them is its own if the history
  /// knows what is in it.
  private mutating func takeSavedWords(_ history: DocumentHistory) throws {
    guard FileSystem.exists(files.suggestedPath),
      case .pyramid(let found, let own)? = try? Input(path: files.suggestedPath, models: models),
      own.vocabulary.words == model.vocabulary.words,
      found.pyramid.shape == document.pyramid.shape,
      try history.revision(holding: found.pyramid) != nil
    else { return }
    saved = found.pyramid
    files = PyramidFiles(
      document: found, vocabulary: model.vocabulary, path: files.suggestedPath,
      suggestedPath: files.suggestedPath, dialect: dialect)
  }

  /// The explorer at the last accepted edit.
  package func state(
    history: DocumentHistory, store: HistoryStore, output: PictureOutput, tint: Bool,
    edits: EditStyle = .exact, copiesToClipboard: Bool = false, keymap: Keymap = .standard
  ) throws -> Explorer {
    let size = model.pictureSize(of: document.pyramid.shape)
    let moment = try film?.moment(ofFrame: 0)
    return Explorer(
      document: .init(
        name: document.source.name, file: name, path: files.path,
        suggestedPath: files.suggestedPath,
        model: try ModelInUse(model, of: models).label, width: size.columns, height: size.rows,
        hasOriginal: original != nil, keepsHistory: store.path != nil, dialect: dialect),
      vocabulary: model.vocabulary, pyramid: moment?.pyramid ?? history.pyramid, saved: saved,
      history: history.facts, size: (24, 80),
      cellAspect: output.cellAspect, graphics: output.graphics.rawValue,
      isTinted: tint && output.colours != .palette16, edits: edits,
      copiesToClipboard: copiesToClipboard, keymap: keymap,
      notice: try film.map { _ in try filmNotice(history, store) } ?? notice(history, store),
      film: moment.flatMap { moment in film.map { FilmState($0.header.rate, moment) } })
  }

  /// The sizes that the picture may have on a pane.
  func sizes(wish: PictureSize?, output: PictureOutput) -> SizeChoice {
    var sizes = SizeChoice(
      wish: wish, source: min(document.source.width, document.source.height))
    sizes.cell = output.pixelsOfCell
    return sizes
  }

  /// What a person must know of how the history was found.
  private func notice(_ history: DocumentHistory, _ store: HistoryStore) throws -> Notice? {
    if let salvage = store.salvage { return Notice("\(salvage)", kind: .warning) }
    switch history.opening {
    case .recovered: return try recovered(history)
    case .setBack(let before):
      return Notice(
        "the file was set back outside; \(dialect.command(.undo, "\(before.id)")) goes to state"
          + " \(before.id) again")
    case .changedOutside:
      let change =
        files.path == nil ? "the picture gives other words now" : "the file was changed outside"
      return Notice("\(change); \(undo) goes back to before")
    case .otherModel(let revision):
      let before = try revision.parent.flatMap { try history.model(of: $0) }
      return Notice(
        "these words are of the model \(document.model.name); \(undo) goes back to those of"
          + " \(before?.label ?? "another")")
    case .renamed, .copied: return continued(history)
    case .new, .same:
      if let other = try? history.latestElsewhere() {
        return Notice(
          "state \(other.id), made later in another window, is not in the file;"
            + " \(dialect.command(.undo, "\(other.id)")) goes to it", kind: .warning)
      }
      if try model !== models.chosen() {
        return Notice(
          "opened with the model that the file names, \(try model.name().label); spae convert moves"
            + " it to \(try models.chosen().name().label)")
      }
      if !notices.isEmpty { return Notice(notices.joined(separator: "; "), kind: .warning) }
      return Notice(
        "hjkl move, i changes a word, u takes it back, ? lists all keys, q leaves", isPassing: true)
    }
  }

  private func filmNotice(_ history: DocumentHistory, _ store: HistoryStore) throws -> Notice? {
    if let salvage = store.salvage { return Notice("\(salvage)", kind: .warning) }
    let edits = film?.edits.count { !$0.isAhead } ?? 0
    guard edits == 0 else {
      let came = "\(edits) edit\(edits == 1 ? "" : "s") came back that the file lacks"
      return Notice("\(came); \(dialect.command(.write)) saves", kind: .warning)
    }
    if let notice = continued(history) { return notice }
    return Notice(
      "space plays, < and > step, { and } go to cuts, ? lists all keys, q leaves", isPassing: true)
  }

  /// Whose history goes on in this one.
  private func continued(_ history: DocumentHistory) -> Notice? {
    switch history.opening {
    case .renamed(let path): Notice("the history of \(path) goes on here")
    case .copied(let path): Notice("begins with the history of \(path), which has the same words")
    default: nil
    }
  }

  /// How an edit is taken back.
  private var undo: String { dialect == .keys ? "u" : "undo" }

  /// Edits that came back, or where the saved ones are.
  private func recovered(_ history: DocumentHistory) throws -> Notice? {
    let edits = Edit(from: saved, to: history.pyramid).changes.count
    guard edits > 0 else { return files.path.map { Notice("goes on where \($0) was saved") } }
    let head = history.head.id
    let held = try history.revision(holding: saved)?.id ?? 1
    let place = files.path == nil ? "the picture gave" : "the file holds"
    return Notice(
      "\(edits) changed word\(edits == 1 ? "" : "s") came back that \(edits == 1 ? "was" : "were")"
        + " not saved (state \(head), \(place) \(held)); \(dialect.command(.write)) saves,"
        + " \(dialect.command(.undo, "\(held)")) drops",
      kind: .warning)
  }
}
