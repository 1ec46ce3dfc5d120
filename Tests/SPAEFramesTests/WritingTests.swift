import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

@Suite("Written films")
struct WritingTests {
  private let folder: TemporaryFolder
  private let images = (0..<3).map { Clip.moving($0) }

  init() throws { folder = try TemporaryFolder() }

  private func sink(_ name: String, mayReplace: Bool = false) throws -> any FrameSink {
    let path = "\(folder.path)/\(name)"
    return try FrameWriter.open(
      OutputFile(path, mayReplace: mayReplace), as: #require(FilmEncoding(path: path)),
      rate: #require(FrameRate(25)))
  }

  @Test("are not there before they are whole", arguments: ["x.y4m", "x.gif", "x.webp"])
  func whole(name: String) throws {
    do {
      let sink = try self.sink(name)
      for image in images { try sink.put(image) }
      #expect(folder.names.isEmpty)
    }
    #expect(folder.names.isEmpty)
    let sink = try self.sink(name)
    for image in images { try sink.put(image) }
    try sink.finish()
    #expect(folder.names == [name])
  }

  @Test("replace another file only if they may", arguments: ["x.y4m", "x.gif", "x.webp"])
  func replaced(name: String) throws {
    let path = try folder.file(name, [1, 2, 3])
    let error = #expect(throws: Failure.self) { _ = try self.sink(name) }
    #expect(error?.line.contains("not replaced: it exists; --force") == true)
    let sink = try self.sink(name, mayReplace: true)
    for image in images { try sink.put(image) }
    #expect(try FileSystem.bytes(of: path) == [1, 2, 3])
    try sink.finish()
    #expect(try FileSystem.bytes(of: path).count > 100)
    #expect(folder.names == [name])
  }

  @Test("of no frame are an error", arguments: ["x.gif", "x.webp", "x/", "x/y/z/"])
  func empty(name: String) throws {
    do {
      let sink = try self.sink(name)
      #expect(throws: FrameError.self) { try sink.finish() }
    }
    #expect(folder.names.isEmpty)
  }

  @Test("are a picture for each frame in a folder")
  func pictures() throws {
    let sink = try self.sink("frames/")
    for image in images { try sink.put(image) }
    try sink.finish()
    let names = try FileSystem.names(in: "\(folder.path)/frames")
    #expect(names == ["000001.png", "000002.png", "000003.png"])
    #expect(try ImageFile(path: "\(folder.path)/frames/000002.png").image == images[1])
    let error = #expect(throws: Failure.self) { _ = try self.sink("frames/") }
    #expect(error?.line.contains("000001.png among them") == true)
  }

  @Test("of more than 50 frames a second leave some out as GIF")
  func fast() throws {
    let many = (0..<12).map { Clip.moving($0) }
    let clip = try Clip.written(many, as: "gif", rate: #require(FrameRate(100)), in: folder.path)
    let frames = try GIFSource(clip.bytes).all()
    #expect(frames.map(\.image) == stride(from: 0, to: 12, by: 2).map { many[$0] })
  }

  @Test(
    "are asked for by the ending",
    arguments: [
      "-", "a.Y4M", "a.gif", "a.webp", "a/", "a.mp4", "b.MKV", "c.webm", "d.mov", "e.avi",
    ])
  func endings(path: String) { #expect(FilmEncoding(path: path) != nil) }

  @Test("are not asked for by other endings", arguments: ["a.png", "a", "mp4", "a.mp4.txt", ""])
  func others(path: String) { #expect(FilmEncoding(path: path) == nil) }
}
