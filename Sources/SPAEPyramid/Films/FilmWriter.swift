import Foundation
import SPAESystem

/// Writes a film frame by frame, as text or as JSON lines.
///
/// Write what it gives in this order: `beginning`, frame after frame, `ending`. To continue a film
/// that was written before, leave the beginning out and start with the number of its last frame.
package struct FilmWriter: Sendable {
  package enum Format: String, CaseIterable, Sendable {
    case text, json
  }

  private let header: FilmHeader
  private let format: Format
  private let vocabulary: Vocabulary

  /// The number of the frame that was written last.
  package private(set) var number: Int

  package init(
    _ header: FilmHeader, format: Format = .text, vocabulary: Vocabulary, after number: Int = 0
  ) {
    (self.header, self.format) = (header, format)
    (self.vocabulary, self.number) = (vocabulary, number)
  }

  /// The header.
  package func beginning() throws -> [UInt8] {
    switch format {
    case .text: Array(FilmText.text(of: header).utf8)
    case .json: try line(FilmJSON.Header(header))
    }
  }

  /// The next frame.
  package mutating func bytes(of frame: FilmFrame) throws -> [UInt8] {
    number += 1
    switch format {
    case .text:
      return Array(FilmText.text(of: frame, number: number, vocabulary: vocabulary).utf8)
    case .json: return try line(FilmJSON.Line(frame, number: number, vocabulary: vocabulary))
    }
  }

  /// What ends a film, with a person's comments of its line and behind it; more frames may be written
  /// behind it.
  package func ending(_ comments: [PyramidDocument.Comment] = []) throws -> [UInt8] {
    switch format {
    case .text: Array((PyramidText.text(of: [FilmText.end], comments: comments) + "\n").utf8)
    case .json: try line(FilmJSON.Line(end: number))
    }
  }

  private func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return JSONText.escaped(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }
}
