/// What a person pressed.
package enum Key: Hashable, Sendable {
  case character(Character)
  /// A letter, or one of [ ] \ ^ _ @, held with Control.
  case control(Character)
  case alt(Character)
  case escape, enter, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case function(Int)
  case mouse(Mouse)

  /// Something the mouse did at a cell of the screen.
  package struct Mouse: Hashable, Sendable {
    package enum Action: String, CaseIterable, Hashable, Sendable {
      case press, drag, release, wheelUp, wheelDown
    }

    package var action: Action
    package var row: Int
    package var column: Int

    package init(_ action: Action, row: Int, column: Int) {
      self.action = action
      self.row = row
      self.column = column
    }
  }
}
