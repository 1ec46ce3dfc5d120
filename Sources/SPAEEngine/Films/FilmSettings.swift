/// How a clip becomes a film of words: what a changed word must gain, and how steady the rest is.
package struct FilmSettings: Hashable, Sendable {
  /// By how much a changed word must lower the squared error of a cell's 8 x 8 pixels, in the mean of
  /// its colours from 0 to 255. The greater, the fewer words change; 0 changes all that gain anything.
  package var tolerance: Float = 40

  /// How much a change of what is shown counts against an error, at pixels that stand still in the
  /// clip. 0 lets them flicker.
  package var steadiness: Float = 2

  /// By how much a cell of the clip must change, as a squared error, for its words to begin anew
  /// instead of moving from where they are.
  package var fresh: Float = 100

  /// By how much of 255 a pixel of the clip may change from frame to frame and still stand still.
  package var stillness: Float = 6

  /// How many times the words of a key frame are chosen again by its decoded picture. Each time costs
  /// about two decodes, once a shot.
  package var keyPasses = 3

  /// How many times the words of other frames are.
  package var passes = 2

  /// Every so many frames the frozen branches look whether the upper words still name what is shown.
  /// A word goes when two looks in a row find it wrong.
  package var frameOfLook = 12

  /// A key frame comes after so many frames at most: it is where reading can begin.
  package var longestRun = 250

  /// How different two frames must be for a cut, from 0 to 1: the share of a frame that nothing in
  /// the last one explains.
  package var cut: Float = 0.6

  package init() {}
}
