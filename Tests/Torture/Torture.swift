import Foundation
import SPAEHistory
import SPAEPyramid

/// Does to a history store what power cuts, full disks and other people's files do to it.
///
///     spae-torture kill N                 kill two writers N times and look for what they said is there
///     spae-torture write STORE COUNT SEED commit COUNT revisions, and say each when it is safe
///     spae-torture full STORE             run out of space, then go on
///     spae-torture forbidden STORE        meet a folder where nobody may write, as a user who is nobody
///     spae-torture fixture STORE          write the store of Tests/SPAEHistoryTests/Fixtures
@main struct Torture {
  static func main() {
    do { try work() } catch { fail("\(error)") }
  }

  private static func work() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    let number = { (index: Int) in words.count > index ? Int(words[index]) : nil }
    switch words.first {
    case "kill": try Executioner(rounds: number(1) ?? 20).run()
    case "write": try Writer(store: words[1], seed: number(3) ?? 1).run(count: number(2) ?? 1)
    case "full": try fillUp(words[1])
    case "forbidden": try beRefused(words[1])
    case "fixture": try Fixture.write(to: words[1])
    default: fail("what is to be done?")
    }
  }
}

func fail(_ text: String) -> Never {
  FileHandle.standardError.write(Data("spae-torture: \(text)\n".utf8))
  exit(1)
}

/// The document that all of them edit.
let documentPath = "/tortured.spae"

func firstPyramid() throws -> Pyramid {
  guard let shape = PyramidShape(grid: 16),
    let pyramid = Pyramid(shape: shape, words: (0..<shape.wordCount).map { Int32($0) })
  else { fail("no pyramid") }
  return pyramid
}

func opened(_ store: HistoryStore) throws -> DocumentHistory {
  try store.open(
    documentPath: documentPath, pyramid: try firstPyramid(), vocabularyHash: "torture",
    label: "torture")
}

/// How a pyramid's words are told to those who look for them later.
func fingerprint(_ pyramid: Pyramid) -> String {
  Fingerprint.hexadecimal(of: pyramid.words.map(String.init).joined(separator: " "))
}

/// Commits, and now and then goes back to begin a branch.
struct Writer {
  let store: String
  let seed: Int

  func run(count: Int) throws {
    let store = try HistoryStore(path: store, clock: { Date() })
    let history = try opened(store)
    for step in 0..<count {
      if step % 17 == 16 { try history.undo() }
      if step % 41 == 40 { try history.jump(to: max(1, history.head.id / 2)) }
      let revision = try history.commit(changed(history.pyramid, step), verb: "replace")
      acknowledge("\(revision.id) \(fingerprint(history.pyramid))\n")
    }
  }

  /// A pyramid that no other writer and no other step makes.
  private func changed(_ pyramid: Pyramid, _ step: Int) -> Pyramid {
    var words = pyramid.words
    for change in 0...step % 5 {
      words[(seed * 31 + step * 7 + change * 101) % words.count] = Int32(seed << 20 | step + 1)
    }
    return Pyramid(shape: pyramid.shape, words: words) ?? pyramid
  }

  private func acknowledge(_ line: String) {
    let bytes = Array(line.utf8)
    guard unsafe write(STDOUT_FILENO, bytes, bytes.count) == bytes.count else {
      fail("nobody hears")
    }
  }
}

/// Lets no file grow beyond what the store has and a little more, until a commit is refused.
private func fillUp(_ path: String) throws {
  let store = try HistoryStore(path: path, clock: { Date() })
  let history = try opened(store)
  signal(SIGXFSZ, SIG_IGN)
  setLargestFile(256 << 10)
  var refusals = 0
  for step in 0..<400 {
    let (head, pyramid) = (history.head, history.pyramid)
    var words = pyramid.words
    words[step] = -1
    do {
      try history.commit(Pyramid(shape: pyramid.shape, words: words) ?? pyramid, verb: "replace")
    } catch {
      guard history.head == head, history.pyramid == pyramid else { fail("the head moved") }
      refusals += 1
      print(error)
      if refusals == 3 { break }
    }
  }
  guard refusals == 3 else { fail("never refused") }
  let last = history.head.id
  let window = try store.history(ofPath: documentPath)
  try window.goOnInMemory()
  guard try window.commit(try firstPyramid(), verb: "in memory").id == last + 1,
    try window.undo()?.id == last, !window.isInFile
  else { fail("does not go on in memory") }
  setLargestFile(.max)
  var words = history.pyramid.words
  words[500] = -1
  let next = Pyramid(shape: history.pyramid.shape, words: words) ?? history.pyramid
  guard try history.commit(next, verb: "replace").id == last + 1 else { fail("not the next one") }
  let check = try store.check()
  guard check.problems.isEmpty, check.revisions == last + 1 else { fail("\(check)") }
  print("went on with \(check.revisions) revisions")
}

/// Sets the soft limit only: the hard one is not taken back by anybody.
private func setLargestFile(_ bytes: UInt64) {
  var limit = rlimit()
  unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  limit.rlim_cur = min(rlim_t(bytes), limit.rlim_max)
  unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}

/// Opens a store that this user may not write; permissions do not bind the superuser.
private func beRefused(_ path: String) throws {
  if geteuid() == 0 {
    guard setgid(65534) == 0, setuid(65534) == 0 else { fail("cannot become nobody") }
  }
  do throws(HistoryError) {
    _ = try HistoryStore(path: path, clock: { Date() })
    fail("nothing was refused")
  } catch {
    guard case .unwritable = error else { fail("\(error)") }
    print(error)
  }
}
