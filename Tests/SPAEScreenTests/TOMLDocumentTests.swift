import SPAEScreen
import Testing

@Suite("A TOML document")
struct TOMLDocumentSuite {
  private let text = """
    # a comment with = and [brackets]
    name = "a # \\" b" # more
    "quoted key" = '''
    two = 3
    '''
    list = [ 1, "a ] b",
      2.5, true ]

      [a.'b c'] # table
      d.e = { f = 1979-05-27, g = { h = -0x10 } }
    [[many]]
    x = 1
    """

  @Test("has the values of its text")
  func values() throws {
    let document = try TOMLDocument(
      text.replacing("-0x10", with: "-16"))
    #expect(document.root["name"] == .string("a # \" b"))
    #expect(document.root["quoted key"] == .string("two = 3\n"))
    #expect(
      document.root["list"]
        == .array([.integer(1), .string("a ] b"), .number(2.5), .boolean(true)]))
    #expect(
      document.root["a"]
        == .table([
          "b c": .table([
            "d": .table(["e": .table(["f": .moment, "g": .table(["h": .integer(-16)])])])
          ])
        ]))
    #expect(document.root["many"] == .array([.table(["x": .integer(1)])]))
  }

  @Test(
    "knows where its keys and values stand",
    arguments: [
      (["name"], 2, 1, 2, 8), (["quoted key"], 3, 1, 3, 16), (["list"], 6, 1, 6, 8),
      (["a", "b c"], 9, 6, 9, 6), (["a", "b c", "d", "e"], 10, 5, 10, 9),
      (["a", "b c", "d", "e", "f"], 10, 11, 10, 15),
      (["a", "b c", "d", "e", "g", "h"], 10, 33, 10, 37), (["many", "x"], 12, 1, 12, 5),
      (["nowhere"], 1, 1, 1, 1),
    ])
  func places(_ path: [String], _ line: Int, _ column: Int, _ valueLine: Int, _ valueColumn: Int)
    throws
  {
    let document = try TOMLDocument(text.replacing("-0x10", with: "-16"))
    #expect(document.place(ofKey: path) == TextPlace(line: line, column: column))
    #expect(document.place(ofValue: path) == TextPlace(line: valueLine, column: valueColumn))
  }

  @Test("that is damaged is refused, wherever it breaks off")
  func damaged() throws {
    for length in 0..<text.count {
      do {
        _ = try TOMLDocument(String(text.prefix(length)))
      } catch {
        #expect(error.place.line >= 1)
        #expect(!error.reason.isEmpty)
      }
    }
    #expect(throws: TOMLSyntaxError.self) { try TOMLDocument("a = 1\na = 2") }
  }
}
