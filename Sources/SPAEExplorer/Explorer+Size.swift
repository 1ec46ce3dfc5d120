package import SPAEPyramid
import SPAEScreen

/// The size that a picture is opened in, and another that is being prepared.
package struct SizeChoice: Hashable, Sendable {
  /// What the settings ask for, until it is looked at.
  package var wish: PictureSize?
  /// The pixels of the source's shorter side; nil where it is not known.
  package var source: Int?
  /// The pixels of the pane for each character: across and down.
  package var cell: (width: Int, height: Int) {
    get { (cellWidth, cellHeight) }
    set { (cellWidth, cellHeight) = newValue }
  }
  private var cellWidth = 1
  private var cellHeight = 1
  /// The size that is being encoded.
  var awaited: Int?
  /// The size that is ready.
  var ready: Int?

  package init(wish: PictureSize? = nil, source: Int? = nil) {
    (self.wish, self.source) = (wish, source)
  }
}

extension Explorer {
  /// The pixels of the picture's shorter side.
  private var side: Int { min(document.width, document.height) }

  /// Encodes the picture in another size, or tells which it has.
  mutating func chooseSize(_ text: String) -> [Effect] {
    guard !text.isEmpty else {
      say("the picture has \(side) pixels along its shorter side; it can have \(PictureSize.names)")
      return []
    }
    guard let size = PictureSize(text) else {
      say("size is '\(text)'; it can be \(PictureSize.names)", .error)
      return []
    }
    guard document.hasOriginal else {
      say("only words were opened: another size needs the picture they came from", .warning)
      return []
    }
    let pixels = pixels(of: size)
    guard pixels != side else {
      say("the picture has \(pixels) pixels already")
      return []
    }
    return prepare(pixels)
  }

  private mutating func prepare(_ pixels: Int) -> [Effect] {
    sizes.awaited = pixels
    mention("encoding at \(pixels) pixels ...")
    return [.session(.prepare(size: pixels))]
  }

  private func pixels(of size: PictureSize) -> Int {
    switch size {
    case .pixels(let pixels): pixels
    case .automatic: largestUseful
    }
  }

  /// The largest size of 128 on whose pixels the picture has and the pane shows.
  private var largestUseful: Int {
    let box = Layout(self).image
    let pane = min(box.columns * sizes.cell.width, box.rows * sizes.cell.height)
    let most = min(pane, sizes.source ?? 128)
    return PictureSize.sizes.last { $0 <= most && $0 > 128 } ?? 128
  }

  /// How far the encoding is.
  mutating func hear(share: Double, ofSize pixels: Int) -> [Effect] {
    guard sizes.awaited == pixels else { return [] }
    mention("encoding at \(pixels) pixels, \(Int(share * 100)) %")
    return []
  }

  mutating func take(size pixels: Int) -> [Effect] {
    guard sizes.awaited == pixels else { return [] }
    (sizes.awaited, sizes.ready) = (nil, pixels)
    return []
  }

  mutating func giveUpSize(_ pixels: Int, because reason: String) -> [Effect] {
    guard sizes.awaited == pixels else { return [] }
    sizes.awaited = nil
    tell(Notice(reason, kind: .error))
    return []
  }

  /// Stays at the size that is shown; false where no other is on its way.
  mutating func keepSize() -> Bool {
    guard sizes.awaited != nil else { return false }
    sizes.awaited = nil
    say("the picture stays at \(side) pixels")
    return true
  }

  /// What the settings ask for once the picture is there, and the change to a size that is ready, when
  /// nothing else is in hand, and no question waits for its answer: it would end with this size.
  mutating func wantsSize() -> [Effect] {
    if let size = sizes.ready, mode == .browsing, !isPending, consultation == nil {
      sizes.ready = nil
      return go(.size(size))
    }
    guard let wish = sizes.wish, decoded != nil else { return [] }
    sizes.wish = nil
    let pixels = pixels(of: wish)
    guard document.hasOriginal, pixels != side else { return [] }
    return prepare(pixels)
  }

  /// Goes on where a person was, in the same picture of another size.
  package mutating func resume(from other: Explorer, saying notice: Notice) {
    if shape.contains(other.cursor) { cursor = other.cursor }
    (focus, picture, crop, isFullScreen) =
      (other.focus, other.picture, other.crop, other.isFullScreen)
    messages = [notice]
    recall(other.memory)
    if picture == .comparison { picture = .decoded }
    sizes.wish = nil
    self.notice = notice
  }
}
