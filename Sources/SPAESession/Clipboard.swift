import Foundation

/// The system's clipboard, as far as the terminal gives it: OSC 52 of xterm.
enum Clipboard {
  /// What a terminal is to be sent, so that a text is in the clipboard.
  static func bytes(_ text: String) -> [UInt8] {
    Array("\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{7}".utf8)
  }
}
