import Glibc
import SPAESystem

/// The secret that a server wants to see: it goes into one header, and into no text of ours.
package struct APIKey: Sendable, Equatable {
  let secret: String

  /// Takes a key from memory; nil where it is empty or cannot stand in a header.
  package init?(_ text: String) {
    let secret = text.filter { !$0.isWhitespace }
    guard !secret.isEmpty, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    self.secret = secret
  }

  /// Reads a key from a file that nobody else can read: mode 0600 or stricter, 4 KiB at most.
  package init(file path: String) throws(LanguageError) {
    let descriptor = FileSystem.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw .keyFile(path: path, reason: SystemError.lastReason) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .keyFile(path: path, reason: "not a regular file")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw .keyFile(path: path, reason: "others can read it; chmod 600 it")
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .keyFile(path: path, reason: SystemError.lastReason) }
    guard let key = APIKey(String(decoding: bytes.prefix(count), as: UTF8.self)) else {
      throw .keyFile(path: path, reason: "it must hold one line of visible ASCII characters")
    }
    self = key
  }
}

extension APIKey {
  /// An answer without the key, which some servers repeat when they refuse it.
  func hidden(in body: [UInt8]) -> [UInt8] {
    body.firstRange(of: Array(secret.utf8)) == nil
      ? body
      : Array(
        String(decoding: body, as: UTF8.self).replacing(secret, with: description).utf8)
  }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "(a key)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
