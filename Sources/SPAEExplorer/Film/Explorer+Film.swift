import SPAEPyramid
import SPAESystem

extension Explorer {
  /// Whether a film runs.
  package var isPlaying: Bool { film?.isPlaying ?? false }

  /// Does what a key says to a film; a picture has no frames.
  mutating func performFilm(_ action: Action) -> [Effect] {
    guard let film else { return refuseFilm() }
    switch action {
    case .play: return film.isPlaying ? stopFilm() : startFilm()
    case .nextFrame: return step(to: film.frame + takeCount())
    case .previousFrame: return step(to: film.frame - takeCount())
    case .nextCut: return goToCut(takeCount())
    case .previousCut: return goToCut(-takeCount())
    case .faster: return setSpeed(film.speed * 2)
    case .slower: return setSpeed(film.speed / 2)
    default: return []
    }
  }

  private mutating func refuseFilm() -> [Effect] {
    say("\(document.file) is no film: it has no frames", .warning)
    return []
  }

  // MARK: Running

  private mutating func startFilm() -> [Effect] {
    guard let film else { return [] }
    guard film.extent.frames > 1 else {
      say("the film has one frame", .warning)
      return []
    }
    // At the end, it begins again.
    start(from: film.frame < film.last ? film.frame : 0)
    return []
  }

  private mutating func start(from frame: Int) {
    guard let film else { return }
    let wantedDepth = depth
    // A film that is not read to its end is played as far as it goes.
    let isOpen = !film.extent.isScanned && !film.loops
    self.film?.starts += 1
    self.film?.playback = FilmState.Playback(
      number: film.starts + 1, from: frame, speed: film.speed, loops: film.loops,
      frames: isOpen ? .max : film.extent.frames, depth: wantedDepth)
  }

  mutating func stopFilm() -> [Effect] {
    film?.playback = nil
    return []
  }

  private mutating func setSpeed(_ wanted: Double) -> [Effect] {
    guard let film else { return refuseFilm() }
    let speed = min(max(wanted, Self.slowest), Self.fastest)
    self.film?.speed = speed
    if film.isPlaying { start(from: film.frame) }
    let rate = decimal(film.rate.framesPerSecond * speed, 2)
    say("speed \(decimal(speed, 2)): \(rate) frames a second")
    return []
  }

  private static let slowest = 0.0625
  private static let fastest = 16.0

  /// What the state lacks of its film: it runs as it should, or not at all.
  mutating func filmWants() -> [Effect] {
    guard let film else { return [] }
    if film.isPlaying, mode.stopsFilm { self.film?.playback = nil }
    if let playback = self.film?.playback, playback.depth != depth { start(from: film.frame) }
    let wanted = self.film?.playback
    guard wanted != film.requested else { return [] }
    self.film?.requested = wanted
    // A frame that rests is shown as it is, even if some were dropped before it.
    if wanted == nil { requested = nil }
    return [.session(.film(wanted.map { .play($0) } ?? .stop))]
  }

  // MARK: Going to a frame

  mutating func goTo(frame: Int) -> [Effect] {
    film?.playback = nil
    return [.session(.film(.show(frame: frame)))]
  }

  private mutating func step(to wanted: Int) -> [Effect] {
    guard let film else { return [] }
    self.film?.playback = nil
    let frame = min(max(0, wanted), film.last)
    if frame == film.frame {
      say(wanted < frame ? "this is the first frame" : "this is the last frame")
      // A film that is still written may have more by now.
      return wanted > frame ? [.session(.film(.show(frame: wanted)))] : []
    }
    return [.session(.film(.show(frame: frame)))]
  }

  private mutating func goToCut(_ steps: Int) -> [Effect] {
    guard let film else { return [] }
    let cuts = film.extent.cuts
    let ahead = cuts.filter { $0 > film.frame }
    let behind = Array(cuts.filter { $0 < film.frame }.reversed())
    let way = steps > 0 ? ahead : behind
    guard !way.isEmpty else {
      say(steps > 0 ? "no cut follows" : "no cut comes before")
      return []
    }
    return step(to: way[min(abs(steps), way.count) - 1])
  }

  // MARK: Commands

  /// `:frame N`, counted from 1, or the last one there is; without a number it says where the film is.
  mutating func goToFrame(_ argument: String) -> [Effect] {
    guard film != nil else { return refuseFilm() }
    guard !argument.isEmpty else {
      say(frameInWords)
      return []
    }
    guard let number = Int(argument) else { return refuse(.frame) }
    guard number >= 1 else {
      say("no frame \(number): frames are counted from 1", .error)
      return []
    }
    // A film that is still written may have more by now; of others the last one is shown.
    return goTo(frame: number - 1)
  }

  /// `:speed 2` or `:speed 0.5`; without a number the film's own.
  mutating func chooseSpeed(_ argument: String) -> [Effect] {
    guard film != nil else { return refuseFilm() }
    if argument.isEmpty { return setSpeed(1) }
    guard let speed = Double(argument), speed.isFinite else { return refuse(.speed) }
    guard (Self.slowest...Self.fastest).contains(speed) else {
      say("no speed \(argument): from 0.0625 to 16 times the film's own", .error)
      return []
    }
    return setSpeed(speed)
  }

  mutating func toggleLoop() -> [Effect] {
    guard let film else { return refuseFilm() }
    self.film?.loops.toggle()
    if film.isPlaying { start(from: film.frame) }
    say(film.loops ? "the film ends at its end" : "the film begins again at its end")
    return []
  }

  /// "frame 12 of 240, 0:00.44, 35 words change".
  package var frameInWords: String {
    guard let film else { return "" }
    let words = "\(film.changed) word\(film.changed == 1 ? " changes" : "s change")"
    return "frame \(film.frame + 1) of \(film.extent.frames)"
      + (film.extent.isScanned ? "" : " or more")
      + ", \(filmTime(film.rate.seconds(toFrame: film.frame))), \(words)"
  }

  /// "frame 12/240  0:00.44", for the title.
  var filmTitle: String? {
    film.map { film in
      "frame \(film.frame + 1)/\(film.extent.frames)"
        + (film.isPainted ? "" : " not painted yet")
        + "  \(filmTime(film.rate.seconds(toFrame: film.frame)))"
    }
  }

  /// Whether a name is that of a clip, which a film's frames are written as.
  func isClip(_ target: String) -> Bool {
    film != nil && Self.clipEndings.contains { target.lowercased().hasSuffix("." + $0) }
  }

  static let clipEndings = [
    "apng", "avi", "gif", "m4v", "mkv", "mov", "mp4", "webm", "webp", "y4m",
  ]

  // MARK: News

  mutating func hear(_ news: FilmNews) -> [Effect] {
    switch news {
    case .shown(let moment): take(moment)
    case .reached(let frame):
      return film?.frame == frame && !isPlaying ? [.session(.film(.look))] : []
    case .played(let moment, let picture):
      guard isPlaying else { return [] }
      take(moment)
      requested = request
      decoded = picture
    case .extended(let extent):
      film?.extent = extent
      if let film, let playback = film.playback, playback.loops, playback.frames != extent.frames {
        start(from: film.frame)
      }
    case .ended(let report):
      film?.playback = nil
      film?.requested = nil
      requested = nil
      say(report)
    case .painting(let done, let all, let state):
      // What was painted for a state that was left since is nothing to wait for.
      guard state == history.state else { return [] }
      if keysAhead != nil {
        sayWhatWaits(": \(done) of \(all)")
      } else {
        mention("painting the frames ahead: \(done) of \(all)" + leavesThen)
      }
    case .painted(let state):
      guard state == history.state else { return [] }
      mention("the frames ahead are painted")
      return [.session(.film(.keepPainted))]
    case .notPainted(let reason):
      keysAhead = nil
      tell(Notice("the frames ahead are not painted: \(reason)", kind: .error))
    case .writing(let text): say(text)
    case .waits(let text):
      film?.filesToWrite += 1
      say(text)
    case .due(let request):
      film?.filesToWrite -= 1
      return request.map { [.session(.film($0))] } ?? []
    }
    return []
  }

  /// What is told beside the progress to somebody who has left already.
  private var leavesThen: String {
    guard quitsWhenSaved || discardsWhenSaved else { return "" }
    return ", then leaves; \(dialect.command(.quit, forced: true)) leaves at once"
  }

  /// Says what nobody waits for, unless something else is to be read.
  mutating func mention(_ text: String) {
    if case .leaving = mode { return }
    if notice.map({ $0.kind == .plain }) ?? true { say(text) }
  }

  private mutating func take(_ moment: FilmMoment) {
    defer { if dialect == .lines, notice == nil { say(frameInWords) } }
    pyramid = moment.pyramid
    saved = moment.saved
    film?.frame = moment.frame
    film?.changed = moment.changed
    film?.extent = moment.extent
    film?.edited = moment.edited
    film?.isDirty = moment.isDirty
    film?.isPainted = moment.isPainted
    film?.version = moment.version
    releaseKeysAhead()
  }
}

extension Mode {
  /// Whether what is begun works on the frame that is shown, so that the film must rest.
  fileprivate var stopsFilm: Bool {
    switch self {
    case .browsing, .typing, .help, .reading: false
    case .block, .picking, .history, .filling, .leaving: true
    }
  }
}

/// A time as minutes, seconds and hundredths: `0:04.25`.
func filmTime(_ seconds: Double) -> String {
  let hundredths = Int((seconds * 100).rounded())
  let (minutes, rest) = (hundredths / 6000, hundredths % 6000)
  let padded = { (number: Int) in (number < 10 ? "0" : "") + "\(number)" }
  let end = "\(padded(rest / 100)).\(padded(rest % 100))"
  return minutes < 60 ? "\(minutes):\(end)" : "\(minutes / 60):\(padded(minutes % 60)):\(end)"
}
