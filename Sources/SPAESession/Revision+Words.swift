import Foundation
import SPAEHistory
package import SPAEPyramid

extension Revision {
  /// What was done, with its first changes: "edit: 3 (1,2) muzzle > kitten, and 3 more".
  package func summary(vocabulary: Vocabulary, shape: PyramidShape) -> String {
    guard let first = edit.changes.first else { return verb }
    let verb = named
    let cell = shape.cell(at: first.index)
    var text = "\(verb): \(cell.layer) (\(cell.row + 1),\(cell.column + 1))"
    text += " \(vocabulary[first.old]) > \(vocabulary[first.new])"
    let more = edit.changes.count - 1
    return more == 0 ? text : text + ", and \(more) more"
  }
}

extension Revision {
  /// The verb without what it tells of single cells, which the changes tell, and of how a wish was
  /// granted; of many edits the first.
  var named: String {
    if let short = ["edit", "bring"].first(where: { verb.hasPrefix($0 + ": ") }) { return short }
    let edits = verb.components(separatedBy: "; ")
    if verb.hasPrefix("revise: ") {
      return edits[0].components(separatedBy: ": ").prefix(2).joined(separator: ": ")
    }
    return edits.count < 3 ? verb : "\(edits[0]) and \(edits.count - 1) more"
  }
}

extension Date {
  /// How long ago, or the day and time when it is long.
  func inWords(now: Date) -> String {
    let seconds = Int(now.timeIntervalSince(self))
    switch seconds {
    case ..<5: return "now"
    case ..<60: return "\(seconds) s ago"
    case ..<3600: return "\(seconds / 60) min ago"
    case ..<86400: return "\(seconds / 3600) h ago"
    default: return formatted(.iso8601.year().month().day().dateSeparator(.dash))
    }
  }
}
