import Glibc

/// Feeds every parser damaged files: each must be read or refused, soon and in bounded memory.
///
///     spae-fuzz            every parser
///     spae-fuzz png        one parser, with each case named before it is read, to find a crash
///
/// Run from the top of the repository. Bad accesses are the sanitizers' to report.
@main struct Fuzz {
  private static let mutations = 2000

  /// What one input may take of a processor, on a slow one and with the sanitizers' checks: a parser
  /// that is not linear would take minutes.
  private static let longest: Duration = .seconds(10)

  /// What may be resident at the peak, in KiB, beyond what was resident before its first input:
  /// 512 MiB, an eighth of that for the address sanitizer's shadow, and 64 MiB that it holds back
  /// before freed memory is used again (`quarantine_size_mb`).
  private static let mostMemory = (512 + 64 + 64) << 10

  private let verbose: Bool
  private var allowedPeak = 0
  /// What the slowest input of the present subject took.
  private var slowest = Duration.zero
  private var passed = 0
  private var failures: [String] = []

  static func main() throws {
    let wanted = CommandLine.arguments.dropFirst().first
    let subjects =
      try Subject.pyramids() + Subject.films() + Subject.models(root: ".")
      + Subject.examples(root: ".")
      + Subject.screens(root: ".")
      + Subject.inputs(root: ".") + Subject.pictures(root: ".") + Subject.clips(root: ".")
    var fuzz = Fuzz(verbose: wanted != nil)
    for subject in subjects where wanted == nil || wanted == subject.name { fuzz.feed(subject) }
    fuzz.failures.forEach { print($0) }
    print("\(fuzz.passed) passed, \(fuzz.failures.count) failed")
    exit(fuzz.failures.isEmpty && fuzz.passed > 0 ? 0 : 1)
  }

  private init(verbose: Bool) {
    self.verbose = verbose
  }

  /// The fixtures themselves, all their beginnings, the hostile inputs and the mutations.
  private mutating func feed(_ subject: Subject) {
    let before = (passed, failures.count)
    slowest = .zero
    // The parsers before it have left memory with the allocator, which is not this one's.
    allowedPeak = max(peakMemory(), residentMemory() + Self.mostMemory)
    var (truncations, read) = (0, 0)
    for (index, fixture) in subject.fixtures.enumerated() {
      expectRead(fixture, subject, "fixture \(index)")
      for count in 0..<fixture.count {
        truncations += 1
        let start = Array(fixture.prefix(count))
        if accepts(start, subject, "fixture \(index) cut to \(count) bytes") { read += 1 }
      }
    }
    for (index, bytes) in subject.hostile.enumerated() {
      if accepts(bytes, subject, "hostile \(index)") { read += 1 }
    }
    var mutator = Mutator(fixtures: subject.fixtures, tokens: subject.tokens, seed: subject.seed)
    for index in 0..<Self.mutations {
      let bytes = mutator.next()
      let input = index.isMultiple(of: 2) ? bytes : subject.mend(bytes)
      if accepts(input, subject, "seed \(subject.seed), mutation \(index)") { read += 1 }
    }
    print(
      "\(subject.name): \(subject.fixtures.count) fixtures, \(truncations) truncations,",
      "\(subject.hostile.count) hostile, \(Self.mutations) mutations; \(read) of them read;",
      "\(passed - before.0) passed, \(failures.count - before.1) failed; the slowest took",
      "\(Int(slowest / Duration.milliseconds(1))) ms")
    fflush(nil)
  }

  private mutating func expectRead(_ bytes: [UInt8], _ subject: Subject, _ label: String) {
    guard !accepts(bytes, subject, label) else { return }
    failures.append("\(subject.name), \(label): a whole file is refused")
  }

  /// Gives one input to the parser; the answer is whether the parser read it.
  private mutating func accepts(_ bytes: [UInt8], _ subject: Subject, _ label: String) -> Bool {
    if verbose {
      print("\(subject.name), \(label)")
      fflush(nil)
    }
    var (isRead, duration, problem) = measure(bytes, subject)
    // Who shares the processor can hold some runs up, but hardly all.
    for _ in 0..<4 where duration > Self.longest {
      (isRead, duration, problem) = measure(bytes, subject)
    }
    slowest = max(slowest, duration)
    if duration > Self.longest { problem = "took \(duration)" }
    if peakMemory() > allowedPeak { problem = "the peak is \(peakMemory() >> 10) MiB" }
    if let problem {
      failures.append("\(subject.name), \(label): \(problem)")
    } else {
      passed += 1
    }
    return isRead
  }

  private func measure(
    _ bytes: [UInt8], _ subject: Subject
  ) -> (isRead: Bool, duration: Duration, problem: String?) {
    // A copy has no room beyond its last byte, so that reading on is seen.
    let exact = bytes.map { $0 }
    let start = processorTime()
    do {
      try subject.read(exact)
      return (true, processorTime() - start, nil)
    } catch is Disagreement {
      return (true, processorTime() - start, "what was read is not what its own writing gives")
    } catch {
      _ = "\(error)"
      return (false, processorTime() - start, nil)
    }
  }
}

/// What is resident now, in KiB.
private func residentMemory() -> Int {
  let descriptor = unsafe open("/proc/self/statm", O_RDONLY)
  guard descriptor >= 0 else { return 0 }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 128)
  let count = unsafe read(descriptor, &bytes, bytes.count)
  let fields = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
  let pages = fields.dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * sysconf(Int32(_SC_PAGESIZE)) >> 10
}

/// The most memory that was resident in this process so far, in KiB.
private func peakMemory() -> Int {
  var usage = rusage()
  unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss
}

/// What this process has had of processors, which others on the machine do not add to.
private func processorTime() -> Duration {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
