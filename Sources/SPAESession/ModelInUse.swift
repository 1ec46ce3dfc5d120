import SPAEEngine
import SPAEFiles
import SPAEHistory
import SPAEPyramid
import Synchronization

/// The model of the words that are shown: the history may lead to words of another.
final class ModelInUse: Sendable {
  private let library: ModelLibrary
  private let state: Mutex<Model>

  init(_ model: Model, of library: ModelLibrary) {
    self.library = library
    state = Mutex(model)
  }

  var model: Model { state.withLock { $0 } }

  /// What it is called, with its identity where it is not the chosen one.
  var label: String {
    get throws {
      let (model, name) = (model, try model.name())
      return try model === library.chosen() ? name.name : name.label
    }
  }

  /// Takes the model of the head's words, if it is another.
  ///
  /// Gives what a person must know where that model is not to be had; then the last one stays.
  func follow(_ history: DocumentHistory) throws -> String? {
    let head = history.head.id
    let (model, complaint) = try model(of: head, in: history)
    state.withLock { $0 = model }
    return complaint.map { "state \(head) \($0)" }
  }

  /// The model of a revision's words, and what is wrong where that is not to be had.
  func model(
    of revision: Int, in history: DocumentHistory
  ) throws -> (model: Model, complaint: String?) {
    let last = model
    guard let wanted = try history.model(of: revision), !library.isFixed else { return (last, nil) }
    if try last.goesByIdentity(wanted.hash) { return (last, nil) }
    if let own = try library.model(identity: wanted.hash) { return (own, nil) }
    let stand = try last.name().label
    return (
      last, "is of the model \(wanted.label), which is not here: its picture is that of \(stand)"
    )
  }
}
