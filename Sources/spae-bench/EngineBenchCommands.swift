import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae-bench decode`: words to pixels.
struct DecodeBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Measure a full decode.")

  @OptionGroup var engine: EngineBenchOptions
  @OptionGroup var options: BenchOptions

  func run() throws {
    let (model, image) = try engine.load(options.image)
    let pyramid = try model.encode(image, size: engine.size)
    try engine.report("decode", model, options) { _ = try model.decode(pyramid) }
  }
}

/// `spae-bench encode`: pixels to words.
struct EncodeBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Measure a full encode.")

  @OptionGroup var engine: EngineBenchOptions
  @OptionGroup var options: BenchOptions

  func run() throws {
    let (model, image) = try engine.load(options.image)
    try engine.report("encode", model, options) {
      _ = try model.encode(image, size: engine.size)
    }
  }
}

/// `spae-bench classify`: pixels to what the frozen classifier says.
struct ClassifyBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Measure the frozen classifier, with its view.")

  @OptionGroup var engine: EngineBenchOptions
  @OptionGroup var options: BenchOptions

  func run() throws {
    let (model, image) = try engine.load(options.image)
    try engine.report("classify", model, options) {
      _ = try model.classes(in: image, size: engine.size)
    }
  }
}

/// `spae-bench edit`: one changed word.
struct EditBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Measure the change of one word beside a full decode.")

  @OptionGroup var engine: EngineBenchOptions
  @OptionGroup var options: BenchOptions

  func run() throws {
    let (model, image) = try engine.load(options.image)
    let pyramid = try model.encode(image, size: engine.size)
    let bench = EditBench(model: model, threads: engine.threads)
    let figures = try bench.figures(for: pyramid, size: engine.size, cells: options.runs)
    guard options.json else { return print(figures.line) }
    try putJSON(figures)
  }
}

/// `spae-bench quantize`: latents to their nearest words.
struct QuantizeBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Measure the search for the nearest of all words, 600 latents at once.")

  @OptionGroup var engine: EngineBenchOptions
  @OptionGroup var options: BenchOptions

  func run() throws {
    let (model, image) = try engine.load(options.image)
    // A picture of 256 pixels has 1,024 cells.
    let latents = Array(
      try model.latent(of: image, size: 256).prefix(600 * model.configuration.latent))
    try engine.report("quantize", model, options) { _ = model.codebook.nearest(to: latents) }
  }
}

/// The model and the size that are measured.
struct EngineBenchOptions: ParsableArguments {
  struct Figures: Encodable {
    let work: String
    let size: Int
    let runs: Int
    let threads: Int
    let instructionSet: String
    let medianMilliseconds: Double
    let fastestMilliseconds: Double
    /// Processor time of all threads; other programs do not count.
    let processorMilliseconds: Double
  }

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Pixels a side.", valueName: "n"))
  var size = 128

  var threads: Int { model.threads ?? Parallel.processors }

  func load(_ path: String) throws -> (Model, PixelImage) {
    do { return (try model.load(), try ImageFile(path: path).image) } catch let error as ImageError
    {
      throw Failure("\(path): \(error)")
    }
  }

  /// Runs the work once to warm up, then as often as is wished, and prints the times.
  func report(
    _ name: String, _ model: Model, _ options: BenchOptions, _ work: () throws -> Void
  ) throws {
    try work()
    let clock = ContinuousClock()
    var processor: [Double] = []
    let times = try (0..<options.runs).map { _ in
      let start = processorNanoseconds
      defer { processor.append(Double(processorNanoseconds - start) / 1e6) }
      return try clock.measure(work) / Duration.milliseconds(1)
    }.sorted()
    processor.sort()
    let figures = Figures(
      work: name, size: size, runs: options.runs, threads: threads,
      instructionSet: model.instructionSet.name, medianMilliseconds: times[options.runs / 2],
      fastestMilliseconds: times[0], processorMilliseconds: processor[options.runs / 2])
    guard options.json else { return printed(figures) }
    try putJSON(figures)
  }

  private func printed(_ figures: Figures) {
    print(
      "\(figures.work) \(size) px, \(figures.threads) threads, \(figures.instructionSet): median "
        + String(
          format: "%.2f ms, fastest %.2f ms, processor time %.2f ms",
          figures.medianMilliseconds, figures.fastestMilliseconds, figures.processorMilliseconds))
  }
}

/// The processor time of this process so far.
private var processorNanoseconds: Int {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
