import CCurl
import Glibc
import Synchronization

/// An answer as it came: `status` is that of HTTP.
struct HTTPAnswer: Sendable {
  var status: Int
  var body: [UInt8]
  /// The seconds that Retry-After asks to wait.
  var retryAfter: Double?
}

/// One connection to a server, kept open between requests, which take their turns.
///
/// Follows no redirection, for a key must not follow one, and speaks nothing but HTTP.
@safe
final class HTTPConnection: Sendable {
  /// A handle of libcurl, used by one request at a time.
  @safe
  private struct Handle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  /// Seconds to connect in.
  static let connectSeconds = 5

  private let endpoint: Endpoint
  private let seconds: Double
  private let handle: Mutex<Handle>

  init(_ endpoint: Endpoint, seconds: Double) throws(LanguageError) {
    if let problem = unsafe spae_curl_load() {
      throw .noTransport(reason: unsafe String(cString: problem))
    }
    guard let pointer = unsafe spae_curl_new() else {
      throw .noTransport(reason: "it has no memory")
    }
    self.endpoint = endpoint
    self.seconds = seconds
    handle = Mutex(unsafe Handle(pointer: pointer))
  }

  deinit { handle.withLock { unsafe spae_curl_free($0.pointer) } }

  /// Sends a request, with a body by POST and without one by GET, and waits for the answer.
  func send(_ path: String, body: [UInt8]? = nil) throws(LanguageError) -> HTTPAnswer {
    let url = endpoint.url + path
    let transfer = Transfer()
    let (code, said) = handle.withLock { unsafe self.run($0.pointer, url, body, transfer) }
    guard code == CURLE_OK else { throw failure(code, said, url: url, transfer) }
    return HTTPAnswer(
      status: transfer.status, body: transfer.body, retryAfter: transfer.retryAfter)
  }

  /// What one request gathers.
  private final class Transfer {
    /// An answer beyond this is no answer of a language model.
    static let limit = 64 << 20

    var body: [UInt8] = []
    var isTooLong = false
    var status = 0
    var retryAfter: Double?
  }

  private func run(
    _ curl: UnsafeMutableRawPointer, _ url: String, _ body: [UInt8]?, _ transfer: Transfer
  ) -> (CURLcode, String) {
    let headers = unsafe self.headers(hasBody: body != nil)
    var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    let code = unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe prepare(curl, url)
      unsafe spae_curl_set_error_buffer(curl, words.baseAddress)
      unsafe spae_curl_set_list(curl, CURLOPT_HTTPHEADER, headers)
      unsafe collect(curl, into: transfer)
      return unsafe perform(curl, body)
    }
    unsafe spae_curl_set_error_buffer(curl, nil)
    unsafe spae_curl_free_list(headers)
    transfer.status = unsafe spae_curl_status(curl)
    let wait = unsafe spae_curl_retry_after(curl)
    transfer.retryAfter = wait > 0 ? Double(wait) : nil
    let said = words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return (code, String(decoding: said, as: UTF8.self))
  }

  private func prepare(_ curl: UnsafeMutableRawPointer, _ url: String) {
    unsafe spae_curl_set_text(curl, CURLOPT_URL, url)
    unsafe spae_curl_set_text(curl, CURLOPT_PROTOCOLS_STR, "http,https")
    unsafe spae_curl_set_text(curl, CURLOPT_USERAGENT, "spae")
    // A proxy of the environment would see what is to stay on this machine.
    if endpoint.isThisMachine { unsafe spae_curl_set_text(curl, CURLOPT_PROXY, "") }
    unsafe spae_curl_set_number(curl, CURLOPT_NOSIGNAL, 1)
    unsafe spae_curl_set_number(curl, CURLOPT_CONNECTTIMEOUT, Self.connectSeconds)
    let milliseconds = Int(min(max(1, seconds * 1000), 1e9))
    unsafe spae_curl_set_number(curl, CURLOPT_TIMEOUT_MS, milliseconds)
  }

  /// The lines of the head that are ours.
  private func headers(hasBody: Bool) -> UnsafeMutablePointer<curl_slist>? {
    var lines = ["Accept: application/json", "Expect:"]
    if hasBody { lines.append("Content-Type: application/json") }
    if let key = endpoint.key { lines.append("Authorization: Bearer " + key.secret) }
    var list: UnsafeMutablePointer<curl_slist>? = nil
    for line in lines { unsafe list = unsafe spae_curl_append(list, line) }
    return unsafe list
  }

  private func collect(_ curl: UnsafeMutableRawPointer, into transfer: Transfer) {
    let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    unsafe spae_curl_set_sink(
      curl,
      { bytes, size, count, context in
        guard let context = unsafe context, let bytes = unsafe bytes else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        guard transfer.body.count + size * count <= Transfer.limit else {
          transfer.isTooLong = true
          return 0
        }
        unsafe transfer.body.append(
          contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
        return size * count
      }, context)
  }

  private func perform(_ curl: UnsafeMutableRawPointer, _ body: [UInt8]?) -> CURLcode {
    guard let body else {
      unsafe spae_curl_set_number(curl, CURLOPT_HTTPGET, 1)
      return unsafe spae_curl_perform(curl)
    }
    return unsafe body.withUnsafeBytes { bytes in
      unsafe spae_curl_set_number(curl, CURLOPT_POST, 1)
      unsafe spae_curl_set_number(curl, CURLOPT_POSTFIELDSIZE, bytes.count)
      unsafe spae_curl_set_text(
        curl, CURLOPT_POSTFIELDS, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
      return unsafe spae_curl_perform(curl)
    }
  }

  private func failure(
    _ code: CURLcode, _ said: String, url: String, _ transfer: Transfer
  ) -> LanguageError {
    let reason = said.isEmpty ? unsafe String(cString: spae_curl_text(code)) : excerpt(said)
    if transfer.isTooLong { return .wrongJSON(url: url, problem: "it is longer than 64 MiB") }
    return switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      .unresolved(url: url, host: endpoint.host)
    case CURLE_URL_MALFORMAT: .endpoint(endpoint.url, reason: reason)
    // The address is http's or https's, so that it is the answer which is not.
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
      .wrongJSON(url: url, problem: reason)
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_INVALIDCERTSTATUS:
      .tls(url: url, reason: reason)
    case CURLE_OPERATION_TIMEDOUT where ["Connection", "Failed"].contains(where: reason.hasPrefix):
      .refused(url: url, reason: "no connection in \(Self.connectSeconds) seconds")
    case CURLE_OPERATION_TIMEDOUT: .timeOut(url: url, seconds: seconds)
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      .brokenOff(url: url, reason: reason)
    default: .refused(url: url, reason: reason)
    }
  }
}
