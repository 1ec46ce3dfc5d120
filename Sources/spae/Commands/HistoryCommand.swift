import ArgumentParser

/// `spae history`: what was done to every pyramid, and back to any state of it.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Look at, restore and move the history of every pyramid.",
    discussion: """
      The promise: an edit that was accepted is on the disk before it is shown, and stays. It \
      survives a crash of the program or the machine; undo and redo never delete a state; a second \
      window on the same file begins a branch and overwrites nothing; a file that was changed or \
      renamed elsewhere keeps its history. Only 'spae history prune' removes anything.

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
      in 1 ms and takes 1,332 bytes a revision. The same edits take 53 ms each through 'git \
      commit', and 7 to 19 ms through vim's write with an undo file.
      """,
    subcommands: [
      HistoryListCommand.self, HistoryShowCommand.self, HistoryTreeCommand.self,
      HistoryDiffCommand.self, HistoryRestoreCommand.self, HistoryExportCommand.self,
      HistoryImportCommand.self, HistoryPruneCommand.self, HistoryCheckCommand.self,
    ])
}
