import Foundation
import SPAEPyramid
import SPAESystem

/// A page in one file, which opens without a server and without a network.
///
/// Its parts are files of `pages`: NAME.html with the body, NAME.css and NAME.js, each behind what all
/// pages share. What a page shows is data in blocks of its own, from which its script makes elements,
/// so that no text from outside is ever read as HTML. The policy in its head lets nothing run or load
/// but its own styles and script, by their sums, and pictures that are within it.
struct Page {
  /// Which of the pages.
  let name: String
  let title: String
  /// What stands in the page where scripts do not run, as HTML.
  let plain: String
  /// JSON for the script.
  let data: [UInt8]
  /// Further blocks of text for the script, by name: base64. They come behind the script.
  var blocks: [(name: String, text: String)] = []
  /// The last line of the page.
  let note: String

  /// The whole file.
  func bytes() throws -> [UInt8] {
    let parts = try Parts(name)
    var html = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy(for: parts))">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <title>\(title.escapedForHTML)</title>
      <link rel="icon" href="data:,">
      <style>\(parts.style)</style>
      </head>
      <body>
      \(parts.body)<noscript>\(plain)</noscript>

      """
    html += Self.block("note", "text/plain", note)
    var bytes = Array(html.utf8)
    bytes += Self.block("data", "application/json", data)
    bytes += Array("<script>\(parts.script)</script>\n".utf8)
    for block in blocks { bytes += Self.block(block.name, "text/plain", Array(block.text.utf8)) }
    bytes += Array("</body>\n</html>\n".utf8)
    return bytes
  }

  private static func policy(for parts: Parts) -> String {
    """
    default-src 'none'; img-src data: blob:; style-src '\(sum(parts.style))'; \
    script-src '\(sum(parts.script))'; base-uri 'none'; form-action 'none'
    """
  }

  /// As a policy names a script: the base64 of its SHA-256.
  private static func sum(_ text: String) -> String {
    var text = text
    let sum = text.withUTF8 { unsafe Fingerprint.bytes(of: UnsafeRawBufferPointer($0)) }
    return "sha256-" + Data(sum).base64EncodedString()
  }

  private static func block(_ name: String, _ type: String, _ text: String) -> String {
    "<script type=\"\(type)\" id=\"\(name)\">\(text.escapedForHTML)</script>\n"
  }

  private static func block(_ name: String, _ type: String, _ bytes: [UInt8]) -> [UInt8] {
    Array("<script type=\"\(type)\" id=\"\(name)\">".utf8) + bytes + Array("</script>\n".utf8)
  }

  /// JSON in which nothing can end the block that it stands in.
  static func json(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let escaped = JSONText.escaped(try encoder.encode(value))
    return escaped.flatMap { byte in
      byte == UInt8(ascii: "<") ? Array("\\u003c".utf8) : [byte]
    }
  }
}

/// The files that a page is made of.
private struct Parts {
  let style: String
  let script: String
  let body: String

  init(_ name: String) throws {
    style = try Self.file("base.css") + Self.file("\(name).css")
    script = try Self.file("base.js") + Self.file("\(name).js")
    body = try Self.file("\(name).html")
  }

  private static func file(_ name: String) throws -> String {
    let places = InstalledFiles.places(installed: "pages/\(name)", inTree: "Assets/pages/\(name)")
    for place in places {
      if let text = FileSystem.text(of: place) { return text }
    }
    throw Failure(
      "a part of the page is missing: \(places[0]); install the program with 'make install'")
  }
}

extension String {
  /// The text as it stands in HTML, in an attribute too; controls are shown as people see them.
  var escapedForHTML: String {
    printable.reduce(into: "") { html, character in
      switch character {
      case "&": html += "&amp;"
      case "<": html += "&lt;"
      case ">": html += "&gt;"
      case "\"": html += "&quot;"
      case "'": html += "&#39;"
      default: html.append(character)
      }
    }
  }
}
