import SPAEScreen

/// The state of a gallery: a plain value, changed by `update` alone and drawn by `view`.
package struct Gallery: Sendable {
  /// A picture, or a file of words.
  package struct Picture: Hashable, Sendable {
    /// The path below the folder, as it is shown.
    package var name: String
    /// When the file was changed, in nanoseconds since 1970.
    package var time: Int64
    /// Its words, the weightiest first; none while it waits for them.
    package var words: [String] = []
    /// Whether its words are known.
    package var isEncoded = false
    /// Why its words are not known, where they never will be.
    package var note: String?
    /// The same as short as words beneath a picture.
    package var label: String?
    /// Whether it is shown: its file is still there, and can be read.
    package var isListed = true

    package init(name: String, time: Int64) { (self.name, self.time) = (name, time) }
  }

  /// A file that has no words, and why.
  package struct Unreadable: Hashable, Sendable {
    package var name: String
    package var reason: String

    package init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
  }

  package enum Sorting: String, CaseIterable, Hashable, Sendable {
    case name, date
    case similarity = "likeness"
  }

  package enum Mode: Hashable, Sendable {
    case browsing
    case typing(Kind, LineEditor)
    case help(HelpList)
    case reading(Reading)

    package enum Kind: Hashable, Sendable { case command, search }
  }

  /// What the gallery is of, as a person named it.
  package let title: String
  package let dialect: Dialect
  package let keymap: Keymap

  /// Every picture that was ever listed; its place is its number.
  package internal(set) var pictures: [Picture] = []
  /// The pictures by their names, and those of them that are shown, in their order.
  var byName: [Int] = []
  package internal(set) var order: [Int] = []
  /// The place of the selected picture in the order.
  package internal(set) var selection = 0
  /// The first row of thumbnails in sight.
  var firstRow = 0
  /// A person has chosen a picture: it stays selected when others come.
  var hasMoved = false

  package internal(set) var sorting = Sorting.name
  /// The words by which the pictures are ranked.
  package internal(set) var search: String?
  /// The pictures of the search, or by likeness, as the library ranked them.
  var ranked: [Int] = []
  /// What is ranked now; the answer to another question is not heard.
  var asked: GalleryRanking?
  /// Whether that was answered before, of fewer pictures.
  var asksAgain = false
  /// How many pictures have got words since they were ranked.
  var unranked = 0
  /// Where the selection was before the search.
  var picturesBefore: Int?

  package internal(set) var unreadable: [Unreadable] = []
  /// How many files of how many are encoded; nil when all is done.
  package internal(set) var progress: GalleryProgress? = GalleryProgress(done: 0, total: 0)

  package internal(set) var mode = Mode.browsing
  package internal(set) var notice: Notice?
  /// What was said since the program began, the oldest first.
  package var messages: [Notice] = []
  package internal(set) var size: (rows: Int, columns: Int)
  /// The height of a character over its width.
  package internal(set) var cellAspect: Double
  package internal(set) var graphics: String
  /// One of `GalleryLayout.widths`.
  var width = GalleryLayout.standardWidth
  var count: Int?
  var pendingKeys: [Key] = []
  var commandHistory: [String] = []
  var recalled = 0
  /// The thumbnails that were asked for last.
  var requested: [Int] = []

  package init(
    title: String, dialect: Dialect = .keys, keymap: Keymap = .standard,
    size: (rows: Int, columns: Int), cellAspect: Double = 2, graphics: String = "none"
  ) {
    (self.title, self.dialect, self.keymap, self.size) = (title, dialect, keymap, size)
    (self.cellAspect, self.graphics) = (cellAspect, graphics)
  }
}

/// By what pictures are ranked.
package enum GalleryRanking: Hashable, Sendable {
  case words(String)
  case similarity(to: Int)
}

/// How many pictures are encoded.
package struct GalleryProgress: Hashable, Sendable {
  package var done: Int
  package var total: Int

  package init(done: Int, total: Int) { (self.done, self.total) = (done, total) }
}

// MARK: What follows from the state

extension Gallery {
  /// The number of the selected picture.
  package var selected: Int? { order.indices.contains(selection) ? order[selection] : nil }

  /// Where a picture of the order is, counted from 1, and of how many.
  package var place: Turn.Place? {
    selected == nil ? nil : Turn.Place(number: selection + 1, count: order.count)
  }

  package var context: Context {
    switch mode {
    case .browsing: .gallery
    case .typing: .typing
    case .help: .help
    case .reading: .reading
    }
  }

  package var layout: GalleryLayout {
    GalleryLayout(
      rows: size.rows, columns: size.columns, aspect: cellAspect, width: width)
  }

  /// Whether pictures are pixels over the characters.
  var drawsPixels: Bool { graphics == "kitty" || graphics == "sixel" }
}

extension Gallery.Picture {
  /// Whether it may get words yet.
  var isWaiting: Bool { !isEncoded && note == nil }

  /// Why it has no words.
  var lack: String { note ?? "not encoded yet" }
}
