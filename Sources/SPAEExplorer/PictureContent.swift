package import SPAEPyramid
package import SPAEScreen

/// What the picture's box shows.
package enum PictureContent: Hashable, Sendable {
  case decoded
  case original
  /// The absolute difference to the original, made bright.
  case difference
  /// The original and the decoded picture in turn.
  case blink
  /// The original beside the decoded picture.
  case sideBySide
  /// Which pixels the word under the cursor owns.
  case heat
  /// Two states of the history in turn, with what differs.
  case comparison

  var name: String {
    switch self {
    case .decoded: "decoded"
    case .original: "original"
    case .difference: "difference"
    case .blink: "blink"
    case .sideBySide: "side by side"
    case .heat: "heat"
    case .comparison: "comparison"
    }
  }
}

/// The picture that belongs on a screen: where, what of it, and which cells are framed.
package struct PictureView: Hashable, Sendable {
  package var box: Box
  package var content: PictureContent
  package var blinkPhase: Bool
  package var request: DecodeRequest
  /// The cells that are framed: the cursor's, or the marked block's corners.
  package var framed: [CellAddress]
  package var inset: Inset?
  /// The part of the picture that is shown; nil is all of it.
  package var crop: PictureCrop?

  package init(
    box: Box, content: PictureContent, blinkPhase: Bool, request: DecodeRequest,
    framed: [CellAddress], inset: Inset? = nil, crop: PictureCrop? = nil
  ) {
    self.box = box
    self.content = content
    self.blinkPhase = blinkPhase
    self.request = request
    self.framed = framed
    self.inset = inset
    self.crop = crop
  }
}
