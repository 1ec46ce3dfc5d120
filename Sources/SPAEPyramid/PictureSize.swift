/// How many pixels the shorter side of a picture is to have in the explorer.
package enum PictureSize: Hashable, Sendable {
  /// What the picture and the pane that shows it can use.
  case automatic
  case pixels(Int)

  /// All that can be chosen.
  package static let sizes = [64, 128, 256, 512]

  /// For a sentence.
  package static let names = sizes.map(String.init).joined(separator: ", ") + " or auto"

  /// Takes a number of pixels or `auto`; nil for anything else.
  package init?(_ text: String) {
    if text == "auto" {
      self = .automatic
    } else if let number = Int(text) {
      self.init(number)
    } else {
      return nil
    }
  }

  package init?(_ pixels: Int) {
    guard Self.sizes.contains(pixels) else { return nil }
    self = .pixels(pixels)
  }
}
