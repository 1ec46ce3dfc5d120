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
  private let view = Mutex(FilmView())
  private let known = Mutex<PaintPlan?>(nil)
  private let mailbox: Mailbox<Message>
  private let scanning = DispatchQueue(label: "scan", qos: .utility)
  private let writing = DispatchQueue(label: "clip", qos: .utility)
  /// Counts how often what is to be written was given up.
  private let writes = Mutex(0)

  init(_ reel: FilmReel, inUse: ModelInUse, mailbox: Mailbox<Message>) {
    (self.reel, self.mailbox) = (reel, mailbox)
    let painter = FilmPainter(reel) { mailbox.post(.film($0)) }
    self.painter = painter
    player = FilmPlayer(
      model: { inUse.model },
      moment: { frame, goesOn in
        reel.reach(frame)
        // A frame that an edit paints is not shown without it.
        while painter.paints(frame) {
          guard goesOn() else { return nil }
          usleep(5000)
        }
        return try reel.moment(ofFrame: frame)
      },
      steady: { try reel.shown(ofFrame: $0)?.steady ?? 0 },
      wake: { mailbox.wake() })
  }

  /// The plan of the state that was taken up last.
  var plan: PaintPlan? {
    get { known.withLock { $0 } }
    set { known.withLock { $0 = newValue } }
  }

  /// What is shown of a frame that was decoded.
  func picture(of request: DecodeRequest, _ decoded: PixelImage) -> PixelImage {
    guard let frame = request.frame, let shown = try? reel.shown(ofFrame: frame) else {
      return decoded
    }
    let cuts = reel.extent.cuts
    return view.withLock { view in
      view.picture(
        ofFrame: frame, decoded: decoded, depth: request.depth, steady: shown.steady, cuts: cuts)
    }
  }

  /// Begins to play after what is on the screen.
  func play(_ playback: FilmState.Playback) {
    player.play(playback, after: view.withLock { $0 })
  }

  /// What a film that runs shows.
  func show(_ view: FilmView) { self.view.withLock { $0 = view } }

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
  }
}
