import ArgumentParser
import SPAECommandLine
import SPAEFiles
import SPAELibrary
import SPAESystem

/// `spae index`: the words of folders of pictures, in one place.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Keep the words of folders of pictures, for 'spae find'.",
    discussion: """
      Encodes every picture in the folders and the folders within them, and keeps the words in one \
      index: spae/index.db in $XDG_STATE_HOME, or in ~/.local/state. Hidden files are left out; \
      files that hold words (.spae) are taken as they are. The same command again encodes what is \
      new or has changed, by size and time, and removes what is gone; a file that was moved or \
      copied is known by its content. A run that was broken off goes on where it was. Files that \
      cannot be read are named with the reason at the end; the exit status is 1 if there are some.

      The index keeps paths, words and mean colours, about 3 KB a picture, readable by its owner \
      alone. It keeps nothing of a picture's metadata: no place, camera or owner. Words of two models \
      are kept apart; each model indexes a folder for itself.
      """)

  @OptionGroup var model: ModelOption

  @Flag(help: "Remove what is known of the folders.")
  var forget = false

  @Flag(help: "List the indexed folders.")
  var list = false

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list with an object for each folder: folder, pictures, encoded, recognised, unchanged, \
        removed, others, unreadable, each with path and reason. With --list: folder, model, \
        identity, pictures, unreadable (how many). With --forget: folder, forgotten (how many).
        """))
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @Argument(help: ArgumentHelp("The folders.", valueName: "folder"))
  var folders: [String] = []

  struct Entry: Encodable {
    let folder: String
    let model: String
    let identity: String
    let pictures: Int
    let unreadable: Int
  }

  struct Forgotten: Encodable {
    let folder: String
    let forgotten: Int
  }

  func validate() throws {
    guard !(list && forget) else { throw ValidationError("give --list or --forget") }
    guard list == folders.isEmpty else {
      throw ValidationError(list ? "--list takes no folders" : "name a folder, or give --list")
    }
    try FolderNames.validate(folders)
  }

  func run() throws {
    let store = try LibraryStore(path: LibraryStore.defaultPath(), forAsking: list)
    if list { return try show(store) }
    if forget { return try forget(in: store) }
    var single = model
    single.threads = 1
    let library = try PictureLibrary(store: store, models: try single.library())
    let update = try LibraryUpdate(library, threads: model.threads, isQuiet: quiet)
    let reports = try folders.map { try update.report(of: $0) }
    if json { try putJSON(reports) } else { for each in reports { print(each.text) } }
    let failures = reports.flatMap { $0.unreadable.map { "\($0.path): \($0.reason)" } }
    if !failures.isEmpty { throw Failure(lines: failures) }
  }

  private func show(_ store: LibraryStore) throws {
    let entries = try store.folders().map {
      Entry(
        folder: $0.path, model: $0.model.name, identity: $0.model.identity, pictures: $0.pictures,
        unreadable: $0.unreadable)
    }
    if json { return try putJSON(entries) }
    if entries.isEmpty { print("no folder is indexed; 'spae index FOLDER' indexes one") }
    for each in entries {
      let bad = each.unreadable > 0 ? ", \(each.unreadable) unreadable" : ""
      print(
        "\(each.folder)  \(each.pictures.counted("picture"))\(bad)  model \(each.model)"
          + " \(each.identity.prefix(12))")
    }
  }

  private func forget(in store: LibraryStore) throws {
    var (failures, done) = ([String](), [Forgotten]())
    for folder in folders {
      if let count = try store.forget(LibraryUpdate.wholePath(folder)) {
        done.append(Forgotten(folder: folder, forgotten: count))
      } else {
        failures.append("\(folder): not indexed; 'spae index --list' lists what is")
      }
    }
    if json {
      try putJSON(done)
    } else {
      done.forEach { print("\($0.folder): \($0.forgotten.counted("picture")) forgotten") }
    }
    if !failures.isEmpty { throw Failure(lines: failures) }
  }
}

/// Folders as a person names them.
enum FolderNames {
  /// Refuses an empty name, such as that of a variable that is not set: it is not the current folder.
  static func validate(_ folders: [String]) throws {
    guard !folders.contains("") else {
      throw ValidationError("a folder's name is empty; . is the current folder")
    }
  }
}
