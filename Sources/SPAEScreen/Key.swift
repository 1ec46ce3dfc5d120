/// What a person pressed.
public enum Key: Hashable, Sendable {
  case character(Character)
  /// A letter, or one of [ ] \ ^ _ @, held with Control.
  case control(Character)
  case alt(Character)
  case escape, enter, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case function(Int)
  case mouse(Mouse)

  /// Something the mouse did at a cell of the screen.
  public struct Mouse: Hashable, Sendable {
    public enum Action: String, CaseIterable, Hashable, Sendable {
      case press, drag, release, wheelUp, wheelDown
    }

    public var action: Action
    public var row: Int
    public var column: Int

    public init(_ action: Action, row: Int, column: Int) {
      self.action = action
      self.row = row
      self.column = column
    }
  }
}
