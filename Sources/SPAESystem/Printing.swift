import Glibc

// All text for people goes through here. With this module imported, Swift's own `print` cannot be
// called, so that nothing from outside reaches a terminal as it came.

/// Prints one line of text for people; what a terminal would obey in it is escaped (see `printable`).
package func print(
  _ line: some StringProtocol, toStandardError: Bool = false
) {
  let bytes = (line.printable + "\n").utf8
  guard toStandardError else { return StandardOutput.write(bytes) }
  StandardOutput.flush()
  // Nobody can be told where this fails.
  try? FileSystem.write(bytes, to: STDERR_FILENO)
}

/// Prints one line of our own text that holds escapes, such as a picture drawn with characters.
///
/// What comes from outside must be made `printable` before it gets into such a line.
package func print(withEscapes line: String) { StandardOutput.write((line + "\n").utf8) }

@available(*, unavailable, message: "print one line of text: print(_ line:)")
package func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}
