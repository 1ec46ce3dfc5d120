/// How a picture is drawn in a terminal.
public enum GraphicsProtocol: String, CaseIterable, Sendable {
  case kitty
  case sixel
  /// Quadrant blocks: two colours and one of 16 patterns of 2x2 in a cell.
  case quadrants
  /// Half blocks: two pixels above each other in a cell.
  case halfBlocks = "halfblocks"
  case ascii
  case none
}
