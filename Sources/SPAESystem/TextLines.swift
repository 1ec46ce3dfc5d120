extension StringProtocol {
  /// The lines of a text: each ends with "\n" or "\r\n", the last one perhaps with neither.
  ///
  /// As a Character, "\r\n" is another than "\n", so that it is no place for `split` to split at.
  package var textLines: [String] {
    let bytes = Array(utf8)
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      let hasReturn = line.endIndex < bytes.endIndex && line.last == UInt8(ascii: "\r")
      return String(decoding: hasReturn ? line.dropLast() : line, as: UTF8.self)
    }
  }
}
