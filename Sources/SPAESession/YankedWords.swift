import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEPyramid
import SPAESystem
import Synchronization

/// The words that were yanked last with all beneath them, in a file from which every explorer of a
/// person pastes.
///
/// Where the file cannot be written, they are kept for the explorer that yanked them.
package final class YankedWords: Sendable {
  private struct File: Codable {
    var version = 1
    let name: String
    let model: String
    let rows: Int
    let columns: Int
    let layer: Int
    /// Of each layer from that one on, row by row.
    let words: [[[String]]]
  }

  private let path: String?
  /// What the file should hold and does not.
  private let own = Mutex<[UInt8]?>(nil)

  /// Takes the file's path; without one the words are kept in memory.
  package init(path: String?) { self.path = path }

  /// spae/yanked.json in $XDG_STATE_HOME or ~/.local/state.
  package static func defaultPath(environment: [String: String]) -> String {
    UserFolders(environment: environment).state + "/spae/yanked.json"
  }

  /// Keeps words of a model; throws where the file cannot be written.
  func keep(_ subtree: Subtree, of model: Model) throws {
    let (name, grid) = (try model.name(), subtree.shape.grid)
    let file = File(
      name: name.name, model: name.hash, rows: grid.rows, columns: grid.columns,
      layer: subtree.layer,
      words: subtree.layers.map { rows in rows.map { row in row.map { model.vocabulary[$0] } } })
    let bytes = Array(try JSONEncoder().encode(file))
    own.withLock { $0 = bytes }
    guard let path else { return }
    do {
      try FileSystem.makeFolder(FileName.folder(of: path), mode: 0o700)
      try AtomicFile.write(bytes, to: path)
      own.withLock { $0 = nil }
    } catch {
      let reason = (error as? Failure)?.lines.joined(separator: "; ") ?? "\(path): \(error)"
      throw Failure("only this explorer can paste these words: \(reason)")
    }
  }

  /// The words that were kept last; nil for none. Throws where they are another model's, or damaged.
  func last(for model: Model) throws -> Subtree? {
    guard let bytes = try own.withLock({ $0 }) ?? read() else { return nil }
    let place = path ?? "the yanked words"
    guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)), file.version == 1
    else {
      throw Failure("\(place): no yanked words of this version; yank again with Y")
    }
    guard try model.goesByIdentity(file.model) else {
      throw Failure(
        "the yanked words are of the model \(file.name.printable)"
          + " \(file.model.prefix(12).printable), and words of two models are not mixed;"
          + " 'spae convert' moves a file to this model")
    }
    let layers = file.words.map { rows in
      rows.map { row in row.map { model.vocabulary.number(of: $0) ?? -1 } }
    }
    guard let shape = PyramidShape(grid: GridSize(rows: file.rows, columns: file.columns)),
      !layers.joined().joined().contains(-1),
      let subtree = Subtree(layer: file.layer, shape: shape, layers: layers)
    else { throw Failure("\(place): the yanked words are damaged; yank again with Y") }
    return subtree
  }

  private func read() throws -> [UInt8]? {
    guard let path, FileSystem.exists(path) else { return nil }
    do { return try FileSystem.bytes(of: path) } catch {
      throw Failure("\(path): cannot be read: \(error); yank again with Y")
    }
  }
}
