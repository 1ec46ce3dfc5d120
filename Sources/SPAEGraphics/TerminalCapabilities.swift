/// What a terminal answered when it was asked, and what the environment says of it.
public struct TerminalCapabilities: Hashable, Sendable {
  public var kitty = false
  public var sixel = false

  /// A character cell in pixels, if the terminal told.
  public var cellSize: (width: Int, height: Int)? { storedCell.map { ($0.width, $0.height) } }

  private struct Cell: Hashable { let width: Int, height: Int }
  private var storedCell: Cell?

  public init() {}

  /// Asks for kitty graphics, the cell's size and, as a fence that all answer, device attributes.
  public static let probe = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[16t\u{1B}[c"

  /// Reads the answers to `probe`; anything else in them is passed over.
  public init(answers: [UInt8]) {
    let text = String(decoding: answers, as: UTF8.self)
    kitty = text.contains("\u{1B}_Gi=31;OK")
    for part in text.split(separator: "\u{1B}[") {
      if part.hasPrefix("?"), let end = part.firstIndex(of: "c") {
        sixel = part[part.index(after: part.startIndex)..<end].split(separator: ";").contains("4")
      } else if part.hasPrefix("6;"), let end = part.firstIndex(of: "t") {
        let numbers = part[..<end].split(separator: ";").compactMap { Int($0) }
        if numbers.count == 3, (1...200).contains(numbers[1]), (1...200).contains(numbers[2]) {
          storedCell = Cell(width: numbers[2], height: numbers[1])
        }
      }
    }
  }

  /// Whether the answer to the fence has come.
  public static func isComplete(_ answers: [UInt8]) -> Bool {
    let parts = String(decoding: answers, as: UTF8.self)
      .split(separator: "\u{1B}[?", omittingEmptySubsequences: false)
    return parts.dropFirst().contains { part in
      let rest = part.drop { $0.isNumber || $0 == ";" }
      return rest.first == "c" && rest.startIndex > part.startIndex
    }
  }

  /// The best way to draw: kitty, sixel, blocks, and ASCII where the locale has no blocks.
  public func best(environment: [String: String]) -> GraphicsProtocol {
    if environment["TERM"] == "dumb" { return .none }
    if kitty { return .kitty }
    if sixel { return .sixel }
    return Self.isUnicode(environment) ? .blocks : .ascii
  }

  private static func isUnicode(_ environment: [String: String]) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    return locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
  }

  /// How many colours to use, as the environment says; NO_COLOR asks for none.
  public static func colours(environment: [String: String]) -> ColourDepth {
    if let wish = environment["NO_COLOR"], !wish.isEmpty { return .none }
    let term = environment["TERM"] ?? ""
    if ["", "dumb", "vt52", "vt100", "vt102", "vt220", "vt320"].contains(term) { return .none }
    let depth = environment["COLORTERM"] ?? ""
    return depth == "truecolor" || depth == "24bit" ? .trueColour : .palette256
  }
}
