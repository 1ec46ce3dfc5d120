package import Foundation
package import SPAEPyramid

/// One state of a document that was ever accepted: it is never changed, and no edit removes it.
package struct Revision: Hashable, Sendable, Identifiable {
  /// The revision's number within its document, from 1; a child's is greater than its parent's.
  package let id: Int
  /// The revision it was made from; nil for the first.
  package let parent: Int?
  /// When it was made, as the clock said. Order is by `id`: clocks are set back.
  package let time: Date
  /// What was done: "open", "replace", "outside change".
  package let verb: String
  /// What a person calls it.
  package var name: String?
  /// What it changed in its parent; empty for the first.
  package let edit: Edit

  /// Whether it holds what the program found, and not what it did.
  var isFound: Bool { parent == nil || ["outside change", "another model"].contains(verb) }
}

/// A document that the store knows.
package struct HistoryDocument: Hashable, Sendable, Identifiable {
  package let id: Int
  /// Where its file was seen last.
  package let path: String
  /// The latent grid.
  package let grid: GridSize
  /// The SHA-256 of the vocabulary whose words the numbers are; empty where it was lost.
  package let vocabulary: String
  /// What it was made from, such as a picture's name.
  package let label: String
  package let created: Date
  /// The revision that was moved to last, by any process.
  package let head: Int
  /// The revision that the file holds.
  package let saved: Int
}

/// The place of a revision in the whole store: the document's number above, its own below.
struct RevisionKey: Hashable {
  let document: Int
  let number: Int

  init(_ document: Int, _ number: Int) {
    self.document = document
    self.number = number
  }

  init(raw: Int64) {
    document = Int(raw >> 32)
    number = Int(raw & 0xFFFF_FFFF)
  }

  /// Numbers from elsewhere stay below: half of what a key holds is left for what follows.
  static let numbers = 1...Int(Int32.max)

  var raw: Int64 { Int64(document) << 32 | Int64(number) }
}

extension Date {
  /// Microseconds since 1970, as the store keeps time; the nearest there is for a time beyond them.
  var microseconds: Int64 {
    let exact = (timeIntervalSince1970 * 1e6).rounded()
    return Int64(exactly: exact) ?? (exact > 0 ? .max : .min)
  }

  init(microseconds: Int64) {
    self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
  }
}
