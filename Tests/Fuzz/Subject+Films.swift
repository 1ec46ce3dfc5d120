import Foundation
import SPAEPyramid
import SPAESession

// MARK: Films

extension Subject {
  static func films() throws -> [Subject] {
    let vocabulary = try Vocabulary(text: "ant\nbee\ncat\ndog\neel\nend\nframe\nhen\n")
    let text = try film(.text, vocabulary)
    return [
      Subject(
        name: "film", seed: 21, fixtures: [text],
        tokens: numbers + [
          "frame 2", "frame 3 key", "\nframe 4\n", "end", "\nend\n", "5:8,8 dog", "1:1,1 ant",
          "rate 25", "rate 25 from 62.5", " from ", "30000/1001", "grid 64", "# ", " # ", "\r\n",
          "\u{FEFF}", "layer 3", "steady 12", "\nsteady 255\n", "steady", "steady 1 ",
        ],
        hostile: [
          text + repeated("frame 5\n", 100_000), text + repeated("5:1,1 ant\n", 100_000),
          repeated("#\n", 500_000), text + repeated("x", 1_000_000),
          Array("spae film 1\n".utf8) + repeated("x ", 500_000),
        ],
        read: { try check($0, vocabulary) }),
      Subject(
        name: "film-json", seed: 22, fixtures: [try film(.json, vocabulary)],
        tokens: numbers + [
          "\"frame\":", "\"changes\":", "\"layers\":", "\"end\":", "\"steady\":", "\n", "null",
        ],
        hostile: [repeated("[", 1_000_000), repeated("{\"film\":", 200_000)],
        read: { try check($0, vocabulary) }),
      try edits(vocabulary),
    ]
  }

  /// What the history keeps of a film's edits.
  private static func edits(_ vocabulary: Vocabulary) throws -> Subject {
    guard let shape = PyramidShape(grid: 8) else { throw Disagreement() }
    let text = "edit: 121-180 3:1,2 ant bee; 121-140 5:3,4 cat dog; 1-1 1:1,1 eel hen"
    return Subject(
      name: "film-edit", seed: 23, fixtures: [Array(text.utf8)],
      tokens: numbers + ["1-2", "2-1", ":", ";", " 5:8,8 ", "painted ahead:", "paint: "],
      hostile: [
        Array("edit:".utf8) + repeated(" 1-9 5:1,1 ant bee;", 100_000), repeated(";", 500_000),
        repeated("1-1 ", 200_000),
      ],
      read: { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let edit = FilmEdit(text, shape: shape, vocabulary: vocabulary) else {
          throw NoEdit()
        }
        guard
          FilmEdit(edit.text(vocabulary), shape: shape, vocabulary: vocabulary) == edit
        else { throw Disagreement() }
      })
  }

  private struct NoEdit: Error {}

  private static func film(
    _ format: FilmWriter.Format, _ vocabulary: Vocabulary
  ) throws -> [UInt8] {
    guard let shape = PyramidShape(grid: 8), let rate = FrameRate("29.97"),
      let pyramid = Pyramid(
        shape: shape, words: (0..<shape.wordCount).map { Int32($0 * $0 % 8) })
    else { throw Disagreement() }
    let header = FilmHeader(
      model: .init(name: "tiny", hash: "ab12", vocabulary: "cd34"),
      source: .init(name: "a \"cat\"\n.mp4", width: 20, height: 30), shape: shape, rate: rate)
    let change = FilmFrame.Change(cell: CellAddress(layer: 4, row: 2, column: 1), word: 5)
    let frames = [
      FilmFrame(.key(pyramid)), FilmFrame(.changes([change])), FilmFrame(.changes([])),
      FilmFrame(.key(pyramid, steady: 17)),
    ]
    var writer = FilmWriter(header, format: format, vocabulary: vocabulary)
    return try writer.beginning() + frames.flatMap { try writer.bytes(of: $0) } + writer.ending()
  }

  /// Reads a film, as far as it is whole, and reads it again from what a writer makes of it.
  private static func check(_ bytes: [UInt8], _ vocabulary: Vocabulary) throws {
    let (header, frames) = try frames(of: bytes, vocabulary)
    var writer = FilmWriter(header, vocabulary: vocabulary)
    let text = try writer.beginning() + frames.flatMap { try writer.bytes(of: $0) }
    guard let again = try? Self.frames(of: text + writer.ending(), vocabulary),
      again.header.rate == header.rate, again.header.from == header.from,
      again.header.shape == header.shape,
      again.frames.map(\.content) == frames.map(\.content)
    else { throw Disagreement() }
  }

  private static func frames(
    of bytes: [UInt8], _ vocabulary: Vocabulary
  ) throws -> (header: FilmHeader, frames: [FilmFrame]) {
    var reader = FilmReader(vocabulary: vocabulary)
    var frames: [FilmFrame] = []
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let rest = String(decoding: lines.removeLast(), as: UTF8.self)
    for line in lines {
      let text = String(decoding: line, as: UTF8.self)
      if let frame = try reader.take(text) { frames.append(frame) }
    }
    if let last = try reader.finish(rest: rest).frame { frames.append(last) }
    var pyramid: Pyramid?
    for frame in frames {
      pyramid = frame.pyramid(after: pyramid)
      guard pyramid != nil else { throw Disagreement() }
    }
    guard let header = reader.header else { throw Disagreement() }
    return (header, frames)
  }
}
