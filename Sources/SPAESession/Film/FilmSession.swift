import Dispatch
import Glibc
import SPAEEngine
import SPAEExplorer
import SPAEPixels
import SPAEPyramid
import SPAETerminal
import Synchronization

/// What a film needs beside what a picture does: its frames, and whoever plays them.
final class FilmSession: Sendable {
  let reel: FilmReel
  let player: FilmPlayer
  let painter: FilmPainter
  private let pictures: FilmPictures
  private let known = Mutex<PaintPlan?>(nil)
  private let mailbox: Mailbox<Message>
  private let scanning = DispatchQueue(label: "scan", qos: .utility)
  private let writing = DispatchQueue(label: "clip", qos: .utility)
  private let exact = DispatchQueue(label: "film pictures", qos: .userInitiated)
  /// Counts the pictures that were shown.
  private let shown = Mutex(0)
  /// Counts how often what is to be written was given up.
  private let writes = Mutex(0)

  init(_ reel: FilmReel, inUse: ModelInUse, mailbox: Mailbox<Message>) {
    (self.reel, self.mailbox) = (reel, mailbox)
    let painter = FilmPainter(reel) { mailbox.post(.film($0)) }
    self.painter = painter
    let pictures = FilmPictures(reel)
    self.pictures = pictures
    player = FilmPlayer(
      model: { inUse.model },
      moment: { frame, goesOn in
        reel.reach(frame)
        guard frame < reel.extent.frames else { return nil }
        // A frame that an edit paints is not shown without it.
        while painter.paints(frame) {
          guard goesOn() else { return nil }
          usleep(5000)
        }
        return try reel.moment(ofFrame: frame)
      },
      pictures: pictures,
      wake: { mailbox.wake() })
  }

  /// The plan of the state that was taken up last.
  var plan: PaintPlan? {
    get { known.withLock { $0 } }
    set { known.withLock { $0 = newValue } }
  }

  /// What is shown of a frame that was decoded. Where many frames before it are to be decoded too, that
  /// comes later, and first what its words decode to.
  func picture(
    of request: DecodeRequest, _ decoded: PixelImage,
    later: @escaping @Sendable (PixelImage) -> Void
  ) -> PixelImage {
    let number = showOther()
    guard let frame = request.frame,
      let missing = try? pictures.missing(before: frame, depth: request.depth)
    else { return decoded }
    if missing <= FilmPictures.near { return (try? exactPicture(of: request, decoded)) ?? decoded }
    exact.async { [self] in
      let picture = try? exactPicture(of: request, decoded) { shown.withLock { $0 } != number }
      guard let picture else { return }
      shown.withLock { if $0 == number { later(picture) } }
    }
    return decoded
  }

  /// What a frame shows, however many are to be decoded for it; nil once it is cancelled.
  func exactPicture(
    of request: DecodeRequest, _ decoded: PixelImage, isCancelled: () -> Bool = { false }
  ) throws -> PixelImage? {
    guard let frame = request.frame else { return decoded }
    return try pictures.picture(
      ofFrame: frame, words: request.pyramid, decoded: decoded, depth: request.depth,
      isCancelled: isCancelled)
  }

  /// All that is told of the frame that is shown; nil where there is none.
  func moment() throws -> FilmMoment? {
    let frame = reel.current
    var moment = try reel.moment(ofFrame: frame)
    if let frames = followed { moment?.edited.append(frames) }
    moment?.isPainted = !painter.paints(frame)
    return moment
  }

  /// The frames that the film has got since, in which an edit goes on.
  private var followed: Range<Int>? {
    let frames = reel.extent.frames
    guard let next = painter.pausedAt, next < frames else { return nil }
    return next..<(reel.endOfShot(next - 1) ?? frames)
  }

  /// Another picture is on the screen from now on: gives its number.
  @discardableResult
  func showOther() -> Int {
    shown.withLock { number in
      number += 1
      return number
    }
  }

  /// Frames that are read at once, before others may ask for theirs.
  private static let part = 500

  /// Reads on to the file's end in the background, and tells what is found.
  func scan() {
    scanning.async { [self] in
      while reel.scan(atMost: Self.part) { mailbox.post(.film(.extended(reel.extent))) }
      mailbox.post(.film(.extended(reel.extent)))
      if let notice = reel.notice { mailbox.post(.notice(Notice(notice, kind: .warning))) }
    }
  }

  /// Writes in the background; `body` gives what is told of it, and may ask whether it is given up.
  func write(_ body: @escaping @Sendable (_ isGivenUp: () -> Bool) -> [Message]) {
    let number = writes.withLock { $0 }
    writing.async { [self] in
      for message in body({ writes.withLock { $0 } != number }) { mailbox.post(message) }
    }
  }

  /// Gives up what waits to be written.
  func giveUpWriting() { writes.withLock { $0 += 1 } }

  /// Waits until a clip that is being written is whole.
  func finishClip() { writing.sync {} }

  func finish() {
    finishClip()
    scanning.sync {}
    painter.finish()
    player.finish()
    exact.sync {}
  }
}
