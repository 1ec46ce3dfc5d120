import Foundation
import SPAEEngine
import SPAEGraphics
import SPAELanguage
import SPAEPixels
import SPAEPyramid
import SPAEScreen

/// A parser with files it reads, and inputs written against it.
struct Subject {
  let name: String
  let seed: UInt64
  let fixtures: [[UInt8]]
  var tokens: [String] = Subject.numbers
  var hostile: [[UInt8]] = []
  /// What makes damage go deeper than a checksum; half of the inputs pass through it.
  var mend: ([UInt8]) -> [UInt8] = { $0 }
  /// Reads the bytes; what it throws is an answer, except a `Disagreement`.
  let read: ([UInt8]) throws -> Void

  static let numbers = [
    "0", "-1", "1e308", "1.5", "null", "true", "65536", "2147483648", "9223372036854775807",
    "99999999999999999999", "[", "]", "{", "}", "\"", ",", ":", "\\u0000",
  ]
}

/// What a parser read is not what it reads from its own writing.
struct Disagreement: Error {}

// MARK: Pyramids

extension Subject {
  static func pyramids() throws -> [Subject] {
    let vocabulary = try Vocabulary(text: "ant\nbee\ncat\ndog\neel\nfox\ngnu\nhen\n")
    let documents = [8, 16].compactMap(document)
    let texts = documents.map { PyramidText.text(of: $0, vocabulary: vocabulary) }
    let json = try documents.map {
      try JSONEncoder().encode(PyramidJSON($0, vocabulary: vocabulary))
    }
    return [
      Subject(
        name: "text", seed: 1, fixtures: texts.map { Array($0.utf8) },
        tokens: numbers + [
          "\\u{", "\\u{301}", "\\u{2028}", "\u{301}", "\r\n", "\u{2028}", "\u{FEFF}", "\t", "#",
          " # ", "layer 3", "grid 64", "spae 1\n",
        ],
        hostile: [
          Array((texts[0].prefix { $0 != "\"" } + "\"").utf8) + repeated("\\u{", 250_000),
          repeated("\n", 1_000_000), repeated("e\u{301}", 300_000), repeated("#\n", 500_000),
          Array("spae 1\n".utf8) + repeated("x ", 500_000),
        ],
        read: { bytes in
          let text = String(decoding: bytes, as: UTF8.self)
          try check(try PyramidText.document(from: text, vocabulary: vocabulary), vocabulary)
        }),
      Subject(
        name: "json", seed: 2, fixtures: json.map { Array($0) },
        hostile: [repeated("[", 1_000_000), repeated("{\"a\":", 200_000)],
        read: { bytes in
          let json = try JSONDecoder().decode(PyramidJSON.self, from: Data(bytes))
          try check(try json.document(vocabulary: vocabulary), vocabulary)
        }),
    ]
  }

  private static func document(grid: Int) -> PyramidDocument? {
    guard let shape = PyramidShape(grid: grid) else { return nil }
    let words = (0..<shape.wordCount).map { Int32($0 * $0 % 8) }
    return Pyramid(shape: shape, words: words).map {
      PyramidDocument(
        model: .init(name: "tiny", hash: "ab12", vocabulary: "cd34"),
        source: .init(name: "a \"cat\"\n.png", width: 20, height: 30), pyramid: $0,
        comments: [
          .init(before: 0, text: "# first"), .init(endOf: 3, text: "# end"),
          .init(before: 7, text: "# last"), .init(endOf: 7, text: "# \"end\" # of it"),
        ])
    }
  }

  /// Writes the document and reads that back.
  private static func check(_ document: PyramidDocument, _ vocabulary: Vocabulary) throws {
    let text = PyramidText.text(of: document, vocabulary: vocabulary)
    let again = try? PyramidText.document(from: text, vocabulary: vocabulary)
    guard again?.model == document.model, again?.source == document.source,
      again?.pyramid == document.pyramid,
      again?.comments.map(\.text) == document.comments.map(\.text)
    else { throw Disagreement() }
  }
}

// MARK: Models

extension Subject {
  static func models(root: String) throws -> [Subject] {
    [
      Subject(
        name: "safetensors", seed: 3, fixtures: [safetensors],
        hostile: [
          length(4 << 20) + repeated("[", 4 << 20), [UInt8](repeating: 0xFF, count: 4096),
        ],
        read: { bytes in
          let file = try Safetensors(path: "fuzz", contents: bytes)
          _ = try file.floats("half", shape: [2, 3])
          _ = try file.floats("float", shape: [4])
          _ = try file.integers("whole", shape: [2])
        }),
      Subject(
        name: "config", seed: 4, fixtures: [try bytes(root, "Assets/models/small/config.json")],
        hostile: [repeated("[", 1_000_000), repeated("{\"a\":", 200_000)],
        read: { _ = try ModelConfiguration(path: "fuzz", contents: $0) }),
    ]
  }

  private static var safetensors: [UInt8] {
    let header = Array(
      """
      {"__metadata__":{"format":"pt"},"half":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},\
      "float":{"dtype":"F32","shape":[4],"data_offsets":[12,28]},\
      "whole":{"dtype":"I32","shape":[2],"data_offsets":[28,36]}}
      """.utf8)
    return length(header.count) + header + [UInt8](repeating: 0x3C, count: 36)
  }

  private static func length(_ count: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }
}

// MARK: What a language model is shown

extension Subject {
  static func examples(root: String) throws -> [Subject] {
    let files = try ["ask", "caption"].map { try bytes(root, "Assets/language/\($0).txt") }
    return [
      Subject(
        name: "examples", seed: 12, fixtures: files,
        tokens: [
          "words:", "question:", "answer:", "heading:", ",", "\n\n", "\r\n", "#", "\u{301}", ":",
        ],
        hostile: [
          repeated("words: a\n", 100_000), repeated(":", 1_000_000), repeated("\n", 1_000_000),
        ],
        read: { bytes in
          let text = String(decoding: bytes, as: UTF8.self)
          if (try? ExampleFile(text: text, path: "fuzz", asks: true)) != nil { return }
          _ = try ExampleFile(text: text, path: "fuzz", asks: false)
        })
    ]
  }
}

// MARK: What a terminal and a person send

extension Subject {
  static func screens(root: String) throws -> [Subject] {
    let themes = root + "/Themes"
    let names = try FileManager.default.contentsOfDirectory(atPath: themes).sorted()
    let answers = [
      "\u{1B}P>|XTerm(379)\u{1B}\\\u{1B}[?1;0;256S\u{1B}[6;16;8t\u{1B}]11;rgb:1010/1414/1818\u{1B}\\",
      "\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4;6;22c",
    ]
    return [
      Subject(
        name: "theme", seed: 8, fixtures: try names.map { try bytes(themes, $0) },
        tokens: numbers + [
          "[roles]", "[palette]", "inherits", "\"#\"", "fg", "'''", "\"\"\"", "=",
        ],
        hostile: hostileTOML.map { Array($0.utf8) },
        read: { bytes in
          let text = String(decoding: bytes, as: UTF8.self)
          _ = try Theme(ThemeSource(name: "fuzz", file: "fuzz", text: text)) { name, _ in
            Theme.builtInSources.first { $0.name == name }
          }
        }),
      Subject(
        name: "keys", seed: 9, fixtures: [try bytes(root, "Assets/tour.keys")],
        hostile: [repeated("<", 1_000_000), repeated("<C-r", 250_000)],
        read: { _ = try Key.keys(from: String(decoding: $0, as: UTF8.self)) }),
      Subject(
        name: "input", seed: 10,
        fixtures: [
          Array("\u{1B}[<0;10;20M\u{1B}OA\u{1B}[200~pasted\u{1B}[201~\u{1B}[1;5Cé猫".utf8)
        ],
        tokens: ["\u{1B}[", "\u{1B}O", "\u{1B}[<", "\u{1B}[200~", ";", "~", "M"],
        hostile: [repeated("\u{1B}[", 500_000), repeated("\u{1B}[<0;", 200_000)],
        read: { bytes in
          var decoder = KeyDecoder()
          _ = decoder.keys(in: bytes)
          _ = decoder.flush()
        }),
      Subject(
        name: "answers", seed: 11, fixtures: answers.map { Array($0.utf8) },
        tokens: ["\u{1B}[", "\u{1B}P", "\u{1B}]", "\u{1B}\\", ";", "?", "c", "t", "rgb:"],
        hostile: [repeated("\u{1B}[?", 300_000), repeated("\u{1B}P>|", 200_000)],
        read: { _ = TerminalCapabilities(answers: $0) }),
    ]
  }
}

extension Subject {
  /// Deep nests, and what costs a careless reader the square of its length.
  static var hostileTOML: [String] {
    func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
    func keys(_ count: Int, _ value: String = "1") -> String {
      (0..<count).map { "k\($0)=\(value)\n" }.joined()
    }
    return [
      "a" + many(".a", 100_000), "a=" + many("[", 100_000), "a=" + many("{a=", 100_000),
      "a=[" + many("[],", 300_000) + "]", "a=1." + many("9", 1 << 20), "a=" + many("9", 1 << 20),
      "a=\"\"\"" + many("\\ \n", 300_000) + "\"\"\"", "a='" + many("''", 500_000),
      "inherits='" + many("\u{301}", 500_000) + "'",
      "[\"" + many("\u{301}\u{323}", 250_000) + "\"]\n" + keys(50_000),
      many("[[a]]\n", 150_000), "[[a]]\n[a.b]\n" + keys(50_000) + many("[[a]]\nb.c=1\n", 20_000),
      keys(80_000), "[palette]\n" + keys(60_000, "'#123456'"),
    ]
  }
}

private func bytes(_ folder: String, _ name: String) throws -> [UInt8] {
  try ImageFile.bytes(path: folder + "/" + name)
}

func repeated(_ text: String, _ count: Int) -> [UInt8] {
  Array(repeatElement(Array(text.utf8), count: count).joined())
}
