import ArgumentParser
import SPAECommandLine
import SPAEFiles
import SPAEPages
import SPAEPixels
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

      The page keeps names, words and pixels; nothing of a picture's metadata is in it. About 300 KB \
      for a picture of 128 pixels, 60 KB with --quality 85.

      spae page photo.jpg -o photo.html
      """)

  @OptionGroup var models: ModelsOption

  @OptionGroup var input: PictureOptions

  @Option(help: ArgumentHelp("The picture of a pyramid.", valueName: "image"))
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

  @Argument(help: ArgumentHelp("Pictures or pyramids.", valueName: "file"))
  var files: [String]

  func validate() throws {
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
    for path in files { try add(path, to: &page, models) }
    try file.write(try page.bytes())
  }

  private func add(_ path: String, to page: inout PicturePage, _ models: ModelLibrary) throws {
    let fit = input.fit ?? .whole
    let opened = try OpenedPicture(path: path, size: input.size, fit: fit, models: models)
    guard source == nil || opened.image == nil else {
      throw Failure("\(path): a picture, which needs no --source")
    }
    var notes = opened.notices
    let source = try PageSource(of: opened, path: path, named: source, fit: fit, notes: &notes)
    for note in notes { print("spae: \(path): \(note)", toStandardError: true) }
    do { try page.add(opened, source: source) } catch let failure as Failure { throw failure } catch
    {
      throw Failure("\(path): \(error)")
    }
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
