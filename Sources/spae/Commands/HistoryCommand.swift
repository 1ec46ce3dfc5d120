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
      """,
    subcommands: [
      HistoryListCommand.self, HistoryShowCommand.self, HistoryTreeCommand.self,
      HistoryDiffCommand.self, HistoryRestoreCommand.self, HistoryExportCommand.self,
      HistoryImportCommand.self, HistoryPruneCommand.self, HistoryCheckCommand.self,
    ])
}
