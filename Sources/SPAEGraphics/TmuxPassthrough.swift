/// Hands escape sequences through tmux to the terminal around it.
package enum TmuxPassthrough {
  private static let escape: UInt8 = 0x1B

  /// The sequences, each wrapped by itself as tmux reads at most 1 MiB of one.
  ///
  /// tmux passes them on only where its option `allow-passthrough` is on.
  package static func wrapped(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 100 + 64)
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = endOfSequence(bytes, from: start)
      output += "\u{1B}Ptmux;".utf8
      for byte in bytes[start..<end] {
        if byte == escape { output.append(escape) }
        output.append(byte)
      }
      output += "\u{1B}\\".utf8
      start = end
    }
    return output
  }

  /// Behind the next string terminator, which is ESC \.
  private static func endOfSequence(_ bytes: [UInt8], from start: Int) -> Int {
    var at = start
    while at + 1 < bytes.endIndex {
      if bytes[at] == escape, bytes[at + 1] == UInt8(ascii: "\\") { return at + 2 }
      at += 1
    }
    return bytes.endIndex
  }
}
