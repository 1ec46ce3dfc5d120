import ArgumentParser
import Dispatch
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Synchronization

extension DocumentFormat: ExpressibleByArgument {}

/// `spae encode`: pictures to pyramids.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Turn pictures into pyramids of words, and clips into films.",
    discussion: """
      Reads \(PictureFormat.namesRead); - is standard input. One picture is written to standard \
      output unless -o names a file or a folder; several need a folder. A file that exists is \
      replaced only with --force. One that holds this picture's words already stays as it is, and \
      one that this picture gave by another size, fit or weight is replaced if nobody has edited \
      it, so that a run can be repeated.

      Pictures are turned upright as EXIF or XMP says, transparency is laid on white, gamma and \
      colour profiles are ignored; --verbose tells which of these happened. Of an animation the \
      first frame is taken unless --film asks for all. A picture with one frame, whatever its format, is \
      no film: --film refuses it, and a stream answers it as a picture. AVIF and HEIC, which phones \
      make, are read where Debian's package libheif1 is installed.

      The whole picture is encoded, at its own aspect: --size is the pixels of its shorter side, of \
      a picture longer than 4:1 the middle is taken. --fit crop takes the middle square; data sets \
      are made of those, so --stream does unless --fit says otherwise.

      A clip becomes a film: a pyramid and the words that change. y4m, and with --film animated GIF \
      and WebP, are read as they are, from a pipe too; MP4, MKV, WebM, AVI, MOV and others, and \
      APNG with --film, by the program ffmpeg (apt install ffmpeg). Each frame is in the file as \
      soon as it is done. The same film of an earlier run stays as it is, and one that was cut short \
      becomes whole. Where a clip breaks off, the frames before are kept, and the exit status \
      is 1. --fps, --from and --to choose frames; those that come at varying times become steady.

      --stream reads pictures from standard input until it ends, a line of JSON each, and answers \
      each with a line, in the same order: key, width, height, model (its hash), grid (such as 24x16, \
      where it is no square) and layers, a list of words for each; or key, model and error, and goes on. A picture is {"file": PATH}, \
      {"key": NAME, "base64": TEXT}, or {"key": NAME, "length": BYTES} and, after the line's end, \
      so many bytes. A file may have a key too; without one its path is the key. A name, such as clip.mp4, may stand \
      beside the key: a film calls its source so. A path that is not \
      UTF-8 is given in its own bytes, or with \\udc80 to \\udcff for these, as Python writes it; the \
      answer names it so. A clip is answered with key, width, height, model and film: a list of the lines \
      that --format json writes of it, or with --format text the text of its file; where it breaks off, \
      error follows the frames before. Of an animation the first frame is taken unless --film asks for \
      all; --fps, --from, --to and --tolerance hold for every clip. What the stream cannot \
      follow ends the stream with exit status 1, once all before it is answered; the error \
      names the byte at which it began. Memory does not grow with the stream, nor with \
      a clip, and it reads no faster than its answers are read.

      find photos -name '*.jpg' | jq -Rc '{file: .}' | spae encode --stream > words.ndjson

      ls *.mp4 | jq -Rc '{file: .}' | spae encode --stream --fit whole > films.ndjson
      """)

  @OptionGroup var model: ModelOption

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A file or a folder.", discussion: "Default: standard output, as with -.", valueName: "path"))
  var output: String?

  @OptionGroup var input: PictureOptions

  @Option(
    help: ArgumentHelp(
      "The form of the words.",
      discussion:
        "Default: text, or json to a file whose name ends in .json; of films in a stream json."))
  var format: DocumentFormat?

  @OptionGroup var films: FilmOptions

  @OptionGroup var semantics: SemanticWeightOption

  @OptionGroup var overwriting: OverwriteOption

  @Flag(help: "Answer pictures and clips from standard input one by one, in JSON.")
  var stream = false

  @Flag(help: "Say what was done to each picture.")
  var verbose = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @Argument(help: ArgumentHelp("The pictures or clips.", valueName: "image"))
  var images: [String] = []

  func validate() throws {
    try overwriting.validate(for: output)
    try FileForm.validate(wordsFor: output)
    if stream {
      guard images.isEmpty, output == nil else {
        throw ValidationError(
          "--stream takes its pictures from standard input and writes JSON to standard output;"
            + " leave out the names and -o")
      }
    } else if images.isEmpty {
      throw ValidationError("name the pictures, or feed them to --stream")
    } else if images.count > 1, output == nil || output == "-" {
      throw ValidationError("several pictures need -o FOLDER")
    }
  }

  func run() throws {
    if stream { try runStream() } else { try runFiles() }
  }

  private func runStream() throws {
    let threads = model.threads ?? Parallel.processors
    var option = model
    option.threads = 1
    var settings = EncodeStream.Settings(
      size: input.size, fit: input.fit ?? .crop, semanticWeight: semantics.weight,
      verbose: verbose)
    (settings.film, settings.frames) = (films.settings, films.frames.selection)
    (settings.format, settings.animationsAreClips) = (format == .text ? .text : .json, films.film)
    try EncodeStream(model: try option.load(), settings: settings, threads: threads).run()
  }

  private func runFiles() throws {
    // Several pictures share the processors; each is then encoded on one thread.
    var option = model
    let workers = min(images.count, model.threads ?? Parallel.processors)
    if images.count > 1 { option.threads = 1 }
    let model = try option.load()
    let name = try model.name()
    let targets = try outputs()
    let folders = try madeFolders(for: targets)
    defer { FileSystem.removeEmptyFolders(folders) }
    let progress = ProgressBar(total: images.count, isShown: !quiet && images.count > 1)
    let failures = Mutex<[Int: String]>([:])
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < images.count else { return }
        do {
          try encode(images[index], to: targets[index], model: model, name: name)
        } catch {
          failures.withLock { $0[index] = error.reason }
        }
        progress.advance()
      }
    }
    progress.finish()
    let failed = failures.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    if !failed.isEmpty { throw Failure(lines: failed) }
  }

  /// Where each picture's words go; nil is standard output.
  private func outputs() throws -> [String?] {
    guard let output, output != "-" else { return [nil] }
    let isFolder = FileSystem.isFolder(output)
    if images.count == 1, !isFolder, output.utf8.last != UInt8(ascii: "/") { return [output] }
    if FileSystem.exists(output), !isFolder { throw Failure("\(output): not a folder") }
    let suffix = format == .json ? "json" : "spae"
    let targets = images.map { image in
      let stem = image == "-" ? "stdin" : FileName.stem(of: image)
      return "\(output)\(output.utf8.last == UInt8(ascii: "/") ? "" : "/")\(stem).\(suffix)"
    }
    // Names that Swift takes for equal, such as an accent of one or of two scalars, are two files.
    let twice = Dictionary(grouping: targets.indices) { FileName.bytes(targets[$0]) }.values
      .filter { $0.count > 1 }.min { $0[0] < $1[0] }
    if let twice {
      let names = twice.map { images[$0] }.joined(separator: " and ")
      throw Failure("\(names) would both be written to \(targets[twice[0]]); encode them apart")
    }
    return targets
  }

  /// Makes the folder of several words, and gives those made: they go again where nothing is written.
  private func madeFolders(for targets: [String?]) throws(Failure) -> [String] {
    guard let output, targets != [output], targets != [nil] else { return [] }
    do throws(SystemError) { return try FileSystem.makeFolder(output) } catch {
      throw Failure("\(output): the folder cannot be made: \(error)")
    }
  }

  /// The form of the words: as it is asked for, or as the file's name says.
  private func form(of target: String?) -> DocumentFormat {
    format ?? (target.flatMap { FileForm(path: $0) } == .json ? .json : .text)
  }

  private func encode(
    _ path: String, to target: String?, model: Model, name: PyramidDocument.ModelName
  ) throws {
    switch try PictureOrClip(path: path, asFilm: films.film) {
    case .picture(let file): try encode(file, path, to: target, model: model, name: name)
    case .clip(let reader, let kind):
      try encode(reader, kind, path, to: target ?? "-", model: model)
    }
  }

  private func encode(
    _ reader: ByteReader, _ kind: FilmKind, _ path: String, to target: String, model: Model
  ) throws {
    guard semantics.weight == 1 else { throw Failure("\(path): \(ClipEncoder.notWeighted.line)") }
    let output = overwriting.file(target)
    try StandingFilm.refuseOthers(output)
    let source: any FrameSource
    do throws(FrameError) {
      source = try FrameReader.open(reader, path: path, kind: kind, films.frames.selection)
    } catch {
      throw Failure("\(path): \(error)")
    }
    var settings = ClipEncoder.Settings(
      size: input.size, fit: input.fit ?? .whole, format: form(of: target) == .json ? .json : .text)
    (settings.film, settings.from) = (films.settings, films.frames.selection.from)
    settings.showsProgress = !quiet && images.count == 1
    let report = try ClipEncoder(model: model, settings: settings)
      .encode(source, path: path, to: output)
    if quiet { return }
    for line in report.notices + (verbose || target != "-" ? [report.text] : []) {
      print("spae: \(path): \(line)", toStandardError: true)
    }
  }

  private func encode(
    _ file: ImageFile, _ path: String, to target: String?, model: Model,
    name: PyramidDocument.ModelName
  ) throws {
    // Among several they are those of the clips.
    guard images.count > 1 || !films.areGiven else {
      throw Failure(
        "\(path): a picture; leave out --fps, --from, --to and --tolerance, or take all frames of an"
          + " animation with --film")
    }
    let fit = input.fit ?? .whole
    tellNotices(of: file, path, fit)
    let pyramid = try model.encode(
      file.image, size: input.size, fit: fit, semanticWeight: semantics.weight)
    let document = PyramidDocument(
      model: name,
      source: .init(
        name: FileName.inputLabel(of: path),
        width: file.image.width, height: file.image.height),
      pyramid: pyramid)
    let bytes = try document.bytes(as: form(of: target), vocabulary: model.vocabulary)
    if let target {
      try overwriting.file(target).write(bytes) { found in
        document.finding(in: found, as: form(of: target), vocabulary: model.vocabulary) { shape in
          otherWords(of: file.image, shape: shape, model: model)
        }
      }
    } else {
      StandardOutput.write(bytes)
    }
  }

  /// What is left out is told unless --fit asked for it; how the picture was read, with --verbose.
  private func tellNotices(of file: ImageFile, _ path: String, _ fit: Fit) {
    let cut = fit.notice(width: file.image.width, height: file.image.height, size: input.size)
    for note in file.notices(size: input.size, fit: fit) {
      if note == ImageFile.firstFrameNote, !quiet {
        print("spae: \(path): \(note); --film takes all", toStandardError: true)
      } else if verbose || (note == cut && input.fit == nil && !quiet) {
        print("spae: \(path): \(note)", toStandardError: true)
      }
    }
  }

  /// What other options make of a picture. A file does not tell its fit and its semantic weight: all
  /// fits are tried, and the weights that are likely.
  private func otherWords(of image: PixelImage, shape: PyramidShape, model: Model) -> [Pyramid] {
    let size = model.pictureSize(of: shape).shorter
    let fits = image.width == image.height ? [.crop] : Fit.allCases
    return fits.flatMap { fit in
      Set([semantics.weight, 1, 0]).compactMap {
        try? model.encode(image, size: size, fit: fit, semanticWeight: $0)
      }
    }
  }
}
