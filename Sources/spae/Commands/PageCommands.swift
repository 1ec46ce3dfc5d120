import ArgumentParser
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAELibrary
import SPAEPages
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae page`: a picture and its words as a page for a browser.
struct PageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "page", abstract: "Write a page that shows a picture and its words in a browser.",
    discussion: """
      The page is one file that needs no server and no network. It shows the words of each layer over \
      the picture, the pictures that one layer to all of them give, what each word covers, and the \
      words of all layers at a point. It has all words as tables, and can be used by keys and by a \
      screen reader. Several pictures make one page with a choice among them.

      Beside a picture its source is shown; that of a pyramid is looked for beside it by its name, or \
      is named with --source. Where the words of a pyramid are not those of its source, the page \
      marks the words that were edited, and compares the picture with that before the edit.

      The page keeps names, words and pixels; nothing of a picture's metadata is in it. About 200 KB \
      for a picture of 128 pixels, 100 KB with --quality 85.

      spae page photo.jpg -o photo.html
      """)

  @OptionGroup var models: ModelsOption

  @OptionGroup var input: PictureOptions

  @Option(
    help: ArgumentHelp(
      "The picture of a pyramid.",
      discussion: "Default: the one beside it that has the source's name.", valueName: "image"))
  var source: String?

  @Option(
    help: ArgumentHelp(
      "Keep pictures as JPEG of this quality, 1 to 100, for a smaller page.",
      discussion: "Default: every pixel of the decoded pictures, and 90 for the source.",
      valueName: "n"))
  var quality: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("The page.", valueName: "file"))
  var output: String

  @OptionGroup var overwriting: OverwriteOption

  @OptionGroup var history: HistoryOption

  @Argument(help: ArgumentHelp("Pictures or pyramids.", valueName: "file"))
  var files: [String]

  func validate() throws {
    try overwriting.validate(for: output)
    guard quality.map({ (1...100).contains($0) }) ?? true else {
      throw ValidationError("--quality must be 1 to 100")
    }
    guard source == nil || files.count == 1 else {
      throw ValidationError(
        "--source names the picture of one pyramid; \(files.count) files are given")
    }
    try PageFile.validate(output)
  }

  func run() throws {
    let file = PageFile(output, overwriting)
    try file.refuseTaken()
    let models = try models.library()
    var page = PicturePage(quality: quality)
    var hasPictures = false
    for path in files { hasPictures = try add(path, to: &page, models) || hasPictures }
    if !hasPictures { try input.refuse("a pyramid has its own size") }
    try file.write(try page.bytes())
  }

  /// Adds what a file holds; true of a picture.
  private func add(
    _ path: String, to page: inout PicturePage, _ models: ModelLibrary
  ) throws -> Bool {
    let fit = input.fit ?? .whole
    let opened = try OpenedPicture(path: path, size: input.size, fit: fit, models: models)
    guard source == nil || opened.image == nil else {
      throw Failure("\(path): a picture, which needs no --source")
    }
    var notes: [String] = []
    let first =
      opened.image == nil ? history.past(of: path, opened.document, opened.model)?.first : nil
    let source = try PageSource(
      of: opened, first: first, path: path, named: source, fit: fit, notes: &notes)
    // Where the source is found the page itself says what was edited.
    for note in opened.notices + (source == nil ? notes : []) {
      print("spae: \(path): \(note)", toStandardError: true)
    }
    // The page names the source itself where it shows it.
    let name = source == nil ? opened.name : FileName.inputLabel(of: path)
    do { try page.add(opened, name: name, source: source) } catch {
      throw Failure("\(path): \(error)")
    }
    return opened.image != nil
  }
}

/// `spae atlas`: where each word stands in the pictures of a folder, as a page for a browser.
struct AtlasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atlas", abstract: "Write a page of all words in the pictures of a folder.",
    discussion: """
      The page is one file that needs no server and no network. For each word of layers 1 to 3 it \
      shows the pictures that hold it, where in them it stands, the words nearest in meaning, and the \
      words that stand beside it more often than chance. A search finds words by spelling, and by \
      meaning any word of the vocabulary.

      The folders are indexed first, or brought up to date, as by 'spae index'. The page keeps the \
      paths of the pictures within the folders, their words, and small pictures decoded from the \
      words; nothing of a picture's metadata is in it. 1,000 pictures take about 5 MB.

      spae atlas ~/photos -o atlas.html
      """)

  @OptionGroup var model: ModelOption

  @Option(name: .shortAndLong, help: ArgumentHelp("The page.", valueName: "file"))
  var output: String

  @OptionGroup var overwriting: OverwriteOption

  @Flag(help: "Take the index as it is; only folders that it lacks are added.")
  var noUpdate = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @Argument(help: ArgumentHelp("The folders.", valueName: "folder"))
  var folders: [String]

  func validate() throws {
    try overwriting.validate(for: output)
    try PageFile.validate(output)
    try FolderNames.validate(folders)
  }

  func run() throws {
    let file = PageFile(output, overwriting)
    try file.refuseTaken()
    var single = model
    single.threads = 1
    let library = try PictureLibrary(
      store: try LibraryStore(path: LibraryStore.defaultPath(), forAsking: true),
      models: try single.library())
    try LibraryUpdate(library, threads: model.threads, isQuiet: quiet)
      .update(folders, onlyNew: noUpdate)
    let wholeFolders = folders.map { LibraryUpdate.wholePath($0) }
    let pictures = try library.pyramids(in: wholeFolders)
    if pictures.isEmpty { throw Failure("\(folders.joined(separator: ", ")): no pictures") }
    let bar = ProgressBar(total: pictures.count, isShown: !quiet && pictures.count > 8)
    let page = AtlasPage(
      pictures, folders: wholeFolders, model: library.model,
      workers: model.threads ?? Parallel.processors)
    try file.write(try page.bytes(progress: bar))
  }
}

/// Where a page goes: a file that ends in .html, or standard output.
private struct PageFile {
  private let path: String
  private let file: OutputFile

  init(_ path: String, _ overwriting: OverwriteOption) {
    (self.path, file) = (path, overwriting.file(path))
  }

  static func validate(_ path: String) throws {
    let isPlain = path == "-" || path.hasPrefix("/dev/")
    guard isPlain || ["html", "htm"].contains(FileName.ending(of: path)) else {
      throw ValidationError("\(path): a page's name ends in .html")
    }
  }

  func refuseTaken() throws { if path != "-" { try file.refuseTaken() } }

  func write(_ bytes: [UInt8]) throws {
    if path == "-" { StandardOutput.write(bytes) } else { try file.write(bytes) }
  }
}
