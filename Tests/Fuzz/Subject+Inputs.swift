import Foundation
import Glibc
import SPAEEngine
import SPAEFiles
import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESession
import SPAESystem

// MARK: What a person and other programs hand over

extension Subject {
  static func inputs(root: String) throws -> [Subject] {
    let model = try Model(
      folder: root + "/Assets/models/small", parallel: Parallel(threads: 1))
    return [
      try stream(root: root), try input(root: root, model), preferences, try script(root: root),
    ]
  }

  /// `spae encode --stream`: lines of JSON, with pictures in them and after them.
  private static func stream(root: String) throws -> Subject {
    let picture = try ImageFile.bytes(
      path: root + "/Tests/SPAEPixelsTests/Fixtures/palette.png")
    let base64 = Data(picture).base64EncodedString()
    let mixed =
      Array("{\"file\": \"nowhere/a \\u00e9 \\udce9.png\"}\n\n".utf8)
      + Array("{\"key\": \"b\", \"base64\": \"\(base64)\"}\r\n".utf8)
      + Array("{\"key\": \"c\", \"length\": \(picture.count)}\n".utf8) + picture
      + Array("{\"length\": 0, \"key\": \"\"}\n{\"file\": \"last\"}".utf8)
    return Subject(
      name: "stream", seed: 16,
      fixtures: [mixed, Array("{\"file\":\"a\",\"key\":\"\\u0001\"}".utf8)],
      tokens: numbers + [
        "\"file\"", "\"key\"", "\"base64\"", "\"length\"", "\n", "\r", "\\udce9", "\\ud800",
        "\u{0}",
        "\"length\": 4194304}\n", "{\"key\": \"x\", \"length\": 3}\nabc",
      ],
      hostile: [
        repeated("\n", 1_000_000), repeated("[", 1_000_000), repeated("{\"file\":", 200_000),
        repeated("{\"file\":\"a\"}\n", 20_000),
        Array("{\"file\":\"".utf8) + repeated("\\", 1_000_001),
        Array("{\"key\":\"a\",\"length\":9223372036854775807}\n".utf8) + repeated("a", 1_000_000),
        Array("{\"key\":\"".utf8) + repeated("\u{301}", 500_000) + Array("\",\"length\":1}\n".utf8),
      ],
      read: { try readStream($0) })
  }

  /// Each picture is answered, whatever it is called, with a line of JSON.
  private static func readStream(_ bytes: [UInt8]) throws {
    let descriptor = try file(holding: bytes)
    defer { close(descriptor) }
    var reader = PictureReader(descriptor: descriptor)
    let answer = StreamAnswer(model: "fuzz", vocabulary: try Vocabulary(text: "ant\nbee\n"))
    while let picture = try reader.next() {
      if case .file = picture.contents {
      } else {
        _ = try? picture.open(asFilm: true, FrameSelection())
      }
      let line = answer.line(key: picture.key, error: "none")
      // A byte that is no part of UTF-8 is half of a surrogate pair, which Foundation refuses.
      var text = String(decoding: line, as: UTF8.self)
      if text.contains(#"\udc"#) {
        text.replace(#/\\\\|\\udc[89a-f][0-9a-f]/#) { $0.output == #"\\"# ? $0.output : "?" }
      }
      guard (try? JSONSerialization.jsonObject(with: Data(text.utf8))) is [String: String],
        line.last == UInt8(ascii: "\n"), line.dropLast().allSatisfy({ $0 >= 0x20 })
      else { throw Disagreement() }
    }
  }

  /// An open file without a name, read from its beginning.
  private static func file(holding bytes: [UInt8]) throws -> Int32 {
    var path = Array("/tmp/spae-fuzz-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&path)
    guard descriptor >= 0 else { throw Failure("/tmp: no file can be made in it") }
    _ = unsafe unlink(path)
    try AtomicFile.put(bytes, into: descriptor, named: "/tmp")
    _ = lseek(descriptor, 0, SEEK_SET)
    return descriptor
  }

  /// What a command is given: a picture, or a pyramid in one of its two forms.
  private static func input(root: String, _ model: Model) throws -> Subject {
    guard let shape = PyramidShape(grid: 8),
      let pyramid = Pyramid(shape: shape, words: (0..<shape.wordCount).map { Int32($0) })
    else { throw Disagreement() }
    let models = ModelLibrary(model: model, environment: [:])
    let document = PyramidDocument(
      model: try model.name(), source: .init(name: "a.png", width: 64, height: 64),
      pyramid: pyramid)
    let text = PyramidText.text(of: document, vocabulary: model.vocabulary)
    let json = try JSONEncoder().encode(PyramidJSON(document, vocabulary: model.vocabulary))
    let picture = try ImageFile.bytes(
      path: root + "/Tests/SPAEPixelsTests/Fixtures/palette.png")
    return Subject(
      name: "file", seed: 17, fixtures: [Array(text.utf8), [UInt8](json), picture],
      tokens: numbers + [
        "spae 1\n", "\u{FEFF}", "#", "{", "\u{89}PNG", "model", "\\udce9", "\r\n",
      ],
      hostile: [
        repeated(" ", 1_000_000) + Array("{".utf8), repeated("#\n", 500_000),
        Array("\u{FEFF}".utf8) + repeated(" ", 1_000_000), repeated("spae", 300_000), [],
        Array("spae 1\n".utf8) + repeated("zzzzzzzz ", 100_000),
      ],
      read: { _ = try Input(bytes: $0, path: "fuzz", models: models) })
  }

  /// The file of settings.
  private static var preferences: Subject {
    let all = """
      # All of them.
      theme = "dark"
      graphics = "kitty"
      history = "~/history.db"
      model = '/models/small'
      tint = false

      """
    return Subject(
      name: "settings", seed: 18, fixtures: [Array(all.utf8), Array("tint = true".utf8), []],
      tokens: numbers + [
        "theme", "graphics", "history", "model", "tint", "\"sixel\"", "'''", "\"\"\"", "=", "~/",
        "1979-05-27T07:32:00Z", "[theme]", "inf", "\\U0010FFFF", "\r\n",
      ],
      hostile: hostileTOML.map { Array($0.utf8) } + [repeated("\u{301}", 500_000)],
      read: { _ = try Preferences(text: String(decoding: $0, as: UTF8.self), path: "fuzz") })
  }

  /// `spae explore --keys`.
  private static func script(root: String) throws -> Subject {
    Subject(
      name: "script", seed: 19,
      fixtures: [
        try ImageFile.bytes(path: root + "/Assets/tour.keys"),
        Array("# a comment\n\ni<C-u>cat<CR>\r\n<lt><Esc>:q!<CR>".utf8),
      ],
      tokens: ["<", ">", "<C-", "<S-Tab>", "<F12>", "<lt>", "<CR>", "\n", "\r\n", "# ", "\u{301}"],
      hostile: [
        repeated("<", 1_000_000), repeated("\n", 1_000_000), repeated("# \n", 300_000),
        repeated("<C-r>", 200_000), repeated("e\u{301}", 300_000), repeated("\r", 500_000),
      ],
      read: { _ = try KeyScript(text: String(decoding: $0, as: UTF8.self), path: "fuzz") })
  }
}
