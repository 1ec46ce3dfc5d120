// The list of variables is a global of C's; nothing here changes it.
@unsafe @preconcurrency import Glibc

/// The variables that the program was given: paths in them are bytes, as all names of files are.
package enum SystemEnvironment {
  /// All of them; what is not UTF-8 is kept as `FileName` keeps it.
  package static var variables: [String: String] {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let pair = unsafe FileName.text(at: text)
      if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
        variables[String(pair[..<equals])] = String(pair[pair.utf8.index(after: equals)...])
      }
      unsafe entry = entry.successor()
    }
    return variables
  }

  /// Variables as a child process takes them, each to be freed; nil ends them.
  package static func copied(_ variables: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
    unsafe variables.map { unsafe FileName.copied("\($0.key)=\($0.value)") } + [nil]
  }
}
