/// What a person can choose for the picture: a protocol, or the best of all or of the characters.
///
/// `--graphics`, `:graphics`, the configuration file and the manual take their names from here.
package enum GraphicsChoice: String, CaseIterable, Sendable {
  case auto
  case kitty
  case sixel
  case blocks
  case quadrants
  case halfBlocks = "halfblocks"
  case ascii
  case none

  /// Whether it draws pixels over the characters.
  package var drawsPixels: Bool { self == .kitty || self == .sixel }

  /// All names, for a sentence.
  package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
