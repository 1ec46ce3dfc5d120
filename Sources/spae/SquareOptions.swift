public import ArgumentParser
public import SPAEPixels

extension Fit: ExpressibleByArgument {}

/// How a picture becomes the square that is encoded.
struct SquareOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Pixels a side: 64, 128, 256 or 512.", valueName: "n"))
  var size = 128

  @Option(help: "How a picture becomes a square.")
  var fit = Fit.crop

  func validate() throws {
    guard [64, 128, 256, 512].contains(size) else {
      throw ValidationError("--size must be 64, 128, 256 or 512")
    }
  }
}
