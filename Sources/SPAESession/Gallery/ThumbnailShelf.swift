package import SPAEPixels
package import SPAETerminal

/// The thumbnails that are kept, and which of them are of the words that their pictures have now.
package struct ThumbnailShelf {
  package private(set) var thumbnails: [Int: Thumbnail] = [:]
  /// Those of a picture's words, not only of its colours.
  private var finished: Set<Int> = []
  /// Those that are drawn just now, of words that are still a picture's.
  private var drawn: Set<Int> = []
  private var version = 0

  package init() {}

  package func isFinished(_ number: Int) -> Bool { finished.contains(number) }

  /// Keeps these alone.
  package mutating func keep(only numbers: Set<Int>) {
    thumbnails = thumbnails.filter { numbers.contains($0.key) }
    finished.formIntersection(numbers)
  }

  /// The words of some pictures are others now; what is drawn of the former ones is none of theirs.
  package mutating func forget(_ numbers: [Int]) {
    finished.subtract(numbers)
    drawn.subtract(numbers)
  }

  /// A picture's words are about to be read, to draw them.
  package mutating func begin(_ number: Int) { drawn.insert(number) }

  /// Takes what was drawn of the words that were read.
  package mutating func put(_ image: PixelImage, _ number: Int) {
    sketch(image, number)
    if drawn.remove(number) != nil { finished.insert(number) }
  }

  /// Takes what stands there until that is drawn.
  package mutating func sketch(_ image: PixelImage, _ number: Int) {
    version += 1
    thumbnails[number] = Thumbnail(image: image, version: version)
  }
}
