import SPAEExplorer
import SPAEScreen
import Testing

/// A library for the gallery: pictures of made-up words, and an answer to every effect at once.
struct GalleryWorld {
  var state: Gallery
  var effects: [GalleryEffect] = []
  /// What was asked of the terminal.
  var terminal: [GalleryTerminalEffect] {
    effects.compactMap { effect in
      if case .terminal(let effect) = effect { effect } else { nil }
    }
  }
  /// The thumbnails that are wanted now.
  var shown: [Int] {
    for case .session(.show(let numbers)) in effects.reversed() { return numbers }
    return []
  }
  /// Whether rankings wait for `answer`.
  var isSlow = false
  var questions: [GalleryRanking] = []

  static let words = [
    ["dog", "grass", "ball", "snout"], ["mountain", "sky", "snow"],
    ["sea", "ship", "sky", "cloud"],
    ["people", "street"], ["flower"], ["car", "road", "automobile", "wheel"],
  ]

  /// Pictures a.jpg, b.jpg ...; the first of them are encoded, and later ones are older.
  init(
    _ count: Int, encoded: Int = .max, rows: Int = 24, columns: Int = 80,
    graphics: String = "quadrants", dialect: Dialect = .keys
  ) {
    state = Gallery(
      title: "photos", dialect: dialect, size: (rows, columns), graphics: graphics)
    send(.resized(rows: rows, columns: columns))
    if count > 0 { send(.listed(Self.pictures(count, encoded: encoded), byName: Array(0..<count))) }
    send(.progressed(nil))
  }

  static func pictures(_ count: Int, encoded: Int) -> [Gallery.Picture] {
    (0..<count).map { number in
      var picture = Gallery.Picture(name: name(number), time: Int64(1000 - number))
      if number < encoded { (picture.words, picture.isEncoded) = (words[number % 6], true) }
      return picture
    }
  }

  static func name(_ number: Int) -> String {
    let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) }
    return number < 26 ? letters[number] + ".jpg" : "z\(100 + number).jpg"
  }

  mutating func type(_ keys: String) {
    do {
      for key in try Key.keys(from: keys) { send(.key(key)) }
    } catch {
      Issue.record(error)
    }
  }

  mutating func send(_ message: GalleryMessage) {
    let effects = update(&state, message)
    self.effects += effects
    for case .session(.rank(let question)) in effects {
      if isSlow { questions.append(question) } else { answer(question) }
    }
  }

  /// Those that have a word, or that begin with the same word as another.
  mutating func answer(_ question: GalleryRanking) {
    switch question {
    case .words("grasx"):
      send(.notRanked(question, "'grasx' is not in the vocabulary; like it: grass"))
    case .words(let text):
      send(
        .ranked(question, state.pictures.indices.filter { state.pictures[$0].words.contains(text) })
      )
    case .similarity(let number):
      let all = state.pictures.indices.filter { state.pictures[$0].isEncoded }
      send(
        .ranked(
          question, all.sorted { abs($0 % 6 - number % 6) < abs($1 % 6 - number % 6) }))
    }
  }

  var lines: [String] { view(state).screen.lines }
  var names: [String] { state.order.map { state.pictures[$0].name } }
  var selected: String? { state.selected.map { state.pictures[$0].name } }
  var notice: String? { state.notice?.text }
}
