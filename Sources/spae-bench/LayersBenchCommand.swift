import ArgumentParser
import Foundation
import SPAEEngine
import SPAEFiles
import SPAESystem

/// `spae-bench layers`: what each layer reaches of the processor's peak.
struct LayersBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "Measure every layer beside the processor's peak, on one thread.",
    discussion: """
      The peak is what multiplications with additions reach that wait neither for each other nor for \
      memory, measured in the same run. Layers of one shape are told together.
      """)

  struct Figures: Encodable {
    let instructionSet: String
    /// Billions of operations a second, two for each multiplication with addition.
    let peakGigaflops: Double
    let layers: [Layer]
  }

  struct Layer: Encodable {
    let network: String
    let kind: String
    let inputs: Int
    let outputs: Int
    let width: Int
    let milliseconds: Double
    let gigaflops: Double
    let shareOfPeak: Double

    var line: String {
      let name = "\(network), \(kind), \(inputs) to \(outputs), \(width) px"
        .padding(toLength: 48, withPad: " ", startingAt: 0)
      return name
        + String(
          format: "%7.3f ms %6.1f GFLOP/s %3.0f %%", milliseconds, gigaflops, 100 * shareOfPeak)
    }
  }

  @OptionGroup var engine: EngineBenchOptions
  @OptionGroup var options: BenchOptions

  func run() throws {
    let (model, image) = try engine.load(options.image)
    let before = model.instructionSet.peak
    let layers = try model.layers(ofCoding: image, size: engine.size, runs: options.runs)
    // The processor's clock changes: the peak is taken on both sides of what is compared to it.
    let peak = max(before, model.instructionSet.peak)
    let figures = Figures(
      instructionSet: model.instructionSet.name, peakGigaflops: 2 * peak,
      layers: layers.map { row($0.layer, $0.cost, peak: peak) })
    guard options.json else {
      print(String(format: "peak %.1f GFLOP/s, \(figures.instructionSet)", figures.peakGigaflops))
      return figures.layers.forEach { print($0.line) }
    }
    try putJSON(figures)
  }

  private func row(_ layer: LayerProfiler.Layer, _ cost: LayerProfiler.Cost, peak: Double) -> Layer
  {
    let speed = Double(cost.work) / Double(max(1, cost.nanoseconds))
    return Layer(
      network: layer.network, kind: layer.kind, inputs: layer.inputs, outputs: layer.outputs,
      width: layer.width, milliseconds: Double(cost.nanoseconds) / 1e6 / Double(options.runs),
      gigaflops: 2 * speed, shareOfPeak: speed / peak)
  }
}
