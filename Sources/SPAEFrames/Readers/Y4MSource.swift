import SPAEPixels
package import SPAEPyramid

/// A film in y4m (YUV4MPEG2), the uncompressed form that programs hand each other through pipes.
package final class Y4MSource: FrameSource {
  static let name = "y4m"

  package let format = Y4MSource.name
  package let rate: FrameRate
  package let duration: Double? = nil
  package let notices: [String] = []

  private let reader: ByteReader
  private let header: Y4MHeader
  private let conversion: YUVConversion
  private var count = 0

  /// Reads the first line; `assumed` is the rate of a film that does not say its own.
  package init(_ reader: ByteReader, assumed: FrameRate? = nil) throws(FrameError) {
    guard let line = try reader.line(limit: Y4MHeader.longestLine) else {
      throw .corrupt(format: Self.name, reason: "its first line does not end")
    }
    header = try Y4MHeader(line)
    try FrameError.check(width: header.width, height: header.height)
    guard let rate = header.rate ?? assumed else { throw .noRate(format: Self.name) }
    (self.reader, self.rate, conversion) = (reader, rate, YUVConversion(header))
  }

  package func next() throws(FrameError) -> Frame? {
    guard try !reader.peek(1).isEmpty else {
      if count == 0 { throw .noFrames(format: format) }
      return nil
    }
    let line = try reader.line(limit: Y4MHeader.longestLine)
    guard let line, line == Self.mark || line.starts(with: Self.mark + [UInt8(ascii: " ")]) else {
      throw cut("no frame begins there")
    }
    let planes = try reader.take(header.frameBytes)
    guard planes.count == header.frameBytes else {
      throw cut("the next frame has \(planes.count) of \(header.frameBytes) bytes")
    }
    defer { count += 1 }
    return Frame(
      image: conversion.image(planes), time: rate.seconds(toFrame: count),
      duration: 1 / rate.framesPerSecond)
  }

  private static let mark = Array("FRAME".utf8)

  private func cut(_ reason: String) -> FrameError {
    .cutShort(format: format, frames: count, reason: reason)
  }
}

extension FrameError {
  /// The most pixels of an animation's screen, of which there are some copies.
  static let greatestScreen = 16_000_000

  static let greatestSide = 65535

  /// Refuses frames that are too large, before there is memory for them.
  static func check(
    width: Int, height: Int, limit: Int = ImageFile.greatestPixels
  ) throws(FrameError) {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, area <= limit, max(width, height) <= greatestSide else {
      throw .tooLarge(width: width, height: height, limit: limit)
    }
  }
}
