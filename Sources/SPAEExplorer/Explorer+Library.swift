package import SPAEPyramid
import SPAESystem

/// A part of a picture of the library, which an edit brings with its word.
package struct LibraryPart: Hashable, Sendable {
  package let word: Int32
  package let path: String
  /// The words of the whole picture.
  package let pyramid: Pyramid
  /// The position of the word in it.
  package let cell: CellAddress

  package init(word: Int32, path: String, pyramid: Pyramid, cell: CellAddress) {
    (self.word, self.path, self.pyramid, self.cell) = (word, path, pyramid, cell)
  }

  /// The file's name without its folders.
  package var name: String {
    let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    return String(path[start...]).printable
  }
}

/// What an edit brings from the library.
package enum LibraryChoice: Hashable, Sendable {
  case part(LibraryPart)
  /// The part that shows the word best and whose rim fits best.
  case best
}

extension Explorer {
  /// Why nothing can be brought into the lowest layers.
  static let noRoom =
    "a word of this layer is one cell, too small for what a picture shows; choose an upper layer"

  /// Brings a part of the library into some cells, a rectangle of one layer.
  mutating func bring(_ part: LibraryPart, into cells: [CellAddress]) -> [Effect] {
    lastChange = .part(part)
    return bring(cells, painting(part, into: cells))
  }

  /// Brings what a word says from the picture of the library that fits best.
  mutating func bring(_ word: String, into cells: [CellAddress]) -> [Effect] {
    guard let number = number(of: word) else { return [] }
    lastChange = .brought(number)
    let change = WordEdit.Change.put(cells, word: number)
    var painting = painting(change, verb: "bring")
    painting.bringing = .best
    say("looking through the library for '\(vocabulary[number])' ...")
    return bring(cells, painting)
  }

  private mutating func bring(_ cells: [CellAddress], _ painting: Painting) -> [Effect] {
    if mode.context == .block { mode = .browsing }
    guard shape.paints(cells[0].layer) else {
      say(Self.noRoom, .warning)
      return []
    }
    return [.session(.paint(painting))]
  }

  /// The edit that brings a part, as it is tried and done.
  func painting(_ part: LibraryPart, into cells: [CellAddress]) -> Painting {
    var painting = painting(.put(cells, word: part.word), verb: "bring")
    painting.bringing = .part(part)
    return painting
  }
}
