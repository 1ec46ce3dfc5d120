package import SPAEScreen

/// What a gallery hears: keys, the terminal's size, and what becomes known of its pictures.
package enum GalleryMessage: Sendable {
  case key(Key)
  case action(Action)
  /// A line as it is typed after a colon.
  case command(String)
  case resized(rows: Int, columns: Int)
  case cellsChanged(aspect: Double)
  case graphicsChanged(String)

  /// All pictures, in the order of their numbers, and their numbers in the order of their names.
  case listed([Gallery.Picture], byName: [Int])
  /// What some pictures have become.
  case changed([Int: Gallery.Picture])
  case progressed(GalleryProgress?)
  case unreadable([Gallery.Unreadable])
  /// The pictures that answer a question, the best first.
  case ranked(GalleryRanking, [Int])
  /// Why there is no answer.
  case notRanked(GalleryRanking, String)
  case notice(Notice)
}

/// What a gallery asks of the world, by who performs it.
package enum GalleryEffect: Hashable, Sendable {
  case terminal(GalleryTerminalEffect)
  case session(GallerySessionEffect)
}

/// What only the host of the gallery can do.
package enum GalleryTerminalEffect: Hashable, Sendable {
  /// Open a picture, by its number.
  case open(Int)
  case openFile(String)
  case chooseTheme(String)
  case chooseGraphics(String)
  case suspend
  case redraw
  case quit
}

/// What is asked of the library.
package enum GallerySessionEffect: Hashable, Sendable {
  case rank(GalleryRanking)
  /// Have the thumbnails of these pictures at hand, and no others.
  case show([Int])
}
