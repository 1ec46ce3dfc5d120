package import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// Writes y4m: 4:4:4, BT.601 of limited range.
package final class Y4MSink: FrameSink {
  private let file: GrowingFile
  private let rate: FrameRate
  private var hasBegun = false

  package init(_ file: GrowingFile, rate: FrameRate) { (self.file, self.rate) = (file, rate) }

  package func put(_ image: PixelImage) throws(FrameError) {
    var bytes: [UInt8] = []
    if !hasBegun {
      bytes += Array(
        "YUV4MPEG2 W\(image.width) H\(image.height) F\(rate.numerator):\(rate.denominator) Ip A1:1 C444 XCOLORRANGE=LIMITED\n"
          .utf8)
    }
    hasBegun = true
    bytes += Array("FRAME\n".utf8) + YUVConversion.planes(image)
    try unwritable { () throws(SystemError) in try file.write(bytes) }
  }

  package func finish() throws(FrameError) {
    try unwritable { () throws(SystemError) in try file.finish() }
  }
}

/// Does something with a file, and gives the system's error as a film's.
func unwritable<Result>(
  _ body: () throws(SystemError) -> Result
) throws(FrameError) -> Result {
  do throws(SystemError) { return try body() } catch {
    throw .unwritable(by: error)
  }
}

extension FrameError {
  /// The system's error with what a person can do.
  static func unwritable(by error: SystemError) -> FrameError {
    .unwritable(error.remedyForSpace.map { "\(error); \($0)" } ?? "\(error)")
  }
}
