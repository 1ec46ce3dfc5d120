package import SPAEScreen

/// How a picture is drawn in a terminal.
package enum GraphicsProtocol: String, CaseIterable, Sendable {
  case kitty
  case sixel
  /// Quadrant blocks: two colours and one of 16 patterns of 2x2 in a cell.
  case quadrants
  /// Half blocks: two pixels above each other in a cell.
  case halfBlocks = "halfblocks"
  case ascii
  case none

  /// The way that a person's choice means on a terminal; without colours blocks are ASCII.
  package init(
    _ choice: GraphicsChoice, on capabilities: TerminalCapabilities, environment: [String: String]
  ) {
    let wanted: GraphicsProtocol =
      switch choice {
      case .auto: capabilities.best(environment: environment)
      case .kitty: .kitty
      case .sixel: .sixel
      case .blocks: TerminalCapabilities.bestBlocks(environment: environment)
      case .quadrants: .quadrants
      case .halfBlocks: .halfBlocks
      case .ascii: .ascii
      case .none: .none
      }
    let isColoured = capabilities.colours(environment: environment) != .none
    let isBlocks = wanted == .quadrants || wanted == .halfBlocks
    self = isBlocks && !isColoured ? .ascii : wanted
  }

  /// Who draws so; nil for `none`. Several pictures on a screen need numbers of their own.
  package func driver(
    on capabilities: TerminalCapabilities, environment: [String: String],
    number: UInt32 = KittyDriver.standardNumber
  ) -> (any PictureDriver)? {
    let colours = capabilities.colours(environment: environment)
    return switch self {
    case .kitty: KittyDriver(capabilities, number: number)
    case .sixel: SixelDriver(capabilities)
    case .quadrants: BlockDriver(style: .quadrants, colours: colours)
    case .halfBlocks: BlockDriver(style: .halfBlocks, colours: colours)
    case .ascii: ASCIIDriver(capabilities)
    case .none: nil
    }
  }
}

extension GraphicsProtocol {
  /// Whether pixels are drawn over the characters, which no saved screen can hold.
  package var isPixels: Bool {
    driver(on: TerminalCapabilities(), environment: [:]) is any PixelDriver
  }

  /// Who draws small pictures with characters: beside pixels the best ones that there are.
  package func cellDriver(
    on capabilities: TerminalCapabilities, environment: [String: String]
  ) -> any CellDriver {
    let cells = isPixels ? TerminalCapabilities.bestBlocks(environment: environment) : self
    let driver = cells.driver(on: capabilities, environment: environment)
    return driver as? any CellDriver ?? ASCIIDriver(capabilities)
  }
}

extension GraphicsChoice {
  /// The names of those that draw with characters, or nothing.
  package static var characterNames: String {
    allCases.filter { GraphicsProtocol(rawValue: $0.rawValue)?.isPixels != true && $0 != .auto }
      .map(\.rawValue).joined(separator: ", ")
  }
}

extension TerminalCapabilities {
  /// A character in pixels; 8 x 16 where the terminal does not tell.
  package var cell: (width: Int, height: Int) { cellSize ?? (8, 16) }
}
