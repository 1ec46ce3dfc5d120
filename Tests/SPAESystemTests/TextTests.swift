import Glibc
import SPAESystem
import Testing

@Suite("Text from outside") struct TextTests {
  @Test(
    "What a terminal would obey is escaped",
    arguments: [
      ("a cat, 猫, é, e\u{301}", "a cat, 猫, é, e\u{301}"),
      ("\u{1B}[31mEVIL\u{1B}]0;TITLE\u{7}", "\\u{1b}[31mEVIL\\u{1b}]0;TITLE\\u{7}"),
      ("\u{9B}31m\u{7F}", "\\u{9b}31m\\u{7f}"), ("a\nb\r\nc\td", "a\\nb\\r\\nc\\td"),
      ("gpj.\u{202E}cat\u{2066}\u{2028}", "gpj.\\u{202e}cat\\u{2066}\\u{2028}"),
      ("caf\u{10FFE9}", "caf\\xe9"), ("שלום \u{200F}עולם", "שלום \u{200F}עולם"),
    ])
  func printable(text: String, shown: String) {
    #expect(text.printable.unicodeScalars.elementsEqual(shown.unicodeScalars))
    #expect(text.printable.printable == text.printable)
  }

  @Test("No control, and nothing that turns text, is left of any scalar")
  func every() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = String(scalar).printable.unicodeScalars
      #expect(!shown.contains { $0.properties.generalCategory == .control })
      #expect(
        !shown.contains {
          $0.properties.isBidiControl && ![0x61C, 0x200E, 0x200F].contains($0.value)
        })
    }
  }

  @Test(
    "Lines end at both kinds of ends",
    arguments: [
      ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("a\r\n\r\nb\n", ["a", "", "b"]),
      ("", []), ("\n", [""]), ("a\rb\nc", ["a\rb", "c"]), ("a\n\u{301}b", ["a", "\u{301}b"]),
      ("a\u{2028}b\u{85}c\r", ["a\u{2028}b\u{85}c\r"]),
    ])
  func lines(text: String, lines: [String]) {
    #expect(text.textLines.map { Array($0.utf8) } == lines.map { Array($0.utf8) })
    #expect(Substring(text).textLines.count == lines.count)
  }

  @Test("Lines are read from a descriptor, however they come in")
  func reader() throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
    try FileSystem.write(Array("a\r\n\nb".utf8) + [0xE9, 0x0A] + long, to: ends[1])
    close(ends[1])
    let lines = Array(LineReader(descriptor: ends[0]))
    close(ends[0])
    #expect(lines == ["a", "", "b\u{10FFE9}", String(decoding: long, as: UTF8.self)])
  }

  @Test("JSON escapes DEL, C1, and the bytes of names")
  func escapedJSON() {
    let json = "[\"a\u{7F}\u{9B}\u{202E}caf\u{10FFE9} é\"]\n"
    #expect(
      String(decoding: JSONText.escaped(json.utf8), as: UTF8.self)
        == "[\"a\\u007f\\u009b\\u202ecaf\\udce9 é\"]\n")
  }

  @Test(
    "JSON names bytes raw, or as Python writes them",
    arguments: [
      (Array("\"caf".utf8) + [0xE9, 0x22], "\"caf\u{10FFE9}\""),
      (Array("\"caf\\udce9\\uDCE8\"".utf8), "\"caf\u{10FFE9}\u{10FFE8}\""),
      // The second half of a pair, an escaped backslash, other halves and other escapes stay.
      (Array("\"\\ud83d\\udca9\"".utf8), "\"\\ud83d\\udca9\""),
      (Array("\"\\\\udce9\"".utf8), "\"\\\\udce9\""), (Array("\"\\udc00\"".utf8), "\"\\udc00\""),
      (Array("\"é\\n\\u00e9".utf8), "\"é\\n\\u00e9"), (Array("\"\\".utf8), "\"\\"),
    ])
  func readableJSON(json: [UInt8], readable: String) {
    #expect(String(decoding: JSONText.readable(json), as: UTF8.self) == readable)
  }
}
