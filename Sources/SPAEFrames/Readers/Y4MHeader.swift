package import SPAEPyramid

/// What the first line of a y4m film says.
package struct Y4MHeader: Hashable, Sendable {
  package let width: Int
  package let height: Int

  /// nil where the film does not say it, or says 0.
  package let rate: FrameRate?
  package let sampling: YUVSampling
  package let isFullRange: Bool

  /// The longest line that is read, of the film or of a frame.
  static let longestLine = 4096

  static let signature = "YUV4MPEG2 "

  /// Reads the line, without its end.
  package init(_ line: [UInt8]) throws(FrameError) {
    let text = String(decoding: line, as: UTF8.self)
    guard text.hasPrefix(Self.signature) else { throw Self.damaged("its first line is another's") }
    var fields: [Character: Substring] = [:]
    var isFullRange = false
    for field in text.dropFirst(Self.signature.count).split(separator: " ") {
      if field.first == "X" {
        if field == "XCOLORRANGE=FULL" { isFullRange = true }
      } else if let letter = field.first {
        fields[letter] = field.dropFirst()
      }
    }
    (width, height) = (try Self.side("W", fields), try Self.side("H", fields))
    rate = fields["F"].flatMap { FrameRate($0.replacing(":", with: "/")) }
    sampling = try Self.sampling(fields["C"] ?? "420jpeg")
    self.isFullRange = isFullRange
  }

  /// The bytes of a frame behind its line.
  var frameBytes: Int {
    let chroma =
      sampling.hasColour ? 2 * sampling.chromaWidth(width) * sampling.chromaHeight(height) : 0
    return width * height + chroma
  }

  private static func side(
    _ letter: Character, _ fields: [Character: Substring]
  ) throws(FrameError) -> Int {
    guard let text = fields[letter] else {
      throw damaged("its first line has no \(letter == "W" ? "width (W)" : "height (H)")")
    }
    guard let side = Int(text), side > 0 else {
      throw damaged("its first line has '\(letter)\(text.prefix(20))'")
    }
    return side
  }

  private static func sampling(_ name: Substring) throws(FrameError) -> YUVSampling {
    guard let sampling = YUVSampling.named[String(name)] else {
      throw .unsupported(format: Y4MSource.name, reason: "its pixels are '\(name.prefix(20))'")
    }
    return sampling
  }

  private static func damaged(_ reason: String) -> FrameError {
    .corrupt(format: Y4MSource.name, reason: reason)
  }
}
