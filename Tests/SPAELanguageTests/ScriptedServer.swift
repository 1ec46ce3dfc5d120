import Foundation
import Synchronization

/// What a scripted server does with a request.
enum Reply: Sendable {
  case answer(Int, String, headers: [String] = [])
  /// Bytes as they are, before the connection closes.
  case raw(String)
  /// Takes the request and says nothing until the server ends.
  case silence

  static func json(_ body: String) -> Reply { .answer(200, body) }
}

/// A server on a loopback address that plays a script, by raw sockets: it shares no code with what it
/// tests.
final class ScriptedServer: Sendable {
  /// A request as it came.
  struct Request: Sendable {
    var path: String
    var head: String
    var body: String

    /// The body as an object.
    var json: [String: Any] {
      ((try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]) ?? [:]
    }
  }

  private struct State {
    var script: [String: [Reply]]
    var requests: [Request] = []
    var connections: [Int32] = []
    var hasEnded = false
  }

  let port: UInt16
  private let listener: Int32
  private let state: Mutex<State>

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { state.withLock { $0.requests } }

  /// Plays the replies of each path in their order; the last is repeated, and no path is 404.
  init(_ script: [String: [Reply]]) throws {
    (listener, port) = try Self.listening()
    state = Mutex(State(script: script))
    Thread.detachNewThread { [weak self, listener] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        guard let self, self.keep(connection) else {
          close(connection)
          return
        }
        Thread.detachNewThread { [weak self] in self?.serve(connection) }
      }
    }
  }

  deinit { end() }

  /// Closes everything.
  func end() {
    let connections = state.withLock { state in
      defer { (state.connections, state.hasEnded) = ([], true) }
      return state.hasEnded ? [] : state.connections + [listener]
    }
    for each in connections { shutdown(each, Int32(SHUT_RDWR)) }
  }

  /// A port where nobody answers.
  static func deadPort() throws -> UInt16 {
    let (socket, port) = try listening()
    close(socket)
    return port
  }

  // MARK: Parts

  private static func listening() throws -> (Int32, UInt16) {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard unsafe bind(socket, pointer, size) == 0, listen(socket, 16) == 0 else {
          return Int32(-1)
        }
        return unsafe getsockname(socket, pointer, &size)
      }
    }
    guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  private func keep(_ connection: Int32) -> Bool {
    state.withLock { state in
      if !state.hasEnded { state.connections.append(connection) }
      return !state.hasEnded
    }
  }

  private func serve(_ connection: Int32) {
    var bytes: [UInt8] = []
    while let request = next(connection, &bytes) {
      guard play(reply(to: request), connection) else { break }
    }
    shutdown(connection, Int32(SHUT_RDWR))
  }

  private func reply(to request: Request) -> Reply {
    state.withLock { state in
      state.requests.append(request)
      guard let replies = state.script[request.path], let first = replies.first else {
        return .answer(
          404, "{\"error\":{\"message\":\"no such path\",\"type\":\"not_found_error\"}}")
      }
      if replies.count > 1 { state.script[request.path]?.removeFirst() }
      return first
    }
  }

  /// Whether the connection goes on.
  private func play(_ reply: Reply, _ connection: Int32) -> Bool {
    switch reply {
    case .answer(let status, let body, let headers):
      let lines = ["HTTP/1.1 \(status) said", "Content-Length: \(body.utf8.count)"] + headers
      put(lines.joined(separator: "\r\n") + "\r\n\r\n" + body, connection)
      return true
    case .raw(let text):
      put(text, connection)
      return false
    case .silence:
      var byte: UInt8 = 0
      _ = unsafe recv(connection, &byte, 1, 0)
      return false
    }
  }

  private func put(_ text: String, _ connection: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads a request; nil where the connection ends first.
  private func next(_ connection: Int32, _ bytes: inout [UInt8]) -> Request? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let head = bytes.firstRange(of: end) {
        let text = String(decoding: bytes[..<head.lowerBound], as: UTF8.self)
        let length = self.length(text)
        if bytes.count >= head.upperBound + length {
          let body = bytes[head.upperBound..<head.upperBound + length]
          bytes.removeFirst(head.upperBound + length)
          let path = text.split(separator: " ").dropFirst().first.map(String.init) ?? ""
          return Request(path: path, head: text, body: String(decoding: body, as: UTF8.self))
        }
      }
      var part = [UInt8](repeating: 0, count: 1 << 16)
      let count = unsafe recv(connection, &part, part.count, 0)
      guard count > 0 else { return nil }
      bytes += part.prefix(count)
      if bytes.first == 0x16 {  // somebody would speak TLS
        put("HTTP/1.1 400 Bad Request\r\n\r\n", connection)
        return nil
      }
    }
  }

  private func length(_ head: String) -> Int {
    let line = head.split(separator: "\r\n").first {
      $0.lowercased().hasPrefix("content-length:")
    }
    return line?.split(separator: ":").last.flatMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    } ?? 0
  }
}
