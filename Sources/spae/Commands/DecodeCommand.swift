import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae decode`: pyramids to pictures.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Turn pyramids of words into PNG pictures.",
    discussion: "One picture goes to -o FILE, or to standard output with -o -; else NAME.png.")

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("How many layers of words are used; default all.", valueName: "n"))
  var depth: Int?

  @Option(help: ArgumentHelp("Enlarge each pixel this many times.", valueName: "n"))
  var scale = 1

  @Option(name: .shortAndLong, help: ArgumentHelp("The picture's file.", valueName: "file"))
  var output: String?

  @Argument(help: ArgumentHelp("The pyramids.", valueName: "file"))
  var files: [String]

  func validate() throws {
    if let depth, depth < 1 { throw ValidationError("--depth must be 1 or more") }
    guard (1...16).contains(scale) else { throw ValidationError("--scale must be 1 to 16") }
    guard output == nil || files.count == 1 else {
      throw ValidationError("-o names the picture of one pyramid; \(files.count) are given")
    }
  }

  func run() throws {
    let model = try model.load()
    var failures: [String] = []
    for file in files {
      do { try decode(file, with: model) } catch let failure as Failure {
        failures += failure.lines
      } catch {
        failures.append("\(file): \(error)")
      }
    }
    if !failures.isEmpty { throw Failure(lines: failures) }
  }

  private func decode(_ path: String, with model: Model) throws {
    guard case .pyramid(let document) = try Input(path: path, model: model) else {
      throw Failure("\(path): a picture, not a pyramid; spae encode makes the words from it")
    }
    let picture = try model.decode(document.pyramid, depth: depth).enlarged(scale)
    let bytes = try picture.pngBytes()
    let target =
      output ?? URL(fileURLWithPath: path == "-" ? "stdin" : path).deletingPathExtension().path
      + ".png"
    if target == "-" {
      StandardOutput.write(bytes)
    } else {
      try AtomicFile.write(bytes, to: target)
    }
  }
}
