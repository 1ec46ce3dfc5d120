import Foundation
import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

@Suite("Films by ffmpeg", .serialized)
struct FFmpegTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Programs that a test writes in the place of ffmpeg and ffprobe.
  private func programs(
    _ script: String, rate: String = "25/1", mean: String = "25/1",
    patience: Duration = .seconds(20)
  ) throws -> FFmpeg {
    let probe =
      #"echo '{"streams":[{"r_frame_rate":"\#(rate)","avg_frame_rate":"\#(mean)"}],"format":{"duration":"2.0"}}'"#
    return FFmpeg(
      program: try program("ffmpeg", script), probe: try program("ffprobe", probe),
      patience: patience)
  }

  /// Another process writes it: where this one has it open, a test that starts a program at the same
  /// time passes that on for a moment, and a file that is open for writing cannot be started.
  private func program(_ name: String, _ script: String) throws -> String {
    let path = "\(folder.path)/\(name)"
    let writer = try Process.run(
      URL(fileURLWithPath: "/bin/sh"),
      arguments: [
        "-c", #"printf %s "$1" >"$2" && chmod 755 "$2""#, "sh", "#!/bin/sh\n\(script)\n", path,
      ])
    writer.waitUntilExit()
    try #require(writer.terminationStatus == 0)
    return path
  }

  private func source(
    _ ffmpeg: FFmpeg, _ selection: FrameSelection = .init()
  ) throws -> FFmpegSource {
    try FFmpegSource(path: "clip.mp4", format: "MP4", selection, by: ffmpeg)
  }

  /// A script's lines that write frames of two grey pixels.
  private func frames(_ count: Int) -> String {
    String(repeating: #"printf 'P6\n2 1\n255\nxxxyyy'\#n"#, count: count)
  }

  @Test("come frame by frame, at the rate of the film")
  func frames() throws {
    let source = try source(programs(frames(3)))
    #expect(source.rate == FrameRate(25))
    #expect(source.duration == 2)
    let frames = try source.all()
    #expect(frames.map(\.time) == [0, 0.04, 0.08])
    #expect(frames.allSatisfy { $0.image[0, 1] == Colour(red: 121, green: 121, blue: 121) })
  }

  @Test("name a file as a file, without a shell, and read nothing else")
  func arguments() throws {
    let list = "\(folder.path)/arguments"
    let ffmpeg = try programs("printf '%s\\n' \"$@\" >'\(list)'\n" + frames(1))
    let path = "-i http://x $(touch y).mp4"
    let source = try FFmpegSource(
      path: path, format: "MP4", .init(rate: FrameRate(10), from: 1.5, to: 3), by: ffmpeg)
    _ = try source.all()
    let words = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")
    #expect(words.contains("file:\(path)"))
    let whitelist = try #require(words.firstIndex(of: "-protocol_whitelist"))
    #expect(words[whitelist + 1] == "file")
    for (option, value) in [("-ss", "1.5"), ("-t", "1.5")] {
      let index = try #require(words.firstIndex { $0 == option })
      #expect(words[index + 1] == value)
    }
    #expect(words.contains { $0.hasPrefix("fps=10/1,") })
  }

  @Test("of varying times become steady, and say so")
  func varying() throws {
    let source = try source(programs(frames(1), rate: "90000/1", mean: "2397/100"))
    #expect(source.rate == FrameRate(24))
    #expect(source.notices.first?.contains("24 a second are taken; --fps") == true)
  }

  @Test("whose size changes keep that of the first frame, and say so")
  func changingSize() throws {
    let larger = #"printf 'P6\n4 2\n255\nxxxxxxxxxxxxxxxxxxxxxxxx'"#
    let source = try source(programs(frames(1) + larger))
    #expect(try source.all().map(\.image.width) == [2, 2])
    #expect(source.notices.contains { $0.contains("size") })
  }

  @Test("that break off give the frames before, and the last lines")
  func failed() throws {
    let source = try source(programs(frames(2) + "echo lost >&2\nexit 3"))
    let (frames, error) = source.untilError()
    #expect(frames.count == 2)
    #expect(error == .ffmpegFailed(frames: 2, status: 3, log: ["lost"]))
  }

  @Test("survive a killed ffmpeg")
  func killed() throws {
    let source = try source(programs(frames(2) + "printf 'P6\\n2 1\\n255\\nxx'\nkill -9 $$"))
    let (frames, error) = source.untilError()
    #expect(frames.count == 2)
    #expect(error == .ffmpegFailed(frames: 2, status: 137, log: []))
  }

  @Test("end an ffmpeg that does nothing, with its last lines")
  func silent() throws {
    let script = frames(1) + "echo waiting >&2\nexec sleep 1000"
    let source = try source(programs(script, patience: .milliseconds(1200)))
    let (frames, error) = source.untilError()
    #expect(frames.count == 1)
    #expect(error == .ffmpegSilent(frames: 1, seconds: 1, log: ["waiting"]))
  }

  @Test("cannot be asked for anything: there is no terminal and no input")
  func password() throws {
    let script = "read answer || read answer </dev/tty || { echo nobody there >&2; exit 5; }"
    let (_, error) = try source(programs(script)).untilError()
    guard case .ffmpegFailed(0, 5, let log) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(log.last == "nobody there")
  }

  @Test("leave no child behind when nobody wants more frames")
  func ended() throws {
    let identifier = "\(folder.path)/identifier"
    let script = "echo $$ >'\(identifier)'\n" + frames(1) + "exec sleep 1000"
    do {
      let source = try source(programs(script))
      _ = try source.next()
    }
    let text = try String(contentsOfFile: identifier, encoding: .utf8)
    let process = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(process, 0) == -1)
  }

  @Test("of no frame, or of something else than frames, are errors")
  func nonsense() throws {
    #expect(try source(programs("exit 0")).untilError().error == .noFrames(format: "MP4"))
    let behind = try source(programs("exit 0"), .init(from: 9)).untilError().error
    #expect(behind == .nothingSelected(seconds: 2))
    for text in ["P5", "P6\\n0 1\\n255\\n", "P6\\n99999 99999\\n255\\n", "P6\\n2 1\\n65535\\n"] {
      #expect(try source(programs("printf '\(text)'")).untilError().error != nil)
    }
  }

  private func sink(_ ffmpeg: FFmpeg, _ path: String) throws -> FFmpegSink {
    guard case .foreign(let container)? = FilmEncoding(path: path) else {
      throw Failure("\(path) is no film of ffmpeg's")
    }
    return FFmpegSink(
      try OutputFile(path).growing(), rate: try #require(FrameRate(25)), container: container,
      by: ffmpeg)
  }

  @Test("are written through an open file, which has its name when it is whole")
  func written() throws {
    let path = "\(folder.path)/new.mp4"
    let sink = try sink(programs("cat >/dev/fd/3"), path)
    let images = (0..<3).map { Clip.moving($0) }
    for image in images { try sink.put(image) }
    #expect(!folder.names.contains("new.mp4"))
    try sink.finish()
    #expect(try FileSystem.bytes(of: path) == images.flatMap(\.pixels))
    #expect(folder.names == ["ffmpeg", "ffprobe", "new.mp4"])
  }

  @Test("that cannot be written leave nothing, and say why")
  func unwritten() throws {
    let path = "\(folder.path)/new.mp4"
    let sink = try sink(programs("echo 'Unknown encoder' >&2; exit 1"), path)
    let error = #expect(throws: FrameError.self) {
      for number in 0..<2000 { try sink.put(Clip.moving(number % 16, side: 64)) }
      try sink.finish()
    }
    guard case .ffmpegFailed(_, 1, ["Unknown encoder"])? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(folder.names == ["ffmpeg", "ffprobe"])
  }
}
