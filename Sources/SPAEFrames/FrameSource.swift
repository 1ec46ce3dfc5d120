package import SPAEPixels
package import SPAEPyramid

/// A picture of a clip, and when it is shown.
package struct Frame: Sendable {
  package let image: PixelImage

  /// Seconds since the clip's beginning.
  package let time: Double

  /// Seconds until the next frame.
  package let duration: Double

  package init(image: PixelImage, time: Double, duration: Double) {
    (self.image, self.time, self.duration) = (image, time, duration)
  }

  package var end: Double { time + duration }
}

/// Where the frames of a clip come from, one after the other, in memory that does not grow with them.
package protocol FrameSource: AnyObject {
  /// The name of its format.
  var format: String { get }

  /// The rate that shows its frames best; a clip of varying times has frames twice, or leaves some
  /// out, at a constant one.
  var rate: FrameRate { get }

  /// The seconds of the whole clip, where they are known before its end.
  var duration: Double? { get }

  /// What a person should know, each a clause without a full stop; more may come with the frames.
  var notices: [String] { get }

  /// The next frame; nil at the end. All frames have the size of the first.
  ///
  /// Throws where the clip is damaged or cut short: the frames before that are whole.
  func next() throws(FrameError) -> Frame?
}

/// Where the frames of a clip go, at a constant rate.
package protocol FrameSink: AnyObject {
  /// Takes a frame, which has the size of the first.
  func put(_ image: PixelImage) throws(FrameError)

  /// Ends the clip; without, whatever was written is removed.
  func finish() throws(FrameError)
}
