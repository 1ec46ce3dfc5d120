import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEGraphics
import SPAEHistory
import SPAEPixels
import SPAEPyramid

/// A picture or a pyramid as it was opened, before any edit.
struct OpenedDocument {
  let file: String
  let document: PyramidDocument
  /// The source in the size of the decoded picture; nil where only words were opened.
  let original: PixelImage?
  let files: PyramidFiles

  init(file: String, size: Int, model: Model) throws {
    self.file = file
    switch try Input(path: file, model: model) {
    case .pyramid(let document):
      self.document = document
      original = nil
    case .picture(let picture):
      let pyramid: Pyramid
      do { pyramid = try model.encode(picture.image, size: size) } catch {
        throw Failure("\(file): \(error)")
      }
      let name = URL(fileURLWithPath: file).lastPathComponent
      document = PyramidDocument(
        model: try model.name(),
        source: .init(name: name, width: picture.image.width, height: picture.image.height),
        pyramid: pyramid)
      original = picture.image.fitted(to: size, fit: .crop)
    }
    let stem = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    files = PyramidFiles(
      document: document, vocabulary: model.vocabulary, path: original == nil ? file : nil,
      suggestedPath: stem + ".spae")
  }

  /// The name and size of the picture.
  var title: String {
    let source = document.source
    return "\(source.name)  \(source.width)x\(source.height)"
      + "  \(document.pyramid.words.count) words"
  }

  /// Its history in the store: that of the file where `:w` writes, for a picture has no words.
  func history(in store: HistoryStore, model: Model) throws -> DocumentHistory {
    try store.open(
      documentPath: files.path ?? files.suggestedPath, pyramid: document.pyramid,
      vocabularyHash: document.model.vocabulary, wordCount: model.vocabulary.count,
      label: document.source.name)
  }

  /// The explorer at the last accepted edit.
  func state(
    model: Model, history: DocumentHistory, store: HistoryStore, output: PictureOutput, tint: Bool
  ) -> Explorer {
    let side = document.pyramid.shape.grid * model.configuration.patch
    return Explorer(
      document: .init(
        name: document.source.name, path: files.path, suggestedPath: files.suggestedPath,
        model: document.model.name, side: side),
      vocabulary: model.vocabulary, pyramid: history.pyramid, saved: document.pyramid,
      history: history.facts, size: (24, 80),
      cellAspect: Double(output.cell.height) / Double(output.cell.width),
      graphics: output.graphics.rawValue,
      isTinted: tint && output.cells.colours != .palette16, notice: notice(history, store))
  }

  /// What a person must know of how the history was found.
  private func notice(_ history: DocumentHistory, _ store: HistoryStore) -> Notice? {
    if let salvage = store.salvage { return Notice("\(salvage)", kind: .warning) }
    switch history.opening {
    case .recovered(let saved): return cameBack(history, saved)
    case .changedOutside: return Notice("the file was changed outside; u goes back to before")
    case .renamed(let path): return Notice("the history of \(path) goes on here")
    case .new, .same:
      return Notice("hjkl move, i changes a word, u takes it back, ? lists all keys, q leaves")
    }
  }

  /// The words as they were last accepted, which the file or the picture does not have.
  private func cameBack(_ history: DocumentHistory, _ saved: Revision) -> Notice {
    let edits = Edit(from: document.pyramid, to: history.pyramid).changes.count
    let words = "\(edits) changed word\(edits == 1 ? "" : "s")"
    if files.path == nil {
      return Notice("\(words) from last time; :undo \(saved.id) is the picture's own")
    }
    return Notice(
      "\(words) came back that were not saved; :w saves, :undo \(saved.id) drops",
      kind: .warning)
  }
}
