import Synchronization

/// Buffers that are kept for the next picture of the same shape.
final class WorkspacePool<Key: Hashable & Sendable, Workspace>: @unchecked Sendable {
  private let idle = Mutex<[Key: [Box]]>([:])

  private struct Box: @unchecked Sendable {
    let workspace: Workspace
  }

  /// Runs `body` with buffers of its own.
  func with<Result>(
    _ key: Key, make: () -> Workspace, _ body: (Workspace) -> Result
  ) -> Result {
    let kept = idle.withLock { $0[key]?.popLast() }
    let box = kept ?? Box(workspace: make())
    defer { idle.withLock { $0[key, default: []].append(box) } }
    return body(box.workspace)
  }
}
