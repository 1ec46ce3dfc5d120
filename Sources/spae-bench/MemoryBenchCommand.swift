import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae-bench memory`: what stays in memory, and the most of it.
struct MemoryBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Measure the memory: the most while loading, encoding, decoding and editing.",
    discussion: """
      Resident memory as Linux counts it, the mapped files of the model included. Each step has a \
      model of its own; the program itself is part of every number.
      """)

  struct Figures: Encodable {
    let size: Int
    let loadKilobytes: Int
    let encodeKilobytes: Int
    let decodeKilobytes: Int
    let editKilobytes: Int

    var lines: [String] {
      [
        ("load", loadKilobytes), ("encode", encodeKilobytes), ("decode", decodeKilobytes),
        ("edit", editKilobytes),
      ].map { name, kilobytes in
        name.padding(toLength: 8, withPad: " ", startingAt: 0)
          + String(format: "%7.1f MiB", Double(kilobytes) / 1024)
      }
    }
  }

  @OptionGroup var engine: EngineBenchOptions
  @OptionGroup var options: BenchOptions

  func run() throws {
    let image = try engine.load(options.image).1
    let loaded = try mostResident { _ in }
    let encoded = try mostResident { _ = try $0.encode(image, size: engine.size) }
    let pyramid = try engine.model.load().encode(image, size: engine.size)
    let decoded = try mostResident { _ = try $0.decode(pyramid) }
    let edited = try mostResident { model in
      let session = try DecodeSession(model: model, pyramid: pyramid)
      var changed = pyramid
      let top = CellAddress(layer: 1, row: 0, column: 0)
      changed[top] = changed[top] == 0 ? 1 : 0
      _ = try session.apply(changed)
    }
    let figures = Figures(
      size: engine.size, loadKilobytes: loaded, encodeKilobytes: encoded,
      decodeKilobytes: decoded, editKilobytes: edited)
    guard options.json else { return figures.lines.forEach { print($0) } }
    try putJSON(figures)
  }

  /// The most resident memory, in KiB, while a model is loaded and used.
  private func mostResident(_ use: (Model) throws -> Void) throws -> Int {
    // Tells Linux to forget the most so far.
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    try use(try engine.model.load())
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }
}
