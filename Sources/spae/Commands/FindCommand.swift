import ArgumentParser
import SPAEColour
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae find`: pictures by the words in them.
struct FindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find", abstract: "Find pictures by words, or by a picture like them.",
    discussion: """
      Prints the paths of the pictures that hold every word of the query, the best first. Words are \
      compared by meaning with those of layers 1 to 3 of each picture; such words as a, on and with \
      are left out. A colour before a word (red car) is wanted where that word stands, and alone \
      anywhere. The folders are indexed first, or brought up to date, as by 'spae index'; without a \
      folder the whole index is searched as it is. The exit status is 1 where nothing matches.

      spae find 'dog on grass' ~/photos
      spae find --like cat.jpg -n 5 ~/photos
      spae find -0 'red car' ~/photos | xargs -0 cp -t cars
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Find pictures like this one.", valueName: "picture"))
  var like: String?

  @Option(
    name: [.customShort("n"), .long], help: ArgumentHelp("How many to print.", valueName: "n"))
  var count = 20

  @Flag(name: [.customShort("0"), .customLong("null")], help: "End each path with a zero byte.")
  var isNull = false

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list, the best first: path, score, layers, each with rows and columns; words, the best \
        for each of the query, with term, word, score, layer, row, column and colour.
        """))
  var json = false

  @Flag(help: "Search the index as it is; only folders that it lacks are added.")
  var noUpdate = false

  @Flag(help: "Say which words were left out, and what was searched.")
  var verbose = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @Argument(
    help: ArgumentHelp("The words, unless --like is given, then folders.", valueName: "query"))
  var arguments: [String] = []

  func validate() throws {
    guard count > 0 else { throw ValidationError("-n must be 1 or more") }
    guard like != nil || !arguments.isEmpty else {
      throw ValidationError("name the words to look for, or a picture with --like")
    }
    guard !(json && isNull) else { throw ValidationError("give --json or -0") }
    try FolderNames.validate(folders)
  }

  private var query: String? { like == nil ? arguments[0] : nil }
  private var folders: [String] { like == nil ? Array(arguments.dropFirst()) : arguments }

  func run() throws {
    var single = model
    single.threads = 1
    let library = try PictureLibrary(
      store: try LibraryStore(path: LibraryStore.defaultPath(), forAsking: true),
      models: try single.library())
    let question = try query.map { try parsed($0, library) }
    try LibraryUpdate(library, threads: model.threads, isQuiet: quiet)
      .update(folders, onlyNew: noUpdate)
    let search = try library.search(in: folders.map { LibraryUpdate.wholePath($0) })
    if search.count == 0 {
      throw Failure(
        folders.isEmpty
          ? "no picture is indexed with this model; name a folder"
          : "\(folders.joined(separator: ", ")): no pictures")
    }
    if verbose { print("spae: \(search.count.counted("picture")) searched", toStandardError: true) }
    let found =
      if let question { try search.matches(question, limit: count) } else {
        try search.matches(like: try meaning(library), limit: count)
      }
    if found.isEmpty { throw Failure("no picture matches '\(query ?? "")'") }
    try put(found)
  }

  private func parsed(_ text: String, _ library: PictureLibrary) throws -> LibraryQuery {
    let query = try LibraryQuery(
      text, vocabulary: library.model.vocabulary, colours: try ColourNames.installed())
    if verbose {
      let left = query.dropped.isEmpty ? "" : "; left out: \(query.dropped.joined(separator: ", "))"
      let words = query.terms.map(\.text).joined(separator: ", ")
      print("spae: looking for \(words)\(left)", toStandardError: true)
    }
    return query
  }

  private func meaning(_ library: PictureLibrary) throws -> [Int8] {
    let path = like ?? "-"
    do {
      return try library.encoded(bytes: try ImageFile.bytes(path: path), path: path).meaning
    } catch let failure as Failure {
      throw Failure(lines: failure.lines.map { "\(path): \($0)" })
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  private func put(_ found: [LibrarySearch.Match]) throws {
    if json { return try putJSON(found.map { FoundPicture($0, path: shown($0.path)) }) }
    for each in found {
      let path = shown(each.path)
      if isNull { StandardOutput.write(FileName.bytes(path) + [0]) } else { print(path) }
    }
  }

  /// The path as it begins with the folder that was named.
  private func shown(_ path: String) -> String {
    for folder in folders {
      let whole = LibraryUpdate.wholePath(folder)
      let start = FileName.bytes(whole == "/" ? "/" : whole + "/")
      let bytes = FileName.bytes(path)
      guard bytes.starts(with: start) else { continue }
      let end = FileName.text(bytes.dropFirst(start.count))
      return folder.hasSuffix("/") ? folder + end : "\(folder)/\(end)"
    }
    return path
  }
}

/// A picture that was found, as JSON.
private struct FoundPicture: Encodable {
  struct Word: Encodable {
    let term: String
    let word: String
    let score: Float
    let layer: Int
    let row: Int
    let column: Int
    let colour: String
  }

  /// The positions of a layer: pictures that are no squares have more across or down.
  struct Size: Encodable {
    let rows: Int
    let columns: Int
  }

  let path: String
  let score: Float
  /// The layers' sizes, from layer 1 to 3; none for a picture that is like another.
  let layers: [Size]?
  let words: [Word]

  init(_ match: LibrarySearch.Match, path: String) {
    (self.path, score) = (path, match.score)
    layers = match.shape.map { shape in
      (1...UpperLayers.depth).map { layer in
        Size(rows: shape.size(ofLayer: layer).rows, columns: shape.size(ofLayer: layer).columns)
      }
    }
    words = match.words.map {
      Word(
        term: $0.term, word: $0.word, score: $0.score, layer: $0.cell.layer, row: $0.cell.row + 1,
        column: $0.cell.column + 1, colour: $0.colour.hex)
    }
  }
}
