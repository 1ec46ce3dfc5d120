import Dispatch
import SPAEExplorer
package import SPAEFiles
import SPAESystem
import Synchronization

/// Encodes the open picture in other sizes, in the background; each size once.
package final class PicturePreparation: Sendable {
  /// Encodes the picture in a size; it is told how far it is, from 0 to 1.
  package typealias Encode =
    @Sendable (_ size: Int, _ progress: @escaping @Sendable (Double) -> Void) throws ->
    OpenedPicture

  private let encode: Encode
  private let queue = DispatchQueue(label: "sizes", qos: .userInitiated)
  private let done = Mutex<[Int: OpenedPicture]>([:])

  package init(encode: @escaping Encode) { self.encode = encode }

  /// The picture in a size that is prepared.
  func picture(ofSize size: Int) -> OpenedPicture? { done.withLock { $0[size] } }

  /// Prepares a size, and tells of it.
  func request(_ size: Int, post: @escaping @Sendable (Message) -> Void) {
    queue.async { [self] in
      do {
        if picture(ofSize: size) == nil {
          let opened = try encode(size) { post(.preparing(size: size, share: $0)) }
          done.withLock { $0[size] = opened }
        }
        post(.prepared(size: size))
      } catch {
        post(.notPrepared(size: size, reason: error.reason))
      }
    }
  }

  /// Waits until nothing is left to do.
  func finish() { queue.sync {} }
}
