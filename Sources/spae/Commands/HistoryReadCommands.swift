import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEFiles
import SPAEHistory
import SPAEPyramid
import SPAESystem

/// `spae history`: what was done to every pyramid, and back to any state of it.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Look at, restore and move the history of every pyramid.",
    discussion: """
      The promise: an edit that was accepted is on the disk before it is shown, and stays. It \
      survives a crash of the program or the machine; undo and redo never delete a state; a second \
      window on the same file begins a branch and overwrites nothing; a file that was changed or \
      renamed elsewhere keeps its history, and a copy of an edited file begins with that of the \
      other. Only 'spae history prune' removes anything.

      A revision is a state of one file: its number, the revision it was made from, the words that \
      changed, and all words packed into 1,047 bytes for a picture of 128 pixels. The store is one \
      SQLite database with mode 0600; every commit is synced to the disk. It keeps words, paths and \
      times, and never leaves the machine. A damaged store is set aside, never deleted, and what \
      can be read of it goes into a new one.

      How it is proved: 'make torture' kills two writers 200 times at moments they do not know of, \
      and every revision they had acknowledged is there. The tests cut the log at every 512 bytes, \
      overwrite every page in turn, fill the disk, forbid the folder, set the clock back, let four \
      processes commit 500 revisions each to one pyramid, and walk 10,000 steps beside a plain \
      model. A store of 100,000 revisions whose first page was overwritten gave all of them back.

      What it costs, by 'spae-bench history' on two cores and a virtual disk: a commit takes as long \
      as the disk takes to sync 4 KiB, of which 0.04 ms is this program's. Undisturbed (at real-time \
      priority) that is 0.2 ms in the median and 0.4 to 8 ms for 99 of 100; among a dozen busy \
      programs it is 4 ms, and 9 to 26 ms. Undo costs no more. A history of 100,000 revisions opens \
      in 1 ms and takes 1,332 bytes a revision. The same edits take 51 ms each through 'git \
      commit', and 0.5 ms through vim's write with an undo file.
      """,
    subcommands: [
      HistoryListCommand.self, HistoryShowCommand.self, HistoryTreeCommand.self,
      HistoryDiffCommand.self, HistoryRestoreCommand.self, HistoryExportCommand.self,
      HistoryImportCommand.self, HistoryPruneCommand.self, HistoryCheckCommand.self,
    ])
}

// The commands that only look.

/// `spae history list`: the documents that the store knows.
struct HistoryListCommand: ParsableCommand {
  struct Entry: Encodable {
    let path: String
    let label: String
    let grid: GridSize
    let head: Int
    let saved: Int
    let revisions: Int
    let latest: String
  }

  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the files whose history is kept.")

  @OptionGroup var history: HistoryOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list with an object for each file: path, label, grid, head and saved (numbers of \
        revisions), revisions (how many), latest (a time).
        """))
  var json = false

  func run() throws {
    let store = try history.open(forReading: true)
    let entries = try store.summaries().map { summary in
      let document = summary.document
      let states = document.isFilm ? try store.history(of: document).filmStates() : nil
      return Entry(
        path: document.path, label: document.label, grid: document.grid,
        head: states?.number(of: document.head) ?? document.head,
        saved: states?.number(of: document.saved) ?? document.saved,
        revisions: states?.count ?? summary.revisions, latest: summary.latest.written)
    }
    if json { return try putJSON(entries) }
    if entries.isEmpty { print("no history is kept in \(try history.path) yet") }
    for each in entries {
      let unsaved = each.head == each.saved ? "" : "  file: \(each.saved)"
      print("\(each.latest)  \(each.head) of \(each.revisions)  \(each.path)\(unsaved)")
    }
  }
}

/// `spae history show`: one revision and what it changed.
struct HistoryShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a revision and what it changed.",
    discussion: "Rows and columns are counted from 1.")

  @OptionGroup var history: HistoryOption
  @OptionGroup var model: ModelOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        An object: id, parent, time, verb, name where it has one, changes, each with layer, row, \
        column, old and new.
        """))
  var json = false

  @Argument(help: ArgumentHelp("The pyramid.", valueName: "file"))
  var file: String

  @Argument(
    help: ArgumentHelp("A revision's number or name; default: the latest.", valueName: "revision"))
  var revision: String?

  func run() throws {
    let document = try history.history(of: file, model)
    let revision = try document.revision(of: revision)
    let words = WordNames(of: document.document, model: model)
    let changes = document.shape.changes(revision.edit, words)
    if json {
      return try putJSON(RevisionEntry(revision, changes: changes))
    }
    print("revision     \(revision.id) of \(document.document.path)")
    print("from         \(revision.parent.map(String.init) ?? "nothing before it")")
    print("time         \(revision.time.written)")
    let done = RevisionDeed(revision)
    print("done         \(done.text(atMost: 0))")
    if let name = revision.name { print("name         \(name)") }
    done.edits.forEach { print($0) }
    try document.paintedAhead(revision).forEach { print($0) }
    changes.forEach { print($0.line) }
  }
}

/// `spae history tree`: all revisions with their branches.
struct HistoryTreeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tree", abstract: "Draw the revisions of a pyramid with their branches.",
    discussion: "The line to the head runs straight down; branches are beside it.")

  @OptionGroup var history: HistoryOption
  @OptionGroup var model: ModelOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list with an object for each revision: id, parent, time, verb, name where it has one, \
        changes, each with layer, row, column, old and new.
        """))
  var json = false

  @Argument(help: ArgumentHelp("The pyramid.", valueName: "file"))
  var file: String

  func run() throws {
    let document = try history.history(of: file, model)
    let tree = try document.countedTree()
    let words = WordNames(of: document.document, model: model)
    if json {
      return try putJSON(
        tree.revisions.map { RevisionEntry($0, changes: document.shape.changes($0.edit, words)) })
    }
    for line in tree.lines() { print(text(line, tree, words)) }
  }

  private func text(_ line: RevisionTree.Line, _ tree: RevisionTree, _ words: WordNames) -> String {
    let revision = line.revision
    let shown = revision.edit.changes.prefix(3).map { "\(words[$0.old]) -> \(words[$0.new])" }
    let more = revision.edit.changes.count - shown.count
    var parts = [
      "\(line.branches)\(revision.id)", revision.time.written,
      RevisionDeed(revision).text(atMost: 3),
    ]
    parts.append(shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""))
    if let name = revision.name { parts.append("(\(name))") }
    if revision.id == tree.head { parts.append("[head]") }
    if revision.id == tree.saved { parts.append("[file]") }
    return parts.filter { !$0.isEmpty }.joined(separator: "  ")
  }
}

/// `spae history diff`: the words in which two revisions differ.
struct HistoryDiffCommand: ParsableCommand {
  struct Difference: Encodable {
    let commonAncestor: Int
    let changes: [ChangeEntry]
  }

  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare the words of two revisions.",
    discussion: "Rows and columns are counted from 1.")

  @OptionGroup var history: HistoryOption
  @OptionGroup var model: ModelOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        An object: commonAncestor, the number of a revision, and changes, each with layer, row, \
        column, old and new.
        """))
  var json = false

  @Argument(help: ArgumentHelp("The pyramid.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("A revision's number or name.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("Another; default: the latest.", valueName: "b"))
  var second: String?

  func run() throws {
    let document = try history.history(of: file, model)
    guard !document.document.isFilm else {
      throw Failure(
        "\(file): a film; spae history tree lists what each state changed, frame by frame")
    }
    let (a, b) = (try document.revision(of: first), try document.revision(of: second))
    let words = WordNames(of: document.document, model: model)
    let changes = document.shape.changes(try document.diff(a.id, b.id), words)
    let ancestor = try document.commonAncestor(a.id, b.id)
    if json { return try putJSON(Difference(commonAncestor: ancestor.id, changes: changes)) }
    changes.forEach { print($0.line) }
    print(
      "\(changes.count) of \(document.shape.wordCount) words differ; both come from \(ancestor.id)")
  }
}

// MARK: What they share

/// What was done in a revision: of a film, and by `spae edit`, a list of edits.
private struct RevisionDeed {
  /// What it is called, such as paint; the whole where there is one edit at most.
  private let name: String
  let edits: [String]

  init(_ revision: Revision) {
    let parts = revision.verb.components(separatedBy: "; ")
    guard parts.count > 1 else {
      (name, edits) = (revision.verb, [])
      return
    }
    let first = parts[0].components(separatedBy: ": ")
    name = first.count > 1 ? first[0] : "edits"
    edits = [first.dropFirst(first.count > 1 ? 1 : 0).joined(separator: ": ")] + parts.dropFirst()
  }

  func text(atMost count: Int) -> String {
    guard !edits.isEmpty else { return name }
    let more = edits.count - min(count, edits.count)
    guard count > 0 else { return "\(name), \(edits.count.counted("edit"))" }
    let shown = edits.prefix(count).joined(separator: "; ")
    return "\(name): \(shown)" + (more > 0 ? " and \(more) more" : "")
  }
}

/// A changed word for a person or a program.
struct ChangeEntry: Encodable {
  let layer: Int
  let row: Int
  let column: Int
  let old: String
  let new: String

  var line: String { "\(layer) (\(row),\(column))  \(old) -> \(new)" }
}

/// A revision for a program.
struct RevisionEntry: Encodable {
  let id: Int
  let parent: Int?
  let time: String
  let verb: String
  let name: String?
  let changes: [ChangeEntry]

  init(_ revision: Revision, changes: [ChangeEntry]) {
    id = revision.id
    parent = revision.parent
    time = revision.time.written
    verb = revision.verb
    name = revision.name
    self.changes = changes
  }
}

extension DocumentHistory {
  var shape: PyramidShape { pyramid.shape }

  /// The revision that a person means: by its number, its name, or the head for nothing.
  func revision(of text: String?) throws -> Revision {
    if document.isFilm { return try state(of: text) }
    guard let text else { return head }
    if let id = Int(text) { return try revision(id) }
    if let named = try revision(named: text) { return named }
    throw Failure("\(document.path): no revision is named '\(text)'")
  }

  /// All revisions; of a film its states, as the explorer counts them.
  func countedTree() throws -> RevisionTree {
    document.isFilm ? try filmStates().counted : try tree()
  }

  private func state(of text: String?) throws -> Revision {
    let states = try filmStates().counted
    let number = text == nil ? states.head : text.flatMap { Int($0) }
    if let number, states[number] == nil {
      throw HistoryError.revision(number, document: document.path)
    }
    let found = states.revisions.first { number == nil ? $0.name == text : $0.id == number }
    if let found { return found }
    throw Failure("\(document.path): no state is named '\(text ?? "")'")
  }

  /// What was painted ahead in a film's state, an edit a line.
  func paintedAhead(_ state: Revision) throws -> [String] {
    guard document.isFilm, let painted = try filmStates().painted(state.id) else { return [] }
    let edits = RevisionDeed(painted).edits
    return edits.isEmpty ? [painted.verb] : ["painted ahead"] + edits
  }
}

extension PyramidShape {
  func changes(_ edit: Edit, _ words: WordNames) -> [ChangeEntry] {
    edit.changes.map { change in
      let cell = cell(at: change.index)
      return ChangeEntry(
        layer: cell.layer, row: cell.row + 1, column: cell.column + 1, old: words[change.old],
        new: words[change.new])
    }
  }
}

extension Date {
  /// As a person here writes it: 2026-05-01 09:30:00.
  var written: String {
    var seconds = time_t(timeIntervalSince1970.rounded(.down))
    var parts = unsafe tm()
    unsafe localtime_r(&seconds, &parts)
    let year = unsafe parts.tm_year + 1900
    let numbers = unsafe [
      parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
    ]
    let two = numbers.map { ($0 < 10 ? "0" : "") + String($0) }
    return "\(year)-\(two[0])-\(two[1]) \(two[2]):\(two[3]):\(two[4])"
  }
}
