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

  /// What a person can do where a file has no room; nil for an error of another kind.
  package var remedyForSpace: String? {
    switch code {
    case ENOSPC, EDQUOT: "free some, or name a file elsewhere"
    case EFBIG: "raise the limit on the size of files (ulimit -f), or name a file elsewhere"
    default: nil
    }
  }
}

extension SystemError: CustomStringConvertible {
  package var description: String {
    code == EISDIR ? "it is a directory" : unsafe String(cString: strerror(code)).lowercased()
  }
}
