import Glibc
import SPAEEngine
import SPAEFiles
import SPAEPyramid
import SPAESystem

extension PyramidFiles {
  /// Writes a film with some edits, and gives the path; a person's comments stay.
  func save(
    _ reel: FilmReel, _ edits: [FilmEdit], to wanted: String?, replacing: Bool
  ) throws -> String {
    let target = wanted ?? path ?? suggestedPath
    let format: FilmWriter.Format = target.lowercased().hasSuffix(".json") ? .json : .text
    return try save(bytes: try reel.bytes(as: format, edits), to: target, replacing: replacing)
  }
}

extension FilmReel {
  /// Writes the pictures of all frames with some edits, decoded from some layers, as a clip.
  func write(
    _ edits: [FilmEdit], to path: String, depth: Int, scale: Int, replacing: Bool
  ) throws {
    while scan(atMost: 500) {}
    var frame = 0
    let decoder = FilmDecoder(model: model, depth: depth)
    try ClipWriter.write(
      to: OutputFile(path, mayReplace: replacing), rate: header.rate, scale: scale
    ) {
      guard let shown = try shown(ofFrame: frame, after: edits) else { return nil }
      frame += 1
      return try decoder.picture(of: shown)
    }
  }

  /// The film as a file, with some edits.
  fileprivate func bytes(
    as format: FilmWriter.Format, _ edits: [FilmEdit]
  ) throws -> [UInt8] {
    let descriptor = FileSystem.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure("\(path): \(SystemError.lastReason)") }
    defer { close(descriptor) }
    var reader = FilmReader(vocabulary: model.vocabulary)
    var copy = FilmCopy(
      writer: FilmWriter(header, format: format, vocabulary: model.vocabulary), edits: edits)
    var bytes = try copy.writer.beginning()
    for line in LineReader(descriptor: descriptor) {
      if let frame = try reader.take(line) { bytes += try copy.bytes(of: frame) }
    }
    if let last = try reader.finish().frame { bytes += try copy.bytes(of: last) }
    // A film that was cut short ends here too: without an end its last frame would not count as whole.
    return bytes + (try copy.writer.ending())
  }
}

/// Frame after frame of a film, with other words.
private struct FilmCopy {
  var writer: FilmWriter
  let edits: [FilmEdit]
  private var frame = 0
  private var saved: Pyramid?
  private var shown: Pyramid?

  init(writer: FilmWriter, edits: [FilmEdit]) { (self.writer, self.edits) = (writer, edits) }

  mutating func bytes(of original: FilmFrame) throws -> [UInt8] {
    guard let words = original.pyramid(after: saved) else { return [] }
    saved = words
    var edited = words
    for edit in edits { edit.apply(to: &edited, frame: frame) }
    frame += 1
    defer { shown = edited }
    guard let before = shown, !original.isKey else {
      let key = FilmFrame.Content.key(edited, steady: original.steady ?? 0)
      return try writer.bytes(of: FilmFrame(key, comments: original.comments))
    }
    var changes = FilmFrame(from: before, to: edited)
    changes.comments = original.comments
    return try writer.bytes(of: changes)
  }
}
