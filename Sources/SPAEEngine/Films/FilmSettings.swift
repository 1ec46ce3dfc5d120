/// How a clip becomes a film of words: what a changed word must gain, and how steady the rest is.
package struct FilmSettings: Hashable, Sendable {
  /// By how much a changed word must lower the squared error of a cell's 8 x 8 pixels, in the mean of
  /// its colours from 0 to 255, where the frame's own error is 10 of 255 (28 dB). The greater, the
  /// fewer words change; 0 changes all that gain anything.
  package var tolerance: Float = 14

  /// The levels of the film's filter, which holds the pixels that stand still, as a multiple of the
  /// error of the shot's first frame, where that is 14 of 255 (25 dB) or more; below they fall with its
  /// square. The greater, the less flicker, and the longer an error stays.
  package var steadiness: Float = 1.5

  /// By how much a cell of the clip must change, as a squared error, for its words to begin anew by
  /// the encoder instead of moving from where they are.
  package var beginning: Float = 105

  /// How many times the words of a frame are chosen by its decoded picture. Each time costs about a
  /// decode of what changes.
  package var passes = 2

  /// The same of the first frame of a shot.
  package var keyPasses = 3

  /// After so many frames the frozen branches look again whether the upper words still name what is
  /// shown. A word goes when two looks in a row find it wrong.
  package var framesOfLook = 12

  /// A key frame comes after so many frames at most, without any other change: reading can begin
  /// there.
  package var longestRun = 250

  /// The share of a frame, from 0 to 1, that nothing in the last one explains, and which is a cut.
  package var cut: Float = 0.78

  /// The same which is a cut if the upper words do not fit any more.
  package var doubtfulCut: Float = 0.68

  package init() {}

  /// The settings for a frame after one of such a mean squared error.
  ///
  /// Where little is wrong, an error of the same size is more of a loss. So what a word costs is in
  /// proportion to the error of a pixel.
  package func scaled(to error: Float) -> FilmSettings {
    var scaled = self
    scaled.tolerance *= max(Self.leastError, error).squareRoot() / 10
    return scaled
  }

  /// The filter of a shot whose first frame has such a mean squared error.
  package func filter(for error: Float) -> SteadyFilter {
    let error = error.squareRoot()
    let levels = steadiness * error * min(1, error / Self.noisy)
    return SteadyFilter(levels: Int(min(255, levels.rounded())))
  }

  /// The error of a pixel from which on the filter's levels are in proportion to it.
  private static let noisy: Float = 14

  /// A frame without any error still has a penalty.
  private static let leastError: Float = 4

  /// What a word costs, as a squared error of pixels in [-1, 1].
  var penalty: Float { cellError / (127.5 * 127.5) }

  /// What a word costs, as a squared error of a cell's 192 colours from 0 to 255.
  var cellError: Float { tolerance * 192 }
}
