import SPAEEngine
package import SPAEPyramid
package import SPAESystem

/// A film of words as it is in the other form, text or JSON lines: its words and its model stay.
package struct FilmRewriting {
  package let model: PyramidDocument.ModelName
  package let frames: Int
  package let bytes: [UInt8]
  /// What a person should know of it.
  package let notes: [String]

  /// Reads a film, of which `bytes` are all; errors name its path.
  package init(
    path: String, bytes: [UInt8], as format: FilmWriter.Format, models: ModelLibrary
  ) throws(Failure) {
    do {
      let text = String(decoding: bytes, as: UTF8.self)
      let header = try FilmReader.header(in: text)
      let vocabulary = try models.model(header.model, for: path).vocabulary
      var reader = FilmReader(vocabulary: vocabulary)
      var writer = FilmWriter(header, format: format, vocabulary: vocabulary)
      var (written, comments) = (try writer.beginning(), header.comments.count)
      // What stands behind the last line's end is perhaps only a part of a line.
      var lines = text.textLines
      let rest = bytes.last == UInt8(ascii: "\n") ? "" : lines.popLast() ?? ""
      for line in lines {
        guard let frame = try reader.take(line) else { continue }
        comments += frame.comments.count
        written += try writer.bytes(of: frame)
      }
      let (last, ending) = try reader.finish(rest: rest)
      if let last { written += try writer.bytes(of: last) }
      guard writer.number > 0 else {
        throw FilmTextError(line: 0, column: 0, problem: .noFrame)
      }
      comments += (last?.comments.count ?? 0) + reader.commentsBehind.count
      (model, frames) = (header.model, writer.number)
      self.bytes = written + (try writer.ending(reader.commentsBehind))
      let lost = format == .json ? comments : 0
      notes =
        (lost > 0 ? ["\(lost.counted("comment")) left out, for which JSON has no room"] : [])
        + [ending.notice].compactMap(\.self)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(path): \(error)")
    }
  }
}
