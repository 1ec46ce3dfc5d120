import Glibc
import SPAESystem
import Testing

@Suite("Names of files as bytes") struct FileNameTests {
  /// Names as a disk may hold them: UTF-8, Latin-1, cut short, and one of our own escapes.
  static let names: [[UInt8]] = [
    Array("cat.png".utf8), Array("猫 é e\u{301}.png".utf8), [],
    Array("caf".utf8) + [0xE9] + Array(".png".utf8), [0xFF, 0xFE, 0x80], [0xE2, 0x82],
    [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x90], Array("\u{10FFE9}".utf8),
    [0xF4, 0x8F, 0xBE, 0x80, 0xE9], [0x1B, 0x5B, 0x9B, 0x6D],
  ]

  @Test("Text and bytes give each other back", arguments: names)
  func reversible(name: [UInt8]) {
    #expect(FileName.bytes(FileName.text(name)) == name)
  }

  @Test("All 65,536 pairs of bytes come back")
  func pairs() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        #expect(FileName.bytes(FileName.text([first, second])) == [first, second])
      }
    }
  }

  @Test("UTF-8 stays what it is")
  func plain() { #expect(FileName.text(Array("猫.png".utf8)) == "猫.png") }

  @Test("A file whose name is Latin-1 is made, listed, read and removed")
  func file() throws {
    let folder = "/tmp/spae-names-\(getpid())"
    try FileSystem.makeFolder(folder + "/in/ner")
    #expect(FileSystem.isFolder(folder + "/in/ner"))
    let path = folder + "/" + FileName.text(Array("caf".utf8) + [0xE9])
    let descriptor = FileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL)
    try FileSystem.write(Array("words".utf8), to: descriptor)
    close(descriptor)
    #expect(try FileSystem.names(in: folder).map { $0.printable } == ["caf\\xe9", "in"])
    #expect(FileSystem.text(of: path) == "words")
    #expect(FileSystem.resolved(folder + "/in/../" + FileName.last(of: path)) == path)
    FileSystem.remove(path)
    #expect(!FileSystem.exists(path))
    for empty in ["/in/ner", "/in", ""] { unsafe rmdir(folder + empty) }
  }

  @Test("A name with a zero opens nothing")
  func zero() {
    #expect(FileSystem.open("/dev/null\0.png", O_RDONLY) == -1)
    #expect(errno == EINVAL)
  }

  @Test(
    "Parts of a path",
    arguments: [
      ("a/b.PNG", "b.PNG", "a", "png", "a/b"), ("b.png", "b.png", ".", "png", "b"),
      ("/b.tar.gz", "b.tar.gz", "/", "gz", "/b.tar"), ("a/b/", "b", "a", "", "a/b"),
      ("/", "/", "/", "", "/"), (".hidden", ".hidden", ".", "", ".hidden"),
      ("a.d/b", "b", "a.d", "", "a.d/b"), ("a/..", "..", "a", "", "a/.."),
      ("a/\u{301}b.png", "\u{301}b.png", "a", "png", "a/\u{301}b"), ("b.", "b.", ".", "", "b."),
      ("a//b.x/", "b.x", "a", "x", "a//b"),
    ])
  func parts(path: String, last: String, folder: String, ending: String, stem: String) {
    #expect(Array(FileName.last(of: path).utf8) == Array(last.utf8))
    #expect(FileName.folder(of: path) == folder)
    #expect(FileName.ending(of: path) == ending)
    #expect(Array(FileName.withoutEnding(path).utf8) == Array(stem.utf8))
  }
}
