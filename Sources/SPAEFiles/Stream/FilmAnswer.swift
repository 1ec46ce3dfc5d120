import SPAEPyramid

/// The answer to a clip, in parts, as its film comes: one line, however long the film is.
///
/// `{"key", "width", "height", "model", "film"}`: the film is a list of its JSON lines, or the text
/// of its file. A clip that breaks off has an "error" behind the frames before.
struct FilmAnswer {
  private let answer: StreamAnswer
  private let key: String
  private let format: FilmWriter.Format
  private var hasBegun = false

  init(_ answer: StreamAnswer, key: String, format: FilmWriter.Format) {
    (self.answer, self.key, self.format) = (answer, key, format)
  }

  /// The next part: a piece of the film, as `ClipEncoder` hands it on.
  mutating func part(_ piece: ClipEncoder.Piece) -> [UInt8] {
    defer { hasBegun = true }
    let (bytes, source) = (piece.bytes, piece.header.source)
    let head =
      hasBegun
      ? []
      : answer.beginning(key: key, width: source.width, height: source.height)
        + Array(",\"film\":".utf8) + [UInt8(ascii: format == .json ? "[" : "\"")]
    switch format {
    case .text: return head + StreamAnswer.quoted(bytes).dropFirst().dropLast()
    case .json: return head + (hasBegun ? [UInt8(ascii: ",")] : []) + bytes.dropLast()
    }
  }

  /// The last part, with the reason where the clip broke off.
  func ending(error: String?) -> [UInt8] {
    guard hasBegun else { return answer.line(key: key, error: error ?? "the clip has no frame") }
    let end = format == .json ? "]" : "\""
    let reason = error.map { Array(",\"error\":".utf8) + StreamAnswer.quoted(Array($0.utf8)) }
    return Array(end.utf8) + (reason ?? []) + Array("}\n".utf8)
  }
}
