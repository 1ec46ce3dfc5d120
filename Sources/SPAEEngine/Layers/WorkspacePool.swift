import Synchronization

/// Whether buffers are kept for the next picture.
final class BufferReuse: Sendable {
  private let suspensions = Atomic<Int>(0)

  var isOn: Bool { suspensions.load(ordering: .relaxed) == 0 }

  /// Runs work whose buffers are not kept.
  func suspended<Result, E>(_ body: () throws(E) -> Result) throws(E) -> Result {
    suspensions.add(1, ordering: .relaxed)
    defer { suspensions.subtract(1, ordering: .relaxed) }
    return try body()
  }
}

/// Buffers that are kept for the next picture of the same shape.
///
/// Pictures that are seen whole have many shapes: the buffers of the last few stay.
final class WorkspacePool<Key: Hashable & Sendable, Workspace>: @unchecked Sendable {
  /// As many shapes as there are sizes of squares.
  private static var shapes: Int { 4 }

  private struct Idle {
    var boxes: [Key: [Box]] = [:]
    var keys: [Key] = []  // the last one used comes last
  }

  private let idle = Mutex(Idle())
  private let reuse: BufferReuse?

  /// Without `reuse` buffers are always kept.
  init(_ reuse: BufferReuse? = nil) { self.reuse = reuse }

  private struct Box: @unchecked Sendable {
    let workspace: Workspace
  }

  /// Runs `body` with buffers of its own.
  func with<Result>(
    _ key: Key, make: () -> Workspace, _ body: (Workspace) -> Result
  ) -> Result {
    guard reuse?.isOn != false else {
      return FloatBuffer.apart {
        let box = Box(workspace: make())
        return withExtendedLifetime(box) { body(box.workspace) }
      }
    }
    let kept = idle.withLock { $0.boxes[key]?.popLast() }
    let box = kept ?? Box(workspace: make())
    defer { keep(box, for: key) }
    return body(box.workspace)
  }

  private func keep(_ box: Box, for key: Key) {
    idle.withLock { idle in
      idle.boxes[key, default: []].append(box)
      if idle.keys.last == key { return }
      idle.keys.removeAll { $0 == key }
      idle.keys.append(key)
      guard idle.keys.count > Self.shapes else { return }
      idle.boxes[idle.keys.removeFirst()] = nil
    }
  }
}
