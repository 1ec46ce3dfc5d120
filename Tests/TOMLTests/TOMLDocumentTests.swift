import TOML
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
      d.e = { f = 1979-05-27, g = { h = 0x10 } }
    [[many]]
    x = 1
    """

  @Test("has the values of its text")
  func values() throws {
    let document = try TOMLDocument(text)
    #expect(document.root["name"] == .string("a # \" b"))
    #expect(document.root["quoted key"] == .string("two = 3\n"))
    #expect(
      document.root["list"]
        == .array([.integer(1), .string("a ] b"), .number(2.5), .boolean(true)]))
    #expect(
      document.root["a"]
        == .table([
          "b c": .table([
            "d": .table(["e": .table(["f": .dateTime, "g": .table(["h": .integer(16)])])])
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
    let document = try TOMLDocument(text)
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
  }

  // MARK: Values

  @Test(
    "has the texts that its quotes hold",
    arguments: [
      (#""""#, ""), ("''", ""), (#""\b\t\n\f\r\"\\""#, "\u{8}\t\n\u{C}\r\"\\"),
      (#""\u00e9\U0001F408""#, "é🐈"), (#"'\u00e9 "'"#, #"\u00e9 ""#), ("\"\t\"", "\t"),
      ("\"\"\"\na\nb\"\"\"", "a\nb"), ("\"\"\"a\r\nb\"\"\"", "a\nb"), ("''''''", ""),
      ("\"\"\"a \\  \n\n \t b\"\"\"", "a b"), ("\"\"\"a\\\r\n b\"\"\"", "ab"),
      ("\"\"\"\"a\"\"b\"\"\"\"\"", "\"a\"\"b\"\""), ("'''''a''b''''", "''a''b'"),
      ("\"\"\"\\\"\"\"\"", "\""), ("'''\n\\n'''", "\\n"), ("\"猫\" # cat", "猫"),
    ])
  func texts(_ text: String, _ value: String) throws {
    #expect(try TOMLDocument("a = \(text)").root == ["a": .string(value)])
  }

  @Test(
    "has its whole numbers",
    arguments: [
      ("0", 0), ("+0", 0), ("-0", 0), ("42", 42), ("+99", 99), ("-17", -17), ("1_000_0", 10000),
      ("0xDEAD_beef", 0xDEAD_BEEF), ("0x00", 0), ("0o755", 0o755), ("0b1_01", 5),
      ("0x0e1", 0xE1), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ])
  func integers(_ text: String, _ value: Int) throws {
    #expect(try TOMLDocument("a = \(text)").root == ["a": .integer(value)])
  }

  @Test(
    "has its numbers with a point or an exponent",
    arguments: [
      ("1.0", 1), ("+0.5", 0.5), ("-0.01", -0.01), ("0.0", 0), ("5e+22", 5e22), ("1e06", 1e6),
      ("-2E-2", -0.02), ("6.626e-34", 6.626e-34), ("224_617.445_991", 224_617.445_991),
      ("1_0e1_0", 10e10), ("inf", .infinity), ("+inf", .infinity), ("-inf", -.infinity),
      ("1e-999", 0),
    ])
  func numbers(_ text: String, _ value: Double) throws {
    #expect(try TOMLDocument("a = \(text)").root == ["a": .number(value)])
  }

  @Test("has what is no number at all", arguments: ["nan", "+nan", "-nan"])
  func notANumber(_ text: String) throws {
    guard case .number(let value)? = try TOMLDocument("a = \(text)").root["a"] else {
      Issue.record("\(text) is no number")
      return
    }
    #expect(value.isNaN)
  }

  @Test(
    "has its dates and times",
    arguments: [
      "1979-05-27", "2024-02-29", "2000-02-29", "0000-01-01", "07:32:00", "23:59:60",
      "00:32:00.999999", "1979-05-27T07:32:00", "1979-05-27 07:32:00.5", "1979-05-27t07:32:00z",
      "1979-05-27T00:32:00-07:00", "1979-05-27 07:32:00+23:59", "1979-05-27T07:32:00Z # then",
    ])
  func moments(_ text: String) throws {
    #expect(try TOMLDocument("a = \(text)").root == ["a": .dateTime])
    #expect(try TOMLDocument("a = [\(text)\n]").root == ["a": .array([.dateTime])])
  }

  @Test(
    "has its lists and tables",
    arguments: [
      ("", [:]), ("\u{FEFF}# only a comment", [:]), ("\r\n \t\r\n", [:]),
      ("a = []", ["a": .array([])]),
      (
        "a = [ # one\n\t1 # two\n, \r\n'b',[true,],\n]",
        [
          "a": .array([.integer(1), .string("b"), .array([.boolean(true)])])
        ]
      ),
      ("a = {}\nb = { } ", ["a": .table([:]), "b": .table([:])]),
      (
        "a = { b.c = 1, b.\"d\" = false }",
        [
          "a": .table(["b": .table(["c": .integer(1), "d": .boolean(false)])])
        ]
      ),
      ("a = {b = [\n1\n]}", ["a": .table(["b": .array([.integer(1)])])]),
      ("1.2 = 3\n-_ = 4", ["1": .table(["2": .integer(3)]), "-_": .integer(4)]),
      ("\"\" = 1\n'a.b' . c = 2", ["": .integer(1), "a.b": .table(["c": .integer(2)])]),
      ("true = 1\ninf = 2", ["true": .integer(1), "inf": .integer(2)]),
    ] as [(String, [String: TOMLNode])])
  func collections(_ text: String, _ root: [String: TOMLNode]) throws {
    #expect(try TOMLDocument(text).root == root)
  }

  @Test(
    "may define a table in the orders that TOML allows",
    arguments: [
      ("[a]\n[b]\n[a.c]", ["a": .table(["c": .table([:])]), "b": .table([:])]),
      (
        "[a.b]\nx = 1\n[a]\ny = 2",
        [
          "a": .table(["b": .table(["x": .integer(1)]), "y": .integer(2)])
        ]
      ),
      (
        "[ a . 'b' ] # c\nx.y = 1\nx.z = 2\n[a.b.x.w]",
        [
          "a": .table([
            "b": .table(["x": .table(["y": .integer(1), "z": .integer(2), "w": .table([:])])])
          ])
        ]
      ),
      (
        "[a.b.c]\n[a]\nb.d = 1",
        [
          "a": .table(["b": .table(["c": .table([:]), "d": .integer(1)])])
        ]
      ),
      (
        "[[a]]\n[[a]]\nx = 1\n[a.b]\n[[a.c]]\n[[a.c]]\n[[a]]\n[a.b]",
        [
          "a": .array([
            .table([:]),
            .table(["x": .integer(1), "b": .table([:]), "c": .array([.table([:]), .table([:])])]),
            .table(["b": .table([:])]),
          ])
        ]
      ),
      ("[a.b]\n[[a.c]]", ["a": .table(["b": .table([:]), "c": .array([.table([:])])])]),
    ] as [(String, [String: TOMLNode])])
  func order(_ text: String, _ root: [String: TOMLNode]) throws {
    #expect(try TOMLDocument(text).root == root)
  }

  @Test("knows the first place of a key that many tables of a list have")
  func placesInLists() throws {
    let document = try TOMLDocument("[[a]]\nb.x = 1\n[[a]]\nb.x = 2\n b.y = [{ z = 3 }]\n")
    #expect(document.place(ofKey: ["a", "b", "x"]) == TextPlace(line: 2, column: 3))
    #expect(document.place(ofValue: ["a", "b", "y"]) == TextPlace(line: 5, column: 8))
    #expect(document.place(ofKey: ["a", "b", "y", "z"]) == TextPlace(line: 5, column: 11))
    #expect(document.place(ofKey: []) == TextPlace(line: 1, column: 1))
  }
}

@Suite("A text that is no TOML")
struct TOMLSyntaxErrorSuite {
  @Test(
    "is refused with the place and what was expected there",
    arguments: [
      ("a", 1, 2, "expected '=' after the key, found the end of the text"),
      ("é = 1", 1, 1, "expected a key, found 'é'"),
      ("a = 1\n= 1", 2, 1, "expected a key, found '='"),
      ("a. = 1", 1, 4, "expected a key, found '='"),
      ("a..b = 1", 1, 3, "expected a key, found '.'"),
      ("a b = 1", 1, 3, "expected '=' after the key, found 'b'"),
      ("\"\"\"a\"\"\" = 1", 1, 3, "expected '=' after the key, found '\"'"),
      ("a\n= 1", 1, 2, "expected '=' after the key, found the end of the line"),
      ("a = \r\n1", 1, 5, "expected a value, found the end of the line"),
      ("a = # 1", 1, 5, "expected a value, found '#'"),
      ("a = 1 b = 2", 1, 7, "expected the end of the line, found 'b'"),
      ("a = 1\rb = 2", 1, 6, "expected the end of the line, found the control character U+000D"),
      ("a = 1\u{0}", 1, 6, "expected the end of the line, found the control character U+0000"),
      ("# \u{1}", 1, 3, "expected the text of a comment, found the control character U+0001"),
      ("# a\rb", 1, 4, "expected the end of the line, found the control character U+000D"),
      ("[a", 1, 3, "expected ']' after the name, found the end of the text"),
      ("[]", 1, 2, "expected a key, found ']'"),
      ("[a]]", 1, 4, "expected the end of the line, found ']'"),
      ("[a] b = 1", 1, 5, "expected the end of the line, found 'b'"),
      ("[[a]", 1, 4, "expected ']]' after the name of the list, found ']'"),
      ("[ [a]]", 1, 3, "expected a key, found '['"),
      ("a = [1 2]", 1, 8, "expected ',' or ']' in the list, found '2'"),
      ("a = [1,,2]", 1, 8, "expected a value, found ','"),
      ("a = [,]", 1, 6, "expected a value, found ','"),
      ("a = [1,", 1, 8, "expected a value, found the end of the text"),
      ("a = {b = 1,}", 1, 12, "expected a key, found '}'"),
      ("a = {b}", 1, 7, "expected '=' after the key, found '}'"),
      (
        "a = {b = 1\n}", 1, 11,
        "expected ',' or '}' in the table, in the same line, found the end of the line"
      ),
    ])
  func grammar(_ text: String, _ line: Int, _ column: Int, _ reason: String) {
    expectRefused(text, line, column, reason)
  }

  @Test(
    "is refused where it defines a key again",
    arguments: [
      ("a = 1\n a = 2", 2, 2, "a", 1), ("a = 1\n'a' = 2", 2, 1, "a", 1),
      ("a.b = 1\na = 2", 2, 1, "a", 1), ("a = {b = 1, b = 2}", 1, 13, "b", 1),
      ("[a]\n[a]", 2, 2, "a", 1), ("[a.b]\n[a]\n[a]", 3, 2, "a", 1),
      ("[a]\nb = 1\n[a.b]", 3, 4, "b", 2), ("[a]\nb.c = 1\n[a.b]", 3, 4, "b", 2),
      ("[a.b.c]\n[a]\nb.c.d = 1", 3, 3, "c", 1), ("[a.b]\n[a]\nb.c = 1", 3, 1, "b", 1),
      ("[a.b.c]\n[a]\nb.d = 1\n[a.b]", 4, 4, "b", 1), ("a = []\n[[a]]", 2, 3, "a", 1),
      ("[a]\n[[a]]", 2, 3, "a", 1), ("[a.b]\n[[a]]", 2, 3, "a", 1), ("[[a]]\n[a]", 2, 2, "a", 1),
    ])
  func again(_ text: String, _ line: Int, _ column: Int, _ key: String, _ first: Int) {
    let reason = "'\(key)' is defined already, in line \(first); expected another key"
    expectRefused(text, line, column, reason)
  }

  @Test(
    "is refused where it adds to what is no table, or a closed one",
    arguments: [
      ("a = 1\na.b = 2", 2, 1, "a"), ("a = {}\na.b = 2", 2, 1, "a"), ("a = {}\n[a.b]", 2, 2, "a"),
      ("a = {b = {}, b.c = 2}", 1, 14, "b"), ("[a]\nb = 1\n[a.b.c]", 3, 4, "b"),
      ("[[a.b]]\n[a]\nb.c = 1", 3, 1, "b"), ("a = [{}]\n[a.b]", 2, 2, "a"),
    ])
  func closed(_ text: String, _ line: Int, _ column: Int, _ key: String) {
    let reason = "'\(key)' is defined already as a value or a list; expected the key of a table"
    expectRefused(text, line, column, reason)
  }

  @Test(
    "is refused for a text that is not right",
    arguments: [
      ("\"b", 5, "the text that begins here does not end; expected \" behind it"),
      ("'b\n'", 5, "the text that begins here does not end; expected ' behind it"),
      ("\"\"\"b\n\"\"", 5, "the text that begins here does not end; expected \"\"\" behind it"),
      ("'''b", 5, "the text that begins here does not end; expected ''' behind it"),
      ("'''''''''", 13, "expected the end of the line, found '''"),
      (#""\x41""#, 7, "expected b, t, n, f, r, u, U, \" or \\ after the backslash, found 'x'"),
      (#""\u12G4""#, 10, "expected 4 hexadecimal digits, found 'G'"),
      (#""\U0000""#, 12, "expected 8 hexadecimal digits, found '\"'"),
      (#""\uD800""#, 7, "U+D800 is no character; expected one up to U+10FFFF, no surrogate"),
      (
        #""\UFFFFFFFF""#, 7,
        "U+FFFFFFFF is no character; expected one up to U+10FFFF, no surrogate"
      ),
      ("\"\u{7}\"", 6, "expected a character of a text, found the control character U+0007"),
      ("'\u{7F}'", 6, "expected a character of a text, found the control character U+007F"),
      (
        "'e" + String(repeating: "\u{301}", count: 31) + "'", 5,
        "a letter of this text has too many accents; expected at most 30"
      ),
      ("'''a\rb'''", 9, "expected a character of a text, found the control character U+000D"),
      (
        "\"\"\"a\\ b\"\"\"", 10,
        "expected b, t, n, f, r, u, U, \" or \\ after the backslash, found ' '"
      ),
    ])
  func texts(_ text: String, _ column: Int, _ reason: String) {
    expectRefused("a = " + text, 1, column, reason)
  }

  @Test(
    "is refused for a word that is no value",
    arguments: ["True", "hello", "_1", "infinity", "NaN", "+", "--1", ".5", "-.5", "+true"])
  func words(_ word: String) {
    let reason = "'\(word)' is no value; expected a text in quotes, or a number"
    expectRefused("a = " + word, 1, 5, reason)
  }

  @Test(
    "is refused for a number that is not right",
    arguments: [
      "01", "-00", "1__0", "1_", "0_", "+0x1", "0x", "0x_1", "0xg", "0o8", "0b2", "0X1", "1.",
      "1.e5", "1.2.3", "1._2", "1_.2", "01.5", "1e", "1e+", "1e5.0", "1e_5", "1e1e1", "1a",
    ])
  func numbers(_ word: String) {
    let reason = "'\(word)' is no number; expected one like 12, -0.5, 1e6, 1_000 or 0xff"
    expectRefused("a = " + word, 1, 5, reason)
  }

  @Test(
    "is refused for a number that does not fit",
    arguments: ["9223372036854775808", "-9223372036854775809", "0x8000000000000000", "-1e999"])
  func range(_ word: String) {
    let reason = "'\(word)' is too large; expected a number that fits into 64 bits"
    expectRefused("a = " + word, 1, 5, reason)
  }

  @Test(
    "is refused for a date or time that is not right",
    arguments: [
      "1979-13-01", "1979-00-01", "1979-04-31", "2023-02-29", "1900-02-29", "1979-05-00",
      "1979-5-27", "1979-05-27T", "1979-05-27T24:00:00", "1979-05-27T07:60:00", "07:32", "07:32:61",
      "7:32:00", "07:32:00.", "07:32:00Z", "1979-05-27T07:32:00+24:00", "1979-05-27T07:32:00+0700",
      "1979-05-27 07:32", "1979-05-27Z", "1979-05-27x",
    ])
  func moments(_ word: String) {
    let reason =
      "'\(word)' is no date or time; expected one like 2026-05-27, 07:32:00 or both with a T between"
    expectRefused("a = " + word, 1, 5, reason)
  }

  @Test(
    "is refused where it nests deeper than 64 levels, however deep that is",
    arguments: [65, 100_000])
  func depth(_ depth: Int) {
    func repeated(_ text: String) -> String { String(repeating: text, count: depth) }
    let reason = "this nests too deep; expected at most 64 levels"
    expectRefused("a = " + repeated("["), 1, 69, reason)
    expectRefused("a = " + repeated("{a="), 1, 197, reason)
    expectRefused(repeated("a.") + "a = 1", 1, 129, reason)
    expectRefused("[" + repeated("a.") + "a]", 1, 130, reason)
    expectRefused("[[" + repeated("a.") + "a]]", 1, 131, reason)
  }

  @Test("may nest 64 levels")
  func deepest() throws {
    let list = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try TOMLDocument("a = " + list) }
    #expect(throws: Never.self) { try TOMLDocument(String(repeating: "a.", count: 64) + "a = 1") }
  }

  private func expectRefused(_ text: String, _ line: Int, _ column: Int, _ reason: String) {
    do {
      let root = try TOMLDocument(text).root
      Issue.record("\(text.prefix(80)) was read as \(root)")
    } catch {
      #expect(error.description == "line \(line), column \(column): \(reason)")
    }
  }
}
