import ArgumentParser
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae decode`: pyramids to pictures.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Turn pyramids of words into pictures, and films into clips.",
    discussion: """
      NAME.spae becomes NAME.decoded.png beside it. One picture goes to -o FILE, as PNG, JPEG or \
      WebP by the ending of its name, or as PNG to standard output with -o -. A file that exists is \
      replaced only with --force; one that holds this very picture already stays as it is.

      A film, NAME.spae, becomes NAME.decoded.mp4. -o FILE makes it \(FilmEncoding.endings), by \
      the ending of the name; -o - writes y4m to standard output. All but y4m, GIF, WebP and \
      folders are written by the program ffmpeg (apt install ffmpeg). GIF and WebP begin again at \
      their end. --side-by-side puts the frames of the clip on the left, from where the film \
      begins in it; --frame N takes one frame as a picture.
      """)

  @OptionGroup var models: ModelsOption

  @Option(help: ArgumentHelp("How many layers of words are used; default all.", valueName: "n"))
  var depth: Int?

  @Option(help: ArgumentHelp("Enlarge each pixel this many times.", valueName: "n"))
  var scale = 1

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The picture's or clip's file.",
      discussion: "Default: NAME.decoded.png, or of a film NAME.decoded.mp4.", valueName: "file"))
  var output: String?

  @OptionGroup var frames: FrameOptions

  @Option(
    help: ArgumentHelp(
      "The frame of a film as a picture, counted from 1.", discussion: "Default: all, as a clip.",
      valueName: "n"))
  var frame: Int?

  @Option(
    help: ArgumentHelp("Put the frames of this clip beside those of the film.", valueName: "clip"))
  var sideBySide: String?

  @Flag(help: "Show no progress.")
  var quiet = false

  @OptionGroup var overwriting: OverwriteOption

  @Argument(help: ArgumentHelp("The pyramids.", valueName: "file"))
  var files: [String]

  func validate() throws {
    try overwriting.validate(for: output ?? ".")
    if let depth, depth < 1 { throw ValidationError("--depth must be 1 or more") }
    guard (1...16).contains(scale) else { throw ValidationError("--scale must be 1 to 16") }
    guard output == nil || files.count == 1 else {
      throw ValidationError("-o names the picture of one pyramid; \(files.count) are given")
    }
    if let frame, frame < 1 { throw ValidationError("--frame counts from 1") }
    guard frame == nil || (!frames.areGiven && sideBySide == nil) else {
      throw ValidationError("--frame takes one frame; leave out what is for clips")
    }
    if let output, encoding(of: output) == nil, frame != nil || filmEncoding(of: output) == nil {
      throw ValidationError(
        "\(output): a picture's name ends in one of \(ImageEncoding.endings)"
          + "; a film's in \(FilmEncoding.endings)")
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
    let bytes = path == "-" ? try FileSystem.bytes(descriptor: 0) : nil
    if let film = try OpenedFilm(path: path, bytes: bytes, models: models) {
      return try decode(film, path)
    }
    let input = try bytes.map { try Input(bytes: $0, path: path, models: models) }
    guard
      case .pyramid(let document, let model) = try input ?? Input(path: path, models: models)
    else { throw Failure("\(path): a picture, not a pyramid; spae encode makes the words from it") }
    guard frame ?? 1 == 1, !frames.areGiven, sideBySide == nil else {
      throw Failure("\(path): the pyramid of a picture; leave out what is for films")
    }
    try write(model.decode(document.pyramid, depth: depth), of: path)
  }

  /// Writes all chosen frames, or one as a picture.
  private func decode(_ film: OpenedFilm, _ path: String) throws {
    if let frame {
      return try write(
        DecodedFilm.picture(ofFrame: frame - 1, in: film, depth: depth), of: path)
    }
    let name = path == "-" ? "stdin" : FileName.withoutEnding(path)
    let target = output ?? name + ".decoded.mp4"
    guard let encoding = filmEncoding(of: target) else {
      throw Failure(
        "\(path): a film, and \(target) a picture's name; --frame takes one frame of it, and a"
          + " film's name ends in \(FilmEncoding.endings)")
    }
    var decoding = FilmDecoding()
    (decoding.depth, decoding.scale, decoding.selection) = (depth, scale, frames.selection)
    (decoding.clip, decoding.showsProgress) = (sideBySide, !quiet)
    let notices = try decoding.write(film, to: overwriting.file(target), as: encoding)
    for notice in notices { print("spae: \(path): \(notice)", toStandardError: true) }
  }

  private func filmEncoding(of path: String) -> FilmEncoding? {
    if FileSystem.isFolder(path) { return .folder }
    return FilmEncoding(path: path) ?? (path.hasPrefix("/dev/") ? .y4m : nil)
  }

  private func write(_ decoded: PixelImage, of path: String) throws {
    let picture = decoded.enlarged(scale)
    let name = path == "-" ? "stdin" : FileName.withoutEnding(path)
    let target = output ?? name + ".decoded.png"
    guard let encoding = encoding(of: target) else {
      throw Failure(
        "\(target): the name of a film; a picture's ends in one of \(ImageEncoding.endings)")
    }
    let bytes = try picture.bytes(as: encoding)
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
