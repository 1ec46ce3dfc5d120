import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEPyramid
import SPAESystem

extension PyramidFiles {
  /// Throws where a film would be written over itself that another program perhaps goes on writing.
  func checkEnd(of reel: FilmReel, _ wanted: String?, replacing: Bool) throws(Failure) {
    let target = wanted ?? path ?? suggestedPath
    guard target == path, !replacing, reel.isCut else { return }
    let copy = dialect.command(.write, "NAME.spae")
    let own = dialect.command(.write, forced: true)
    throw Failure(
      "\(target) has no 'end': it is still being written, or was cut short;"
        + " \(copy) writes a copy, \(own) replaces it")
  }

  /// Writes a film with some edits, and gives the path; a person's comments stay. Of a film that is
  /// still being written it writes the frames before `end`.
  func save(
    _ reel: FilmReel, _ edits: [FilmEdit], upTo end: Int? = nil, to wanted: String?,
    replacing: Bool
  ) throws -> String {
    let target = wanted ?? path ?? suggestedPath
    let format: FilmWriter.Format = target.lowercased().hasSuffix(".json") ? .json : .text
    return try save(
      bytes: try reel.bytes(as: format, edits, upTo: end),
      holdsGrowth: target == reel.path && reel.holdsItsFile, to: target, replacing: replacing)
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
    as format: FilmWriter.Format, _ edits: [FilmEdit], upTo end: Int?
  ) throws -> [UInt8] {
    var copy = FilmCopy(
      writer: FilmWriter(header, format: format, vocabulary: model.vocabulary), edits: edits)
    var bytes = try copy.writer.beginning()
    let behind = try readAll { frame in
      if copy.writer.number < end ?? .max { bytes += try copy.bytes(of: frame) }
    }
    // A film that was cut short ends here too: without an end its last frame would not count as whole.
    return bytes + (try copy.writer.ending(behind))
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
