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
  /// The verb without what it tells of single cells, which the changes tell.
  private var named: String {
    ["edit", "bring"].first { verb.hasPrefix($0 + ": ") } ?? verb
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
