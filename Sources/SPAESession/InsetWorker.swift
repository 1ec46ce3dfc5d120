import Dispatch
import SPAEEngine
import SPAEExplorer
import SPAEPixels

/// Decodes the inset's picture once the keys rest: whoever types is not to wait for it.
final class InsetWorker: Sendable {
  private let debouncer: Debouncer<DecodeRequest>

  init(
    inUse: ModelInUse, painter: EditPainter,
    deliver: @escaping @Sendable (DecodeRequest, PixelImage) -> Void
  ) {
    let decoder = RequestDecoder(inUse: inUse, painter: painter)
    debouncer = Debouncer(label: "inset", rest: .milliseconds(250)) { request in
      // Without a picture there is no inset: what is wrong the large picture tells.
      if let picture = try? decoder.picture(of: request, isCancelled: { false }) {
        deliver(request, picture)
      }
    }
  }

  /// Asks for a picture; what was asked for before and is not begun yet is forgotten.
  func request(_ request: DecodeRequest) { debouncer.request(request) }

  /// Decodes at once what is left to decode, and waits for it.
  func finish() { debouncer.finish() }
}
