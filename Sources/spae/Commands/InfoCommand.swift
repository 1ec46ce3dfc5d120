import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae info`: what a model or a file is.
struct InfoCommand: ParsableCommand {
  struct Facts: Encodable {
    var model: String
    var folder: String
    var hash: String
    var vocabulary: Int
    var latent: Int
    var guided: Bool
    var branches: [BranchFacts]
    var instructionSet: String
    var threads: Int
    var residentMegabytes: Int
    var file: FileFacts?
    var film: FilmFacts?
  }

  /// What makes words candidates.
  struct BranchFacts: Encodable {
    let name: String
    /// How many classes, or names of colours, it knows.
    let classes: Int
    /// The pixels a side that it looks at; null for the colours.
    var input: Int?
    /// Its weights, in the model's folder.
    var file: String?
  }

  struct FileFacts: Encodable {
    var kind: String
    var width: Int
    var height: Int
    var grid: GridSize?
    var words: [Int]?
    var distinctWords: [Int]?
    var notes: [String]
  }

  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Describe a model, a picture, a pyramid or a film of words.",
    discussion: "For a pyramid, the model is described that it names and is read with.")

  @OptionGroup var model: ModelOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        An object: model, folder, hash, vocabulary, latent, guided, branches, each with name, \
        classes, input and file; instructionSet, threads, residentMegabytes. file of a picture \
        or a pyramid: kind, width, height, grid, words and distinctWords by layer, notes. film: \
        source, width, height, grid, rate, frames, duration, keyFrames, wordsPerFrame, words, \
        kept by layer, notes.
        """))
  var json = false

  @Argument(
    help: ArgumentHelp(
      "A pyramid, a film of words, a picture or a model's folder.", valueName: "file"))
  var file: String?

  func run() throws {
    var option = model
    var path = file
    if let folder = file, FileSystem.exists(folder + "/config.json") {
      guard model.folder == nil else {
        throw Failure("\(folder): a model's folder; leave out --model")
      }
      option.folder = folder
      path = nil
    }
    let models = try option.library()
    let bytes = try path.flatMap { $0 == "-" ? try FileSystem.bytes(descriptor: 0) : nil }
    let film = try path.flatMap { try OpenedFilm(path: $0, bytes: bytes, models: models) }
    let input = try film == nil ? path.map { try read($0, bytes, models) } : nil
    let model: Model
    if case .pyramid(_, let own)? = input {
      model = own
    } else {
      model = try film?.model ?? models.chosen()
    }
    let name = try model.name()
    var facts = Facts(
      model: name.name, folder: model.folder, hash: name.hash, vocabulary: model.vocabulary.count,
      latent: model.configuration.latent, guided: model.configuration.guided != nil,
      branches: Self.branches(model.configuration),
      instructionSet: model.instructionSet.name,
      threads: option.threads ?? Parallel.processors, residentMegabytes: Self.residentMegabytes)
    facts.file = input.map { fileFacts($0, model) }
    facts.film = try film.map { try FilmFacts($0) }
    if json {
      try putJSON(facts)
    } else {
      printed(facts)
    }
  }

  private func read(_ path: String, _ bytes: [UInt8]?, _ models: ModelLibrary) throws -> Input {
    guard let bytes else { return try Input(path: path, models: models) }
    return try Input(bytes: bytes, path: path, models: models)
  }

  private func fileFacts(_ input: Input, _ model: Model) -> FileFacts {
    switch input {
    case .picture(let file):
      return FileFacts(
        kind: file.format, width: file.image.width, height: file.image.height,
        notes: file.notices(size: 128, fit: .whole))
    case .pyramid(let document, _):
      let shape = document.pyramid.shape
      let layers = (1...shape.depth).map { layer in
        shape.cells(ofLayer: layer).map { document.pyramid[$0] }
      }
      let size = model.pictureSize(of: shape)
      return FileFacts(
        kind: "pyramid of \(document.source.name)", width: size.columns, height: size.rows,
        grid: shape.grid, words: layers.map(\.count), distinctWords: layers.map { Set($0).count },
        notes: [])
    }
  }

  private func printed(_ facts: Facts) {
    print("model        \(facts.model)  \(facts.folder)")
    print("sha-256      \(facts.hash)")
    print("vocabulary   \(facts.vocabulary) words, latent of \(facts.latent)")
    print("guided       \(facts.guided ? "yes" : "no")")
    let branches = facts.branches.map { "\($0.name) (\($0.classes))" }
    print("branches     \(branches.isEmpty ? "none" : branches.joined(separator: ", "))")
    print("processor    \(facts.instructionSet), \(facts.threads.counted("thread"))")
    print("memory       \(facts.residentMegabytes) MB resident")
    facts.film?.lines.forEach { print($0) }
    guard let file = facts.file else { return }
    print("file         \(file.kind), \(file.width)x\(file.height)")
    if let grid = file.grid {
      print(
        "grid         \(grid.columns.counted("column")) and \(grid.rows.counted("row")) of cells")
    }
    if let words = file.words, let distinct = file.distinctWords {
      print("words        \(words.map(String.init).joined(separator: " ")) by layer")
      print("distinct     \(distinct.map(String.init).joined(separator: " "))")
    }
    for note in file.notes { print("note         \(note)") }
  }

  private static func branches(_ sizes: ModelConfiguration) -> [BranchFacts] {
    [
      sizes.semantic.map {
        BranchFacts(
          name: "classifier", classes: $0.classes, input: $0.input, file: "semantic.safetensors")
      },
      sizes.segmentation.map {
        BranchFacts(
          name: "segmentation", classes: $0.classes.count, input: $0.input,
          file: "segmentation.safetensors")
      },
      sizes.detection.map {
        BranchFacts(
          name: "detection", classes: $0.classes.count, input: $0.input,
          file: "detection.safetensors")
      },
      sizes.guided?.colours.map { BranchFacts(name: "colour names", classes: $0.names.count) },
    ].compactMap { $0 }
  }

  /// What the process holds in memory now.
  private static var residentMegabytes: Int {
    let status = FileSystem.text(of: "/proc/self/statm")
    let pages = status?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return (pages * Int(sysconf(Int32(_SC_PAGESIZE)))) >> 20
  }
}
