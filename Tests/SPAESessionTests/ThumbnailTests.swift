import SPAEPixels
import SPAESession
import SPAETerminal
import Testing

@Suite("The thumbnails that are kept")
struct ThumbnailSuite {
  private let image = PixelImage(width: 8, height: 8, colour: .white)

  @Test("are not those of words that a picture had before")
  func former() {
    var shelf = ThumbnailShelf()
    shelf.begin(4)
    shelf.forget([4])
    shelf.put(image, 4)
    #expect(shelf.thumbnails[4] != nil && !shelf.isFinished(4))
    shelf.begin(4)
    shelf.put(image, 4)
    #expect(shelf.isFinished(4))
  }

  @Test("are drawn again in place of colours, and kept as long as they are asked for")
  func kept() {
    var shelf = ThumbnailShelf()
    shelf.sketch(image, 4)
    #expect(!shelf.isFinished(4))
    shelf.begin(4)
    shelf.put(image, 4)
    #expect(shelf.thumbnails[4]?.version == 2)
    shelf.keep(only: [5])
    #expect(shelf.thumbnails.isEmpty && !shelf.isFinished(4))
  }
}
