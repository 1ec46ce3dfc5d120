import ArgumentParser
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae decode`: pyramids to pictures.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Turn pyramids of words into pictures.",
    discussion: """
      NAME.spae becomes NAME.decoded.png beside it. One picture goes to -o FILE, as PNG, JPEG or \
      WebP by the ending of its name, or as PNG to standard output with -o -. A file that exists is \
      replaced only with --force; one that holds this very picture already stays as it is.
      """)

  @OptionGroup var models: ModelsOption

  @Option(help: ArgumentHelp("How many layers of words are used; default all.", valueName: "n"))
  var depth: Int?

  @Option(help: ArgumentHelp("Enlarge each pixel this many times.", valueName: "n"))
  var scale = 1

  @Option(name: .shortAndLong, help: ArgumentHelp("The picture's file.", valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @Argument(help: ArgumentHelp("The pyramids.", valueName: "file"))
  var files: [String]

  func validate() throws {
    if let depth, depth < 1 { throw ValidationError("--depth must be 1 or more") }
    guard (1...16).contains(scale) else { throw ValidationError("--scale must be 1 to 16") }
    guard output == nil || files.count == 1 else {
      throw ValidationError("-o names the picture of one pyramid; \(files.count) are given")
    }
    if let output, encoding(of: output) == nil {
      throw ValidationError("\(output): a picture's name ends in one of \(ImageEncoding.endings)")
    }
  }

  func run() throws {
    let models = try models.library()
    var failures: [String] = []
    for file in files {
      do { try decode(file, with: models) } catch let failure as Failure {
        failures += failure.lines
      } catch {
        failures.append("\(file): \(error)")
      }
    }
    if !failures.isEmpty { throw Failure(lines: failures) }
  }

  private func decode(_ path: String, with models: ModelLibrary) throws {
    guard case .pyramid(let document, let model) = try Input(path: path, models: models) else {
      throw Failure("\(path): a picture, not a pyramid; spae encode makes the words from it")
    }
    let picture = try model.decode(document.pyramid, depth: depth).enlarged(scale)
    let name = path == "-" ? "stdin" : FileName.withoutEnding(path)
    let target = output ?? name + ".decoded.png"
    let bytes = try picture.bytes(as: encoding(of: target) ?? .png)
    if target == "-" {
      StandardOutput.write(bytes)
    } else {
      try overwriting.file(target).write(bytes)
    }
  }

  /// What a name asks for; without an ending PNG.
  private func encoding(of path: String) -> ImageEncoding? {
    let isPlain = FileName.ending(of: path).isEmpty || path.hasPrefix("/dev/")
    return ImageEncoding(path: path) ?? (isPlain ? .png : nil)
  }
}
