import Glibc

/// Why the system refused something, in its own words.
package struct SystemError: Error, Hashable, Sendable {
  package let code: Int32

  package init(code: Int32) { self.code = code }

  /// The reason why the last call failed.
  package static var last: SystemError { SystemError(code: errno) }

  /// The same in words.
  package static var lastReason: String { "\(last)" }

  package var isBrokenPipe: Bool { code == EPIPE }

  package var isLackOfSpace: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }
}

extension SystemError: CustomStringConvertible {
  package var description: String {
    code == EISDIR ? "it is a directory" : unsafe String(cString: strerror(code)).lowercased()
  }
}
