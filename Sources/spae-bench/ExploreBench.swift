import Foundation
import Glibc
import SPAESystem

/// The explorer in a pseudo-terminal: from a key to the last byte of the picture that it changes.
///
/// The keys come as fast as a keyboard repeats them. Each round changes a word, takes that back,
/// tries two words in the picker and leaves it, and goes on to the next word. Where edits paint, a
/// round only tries the two words: the other keys paint nothing.
final class ExploreBench {
  enum Terminal: String, CaseIterable {
    case sixel, kitty, quadrants

    /// What such a terminal answers when it is asked what it can do.
    fileprivate var answers: String {
      switch self {
      case .sixel: "\u{1B}[?1;0;256S\u{1B}[6;20;10t\u{1B}[?62;4c"
      case .kitty: "\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[6;20;10t\u{1B}[?62c"
      case .quadrants: "\u{1B}[6;20;10t\u{1B}[?62c"
      }
    }

    /// What ends a picture; blocks are known by the first two of their three bytes.
    fileprivate var mark: [UInt8] {
      self == .quadrants ? [0xE2, 0x96] : Array("\u{1B}8\u{1B}[?2026l".utf8)
    }
  }

  struct Figures: Encodable {
    let terminal: String
    /// Whether the words that are tried paint what they say, or change nothing but themselves.
    let paints: Bool
    /// Keys that changed the picture.
    let edits: Int
    let medianMilliseconds: Double
    let p99Milliseconds: Double
    let slowestMilliseconds: Double
    let bytesPerEdit: Int
    /// Of one processor, over ten seconds without a key.
    let idlePercent: Double
    /// After so many edits as above, and after those that only fill the memory.
    let residentKilobytes: [Int]
    let soakEdits: Int

    var line: String {
      let name = (terminal + (paints ? ", paints" : ""))
        .padding(toLength: 20, withPad: " ", startingAt: 0)
      let times = String(
        format: "p50 %.1f ms, p99 %.1f ms, slowest %.1f ms", medianMilliseconds, p99Milliseconds,
        slowestMilliseconds)
      let memory = residentKilobytes.map { "\($0 / 1024) MiB" }.joined(separator: " then ")
      return "\(name)\(times), \(edits) edits of \(bytesPerEdit) bytes;"
        + String(format: " idle %.3f %%;", idlePercent) + " memory \(memory)"
    }
  }

  private static let (rows, columns) = (40, 120)
  private static let cell = (width: 10, height: 20)
  /// As fast as a keyboard repeats.
  private static let pace = Duration.milliseconds(33)
  /// A picture that has not come by now will not come: the word made the same one.
  private static let patience = Duration.milliseconds(220)
  private static let idle = 10.0

  private let kind: Terminal
  private let paints: Bool
  private let terminal: PseudoTerminal
  private var (times, bytes): ([Double], Int) = ([], 0)
  private var tail: [UInt8] = []

  init(
    _ kind: Terminal, paints: Bool, picture: String, model: String?, state: String
  ) throws {
    self.kind = kind
    self.paints = paints
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("spae").path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw Failure("\(program): no program to measure; build it with make build")
    }
    var command = [program, "explore", picture]
    if let model { command += ["--model", model] }
    let environment = [
      "TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "truecolor", "HOME": state,
      "XDG_STATE_HOME": state, "PATH": "/usr/bin:/bin",
    ]
    terminal = try PseudoTerminal(
      command, environment: environment, rows: Self.rows, columns: Self.columns, cell: Self.cell)
  }

  /// Measures so many edits, the rest afterwards, and so many edits for the memory alone.
  func figures(edits: Int, soak: Int) throws -> Figures {
    try begin()
    try play(edits: edits)
    let (times, bytes) = (times, bytes)
    var memory = [resident]
    let percent = try idlePercent()
    for _ in 0..<soak / 2 {
      for key in ["x", "u"] { try press(key, isMeasured: true, pace: .zero) }
    }
    if soak > 0 { memory.append(resident) }
    return Figures(
      terminal: kind.rawValue, paints: paints, edits: times.count,
      medianMilliseconds: times.percentile(50), p99Milliseconds: times.percentile(99),
      slowestMilliseconds: times.percentile(100), bytesPerEdit: bytes / times.count,
      idlePercent: percent, residentKilobytes: memory, soakEdits: soak)
  }

  // MARK: Keys

  /// Answers the question, waits for the first picture, and goes to a layer of many words.
  private func begin() throws {
    let deadline = ContinuousClock.now + .seconds(20)
    var asked: [UInt8] = []
    while !asked.suffix(3).elementsEqual("\u{1B}[c".utf8) {
      guard let bytes = try terminal.read(until: deadline) else {
        throw Failure("the explorer does not ask what the terminal can do")
      }
      asked += bytes
    }
    try terminal.send(Array(kind.answers.utf8))
    guard try pictureArrives(until: deadline) != nil else {
      throw Failure("the explorer draws no picture: \(String(decoding: tail, as: UTF8.self))")
    }
    try settle(.milliseconds(600))
    if !paints { try press("E") }
    try press("4G")
  }

  private func play(edits: Int) throws {
    var round = 0
    while times.count < edits, round < edits {
      if !paints { for key in ["x", "u"] { try press(key, isMeasured: true) } }
      try press("s")
      try settle(.milliseconds(100))
      for key in ["\u{1B}[B", "\u{1B}[B"] { try press(key, isMeasured: true) }
      try press("\u{3}", isMeasured: !paints)
      if paints { try settle(.milliseconds(100)) }
      // Eight words in a row, eight rows.
      round += 1
      for key in round % 8 == 0 ? ["0", round % 64 == 0 ? "8k" : "j"] : ["l"] {
        try press(key)
        try settle(.milliseconds(40))
      }
    }
    guard !times.isEmpty else { throw Failure("no key changes the picture") }
  }

  private func press(
    _ key: String, isMeasured: Bool = false, pace: Duration = ExploreBench.pace
  ) throws {
    let start = ContinuousClock.now
    try terminal.send(Array(key.utf8))
    guard isMeasured else { return }
    if let end = try pictureArrives(until: start + Self.patience) {
      times.append((end - start) / Duration.milliseconds(1))
    }
    while try take(until: start + pace) != nil {}
  }

  /// Reads until the program has been silent for so long.
  private func settle(_ silence: Duration) throws {
    while try take(until: .now + silence) != nil {}
  }

  // MARK: Pictures

  /// When the last byte of the next picture was read; nil when none came.
  private func pictureArrives(
    until deadline: ContinuousClock.Instant
  ) throws -> ContinuousClock.Instant? {
    var end: ContinuousClock.Instant?
    // Blocks have no end: they are at an end when no more of them come.
    while let hasMark = try take(until: end.map { $0 + .milliseconds(3) } ?? deadline) {
      if hasMark { end = .now }
      if hasMark, kind != .quadrants { break }
    }
    return end
  }

  /// Takes what is written next; whether a picture, or a part of one, ends in it.
  private func take(until deadline: ContinuousClock.Instant) throws -> Bool? {
    guard let read = try terminal.read(until: deadline) else { return nil }
    bytes += read.count
    let seen = tail + read
    tail = Array(seen.suffix(kind.mark.count - 1))
    return seen.holds(kind.mark)
  }

  // MARK: The process

  private func idlePercent() throws -> Double {
    try settle(.seconds(1))
    let before = processorNanoseconds
    let end = ContinuousClock.now + .seconds(Self.idle)
    while try terminal.read(until: end) != nil {}
    return Double(processorNanoseconds - before) / (Self.idle * 1e9) * 100
  }

  /// What all threads have used, those that have ended too: finer than the ticks in `stat`.
  private var processorNanoseconds: Int {
    var (clock, time) = (clockid_t(), timespec())
    guard unsafe clock_getcpuclockid(terminal.process, &clock) == 0,
      unsafe clock_gettime(clock, &time) == 0
    else { return 0 }
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Resident memory in KiB.
  private var resident: Int {
    let path = "/proc/\(terminal.process)/status"
    let status = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }
}

extension [UInt8] {
  /// Whether a few bytes are in it one after the other.
  fileprivate func holds(_ mark: [UInt8]) -> Bool {
    var rest = self[...]
    while let start = rest.firstIndex(of: mark[0]) {
      if self[start...].starts(with: mark) { return true }
      rest = self[(start + 1)...]
    }
    return false
  }
}
