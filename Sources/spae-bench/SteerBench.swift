import ArgumentParser
import Foundation
import SPAEColour
import SPAECommandLine
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae-bench steer`: how long a painted edit takes, and whether the picture takes on the colour
/// that the new word has at the edit's depth.
struct SteerBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steer", abstract: "Measure edits that paint: their time, and their colours.")

  private static let words = [
    "snow", "sunset", "night", "sand", "grass", "water", "autumn", "forest", "fog", "fire", "red",
    "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "grey",
  ]

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Pixels a side: 64, 128, 256 or 512.", valueName: "n"))
  var size = 128

  @Option(help: ArgumentHelp("Edits of each picture.", valueName: "n"))
  var runs = 12

  @Flag(help: "Let the outlines of the segmentation branch confine the edits.")
  var outlines = false

  @Flag(help: "Bring a part of another of the pictures with the word, and measure the time alone.")
  var bring = false

  @Argument(help: "The pictures.")
  var images: [String]

  private struct Figures {
    var times: [Double] = []
    var distances: [Double] = []
    var steered: [Double] = []
    var colours: [Double] = []
  }

  func run() throws {
    let model = try model.load()
    var (figures, random) = (Figures(), Seeded(state: 22))
    let pictures = try images.map { path in
      do { return try ImageFile(path: path).image } catch { throw Failure("\(path): \(error)") }
    }
    if bring { return try measureBringing(pictures, model, &random) }
    for image in pictures { try measure(image, model, &figures, &random) }
    print(
      String(
        format: "steer %d px, %d edits: p50 %.1f ms, p99 %.1f ms; %.0f words steered;"
          + " shift against depth L, CIE76: median %.1f, p90 %.1f; colour against depth L: %.1f",
        size, figures.times.count, figures.times.percentile(50), figures.times.percentile(99),
        figures.steered.percentile(50), figures.distances.percentile(50),
        figures.distances.percentile(90), figures.colours.percentile(50)))
  }

  /// Each picture takes parts of the next one.
  private func measureBringing(
    _ pictures: [PixelImage], _ model: Model, _ random: inout Seeded
  ) throws {
    let pyramids = try pictures.map { try model.encode($0, size: size) }
    var times: [Double] = []
    for (number, pyramid) in pyramids.enumerated() {
      let part = PicturePart(
        pyramid: pyramids[(number + 1) % pyramids.count],
        cell: CellAddress(layer: 1, row: 0, column: 0))
      for run in 0..<runs {
        let cells = pyramid.shape.cells(ofLayer: run % 3 + 1)
        guard let cell = cells.randomElement(using: &random), let block = CellBlock([cell]) else {
          continue
        }
        let word = part.pyramid[part.cell]
        let bringing = Bringing(word, into: block, of: pyramid.shape, from: [part])
        let clock = ContinuousClock()
        times.append(
          try clock.measure { _ = try model.decode(model.bring(pyramid, bringing).pyramid) }
            / Duration.milliseconds(1))
      }
    }
    guard !times.isEmpty else { return }
    print(
      String(
        format: "bring %d px, %d previews: p50 %.1f ms, p99 %.1f ms", size, times.count,
        times.percentile(50), times.percentile(99)))
  }

  private func measure(
    _ image: PixelImage, _ model: Model, _ figures: inout Figures, _ random: inout Seeded
  ) throws {
    let pyramid = try model.encode(image, size: size)
    var evidence = model.evidence(of: image)
    if !outlines { evidence = evidence.withoutOutlines }
    let before = try model.decode(pyramid)
    for run in 0..<runs {
      let layer = run % 3 + 1
      guard let cell = pyramid.shape.cells(ofLayer: layer).randomElement(using: &random),
        let word = Self.words.randomElement(using: &random)
          .flatMap({ model.vocabulary.number(of: $0) }), word != pyramid[cell]
      else { continue }
      let steering = Steering([cell], to: word, of: pyramid.shape)
      let clock = ContinuousClock()
      var after = pyramid
      figures.times.append(
        try clock.measure { after = try model.steer(pyramid, steering, evidence: evidence) }
          / Duration.milliseconds(1))
      figures.steered.append(Double(Edit(from: pyramid, to: after).changes.count - 1))
      func shift(_ old: PixelImage, _ new: PixelImage) -> SIMD3<Float> {
        let (old, new) = (
          old.mean(of: cell, in: pyramid.shape), new.mean(of: cell, in: pyramid.shape)
        )
        return SIMD3(new.lightness - old.lightness, new.a - old.a, new.b - old.b)
      }
      let painted = try model.decode(after)
      let named = try model.decode(steering.applied(to: pyramid), depth: layer)
      let apart = shift(before, painted) - shift(try model.decode(pyramid, depth: layer), named)
      figures.distances.append(Double((apart * apart).sum().squareRoot()))
      figures.colours.append(
        Double(
          painted.mean(of: cell, in: pyramid.shape)
            .distance(to: named.mean(of: cell, in: pyramid.shape))))
    }
  }
}

/// The same numbers every time (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension PixelImage {
  /// The mean colour of a cell's square.
  fileprivate func mean(of cell: CellAddress, in shape: PyramidShape) -> CIELAB {
    ColourCandidates.mean(of: cell.row, cell.column, of: shape.size(ofLayer: cell.layer), in: self)
  }
}
