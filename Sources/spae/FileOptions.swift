public import ArgumentParser
public import SPAEPixels
import SPAESystem

extension Fit: ExpressibleByArgument {}

/// What of a picture is encoded, and how large.
struct PictureOptions: ParsableArguments {
  @Option(
    name: .customLong("size"),
    help: ArgumentHelp(
      "Pixels of the shorter side: 64, 128, 256 or 512.", discussion: "Default: 128.",
      valueName: "n"))
  var chosenSize: Int?

  var size: Int { chosenSize ?? 128 }

  @Option(
    help: ArgumentHelp(
      "The whole picture, its middle square, or a square with white beside it or squeezed.",
      discussion: "Default: whole; in a stream crop."))
  var fit: Fit?

  func validate() throws {
    guard [64, 128, 256, 512].contains(size) else {
      throw ValidationError("--size must be 64, 128, 256 or 512")
    }
  }
}

/// Whether a command may replace files that it did not make.
struct OverwriteOption: ParsableArguments {
  @Flag(help: "Replace a file that exists.")
  var force = false

  func file(_ path: String) -> OutputFile { OutputFile(path, mayReplace: force) }
}

extension FileForm {
  /// Refuses a name whose ending asks for nothing that can be written.
  static func validate(_ path: String) throws {
    guard FileForm(path: path) != nil else {
      throw ValidationError("\(path): a name ends in \(FileForm.endings)")
    }
  }

  /// Refuses a picture's name for words.
  static func validate(wordsFor path: String?) throws {
    guard let path else { return }
    let destination = (try? FileSystem.destination(of: path)) ?? path
    let leads = FileSystem.isTaken(path) && !isPictureName(path) ? " leads to \(destination)" : ""
    guard isPictureName(path) || isPictureName(destination) else { return }
    throw ValidationError(
      "\(path)\(leads): words do not go into a picture's name; end it in .spae or .json")
  }
}
