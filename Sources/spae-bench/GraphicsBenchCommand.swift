import ArgumentParser
import Foundation
import SPAEFiles
import SPAEPixels
import SPAESystem

/// `spae-bench graphics`: a picture to escape sequences.
struct GraphicsBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graphics",
    abstract: "Measure the drawing of a picture beside libsixel and libchafa.")

  @OptionGroup var options: BenchOptions

  func run() throws {
    let image: PixelImage
    do { image = try ImageFile(path: options.image).image } catch {
      throw Failure("\(options.image): \(error)")
    }
    let figures = try GraphicsBench(image, runs: options.runs).figures()
    guard options.json else { return GraphicsBench.table(figures).forEach { print($0) } }
    try putJSON(figures)
  }
}
