import Dispatch
import SPAEEngine
import SPAELibrary
import SPAEPixels
import SPAESystem
import SPAETerminal
import Synchronization

/// The thumbnails in sight, made from words in the background; others are not kept.
final class ThumbnailStore: Sendable {
  private struct State {
    var shelf = ThumbnailShelf()
    var wanted: [Int] = []
    var before: [Int] = []
    var request = 0
  }

  private let store: LibraryStore
  private let library: PictureLibrary
  private let gate: IndexingGate
  private let path: @Sendable (Int) -> String
  private let changed: @Sendable () -> Void
  private let queue = DispatchQueue(label: "thumbnails", qos: .userInitiated)
  private let state = Mutex(State())

  init(
    store: LibraryStore, library: PictureLibrary, gate: IndexingGate,
    path: @escaping @Sendable (Int) -> String, changed: @escaping @Sendable () -> Void
  ) {
    (self.store, self.library, self.gate) = (store, library, gate)
    (self.path, self.changed) = (path, changed)
  }

  var thumbnails: [Int: Thumbnail] { state.withLock { $0.shelf.thumbnails } }

  /// Has these thumbnails made, and forgets those that are neither here nor in the last request.
  func show(_ numbers: [Int]) {
    let request = state.withLock { state in
      (state.before, state.wanted) = (state.wanted, numbers)
      state.shelf.keep(only: Set(state.before + numbers))
      state.request += 1
      return state.request
    }
    queue.async { self.work(request) }
  }

  /// Forgets thumbnails whose words are others now.
  func forget(_ numbers: [Int]) { state.withLock { $0.shelf.forget(numbers) } }

  func finish() { queue.sync {} }

  private func work(_ request: Int) {
    let missing = state.withLock { state in
      state.request == request ? state.wanted.filter { !state.shelf.isFinished($0) } : []
    }
    if missing.isEmpty { return }
    gate.hold()
    sketch(missing)
    DispatchQueue.concurrentPerform(iterations: min(Parallel.processors, missing.count)) { part in
      for index in stride(from: part, to: missing.count, by: Parallel.processors) {
        guard state.withLock({ $0.request == request }) else { return }
        gate.hold()
        draw(missing[index])
      }
    }
  }

  /// Puts the colours of the upper layers in place of what is not drawn yet.
  private func sketch(_ numbers: [Int]) {
    let unknown = numbers.filter { number in state.withLock { $0.shelf.thumbnails[number] == nil } }
    let paths = unknown.map { path($0) }
    guard let known = try? store.pictures(at: paths, encoding: library.encoding) else { return }
    var places: [[UInt8]: Int] = [:]
    for (path, number) in zip(paths, unknown) { places[FileName.bytes(path)] = number }
    for picture in known {
      guard let number = places[FileName.bytes(picture.path)] else { continue }
      let size = picture.upper.picture
      let sketch = size.resampled(width: 8 * size.width, height: 8 * size.height)
      state.withLock { $0.shelf.sketch(sketch, number) }
    }
    changed()
  }

  private func draw(_ number: Int) {
    state.withLock { $0.shelf.begin(number) }
    guard let pyramid = try? store.pyramid(at: path(number), encoding: library.encoding),
      let image = try? library.model.decode(pyramid)
    else { return }
    state.withLock { $0.shelf.put(image, number) }
    changed()
  }
}
