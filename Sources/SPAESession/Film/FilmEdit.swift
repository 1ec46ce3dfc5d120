import SPAEHistory
package import SPAEPyramid

/// An edit of a film: each changed word holds for as long as the film kept the one before it.
///
/// As text, which the history keeps: `edit: 121-180 3:1,2 muzzle kitten; 121-140 5:3,4 fur stone`.
/// Frames, rows and columns are counted from 1 there. A run that ends where the film did when it was
/// made, because it was still being written, has a `+` and goes on in the frames that come: `121-180+`.
package struct FilmEdit: Hashable, Sendable {
  /// One cell's word in some frames.
  struct Run: Hashable, Sendable {
    let cell: CellAddress
    let frames: Range<Int>
    let old: Int32
    let new: Int32
    /// Whether it goes on in frames that came after it was made.
    var isOpen = false

    var inverse: Run { Run(cell: cell, frames: frames, old: new, new: old) }
  }

  var verb: String
  var runs: [Run]

  /// The verb of an edit whose frames ahead are painted as they come.
  static let paint = "paint"
  /// The verb of what was painted ahead for the edit before it: one step with it.
  static let ahead = Revision.paintedAhead
  /// The verb of what takes an edit back.
  private static let back = "back"

  var isPainted: Bool { verb == Self.paint }
  /// Whether it is a part of the edit before it.
  var isAhead: Bool { verb == Self.ahead }
  /// Whether a person made it, so that its words are not painted over.
  var isTyped: Bool { verb != Self.ahead && verb != Self.back }

  /// What was typed: the words of the uppermost layer that are the same as the first one's.
  var typed: [Run] {
    guard let top = runs.map(\.cell.layer).min(),
      let first = runs.first(where: { $0.cell.layer == top })
    else { return [] }
    return runs.filter { $0.cell.layer == top && $0.new == first.new }
  }

  /// The edit whose painted words end where the typed word above them does; those beneath none, with
  /// the last typed word.
  func endingWithTyped(_ shape: PyramidShape) -> FilmEdit {
    let typed = typed
    guard let last = typed.map(\.frames.upperBound).max() else { return self }
    let own = Set(typed.map(\.cell))
    var edit = self
    edit.runs = runs.map { run in
      if own.contains(run.cell) { return run }
      let above = typed.filter { shape.overlap($0.cell, run.cell) }
      let end = above.map(\.frames.upperBound).max() ?? last
      let frames = run.frames.lowerBound..<min(run.frames.upperBound, end)
      return Run(
        cell: run.cell, frames: frames, old: run.old, new: run.new,
        isOpen: run.isOpen && frames == run.frames)
    }
    return edit
  }

  /// The edit that takes this one back: it paints nothing.
  var inverse: FilmEdit {
    FilmEdit(verb: verb == Self.ahead ? verb : Self.back, runs: runs.reversed().map(\.inverse))
  }

  /// Changes a frame's words; what the film has no longer as it was stays.
  func apply(to pyramid: inout Pyramid, frame: Int) {
    for run in runs where run.frames.contains(frame) && pyramid[run.cell] == run.old {
      pyramid[run.cell] = run.new
    }
  }
}

extension PyramidShape {
  /// Whether two positions stand for some of the same cells.
  func overlap(_ a: CellAddress, _ b: CellAddress) -> Bool {
    let (a, b) = (latentCells(of: a), latentCells(of: b))
    return a.rows.overlaps(b.rows) && a.columns.overlaps(b.columns)
  }
}

extension FilmEdit {
  package func text(_ vocabulary: Vocabulary) -> String {
    let parts = runs.map { run in
      "\(run.frames.lowerBound + 1)-\(run.frames.upperBound)\(run.isOpen ? "+" : "")"
        + " \(run.cell.text)"
        + " \(vocabulary[run.old]) \(vocabulary[run.new])"
    }
    return "\(verb): \(parts.joined(separator: "; "))"
  }

  /// Reads `text` back; nil where it is no edit of a film of this shape.
  package init?(_ text: String, shape: PyramidShape, vocabulary: Vocabulary) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    verb = String(text[..<colon])
    runs = []
    for part in text[text.index(after: colon)...].split(separator: ";") {
      guard let run = Run(part, shape: shape, vocabulary: vocabulary) else { return nil }
      runs.append(run)
    }
    // An edit that changes nothing is none.
    guard !runs.isEmpty else { return nil }
  }
}

extension FilmEdit.Run {
  fileprivate init?(_ text: Substring, shape: PyramidShape, vocabulary: Vocabulary) {
    let fields = text.split(separator: " ")
    guard fields.count == 4 else { return nil }
    let isOpen = fields[0].last == "+"
    let frames = fields[0].dropLast(isOpen ? 1 : 0).split(separator: "-").compactMap { Int($0) }
    let place = fields[1].split { $0 == ":" || $0 == "," }.compactMap { Int($0) }
    guard frames.count == 2, frames[0] >= 1, frames[1] >= frames[0], place.count == 3,
      place.allSatisfy({ (1...Int(Int16.max)).contains($0) }),
      let old = vocabulary.number(of: fields[2]), let new = vocabulary.number(of: fields[3])
    else { return nil }
    let cell = CellAddress(layer: place[0], row: place[1] - 1, column: place[2] - 1)
    guard shape.contains(cell) else { return nil }
    self.init(cell: cell, frames: frames[0] - 1..<frames[1], old: old, new: new, isOpen: isOpen)
  }
}

extension FilmEdit.Run {
  /// The first frame in which two lists may give a film other words.
  static func firstDifference(_ a: [FilmEdit.Run], _ b: [FilmEdit.Run]) -> Int {
    // What both begin with is the same in both; of the others one may go on for longer.
    let common = zip(a, b).prefix { $0 == $1 }.count
    var ends: [FilmEdit.Run: Int] = [:]
    for run in a[common...] { ends[run.begun] = run.frames.upperBound }
    var first = Int.max
    for run in b[common...] {
      let end = ends.removeValue(forKey: run.begun)
      guard end != run.frames.upperBound else { continue }
      first = min(first, end.map { min($0, run.frames.upperBound) } ?? run.frames.lowerBound)
    }
    for run in ends.keys { first = min(first, run.frames.lowerBound) }
    return first == .max ? 0 : first
  }

  /// The same without its frames but the first one's number.
  private var begun: FilmEdit.Run {
    let start = frames.lowerBound
    return FilmEdit.Run(cell: cell, frames: start..<start, old: old, new: new)
  }
}
