package import SPAEPixels

/// Draws with a ramp of ASCII characters in the terminal's own colours.
package struct ASCIIDriver: CellDriver {
  private let isLight: Bool

  package init(_ capabilities: TerminalCapabilities) { isLight = capabilities.isLight ?? false }

  package func cells(of picture: PixelImage, columns: Int, rows: Int) -> CellGrid {
    BlockRenderer.cells(
      of: picture, columns: columns, rows: rows, style: .ascii(isLight: isLight), colours: .none)
  }
}
