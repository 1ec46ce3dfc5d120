/// How a picture is drawn in a terminal.
public enum GraphicsProtocol: String, CaseIterable, Sendable {
  case kitty
  case sixel
  /// Half blocks: two pixels a cell, in colour.
  case blocks
  case ascii
  case none
}

/// How many colours a terminal shows.
public enum ColourDepth: Sendable {
  case none
  case palette256
  case trueColour
}
