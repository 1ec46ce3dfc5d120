public import ArgumentParser
public import SPAEPixels

extension Fit: ExpressibleByArgument {}

/// What of a picture is encoded, and how large.
struct PictureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Pixels of the shorter side: 64, 128, 256 or 512.", valueName: "n"))
  var size = 128

  @Option(
    help: ArgumentHelp(
      "The whole picture, its middle square, or a square with white beside it or squeezed.",
      discussion: "Default: whole; in a stream crop."))
  var fit: Fit?

  func validate() throws {
    guard [64, 128, 256, 512].contains(size) else {
      throw ValidationError("--size must be 64, 128, 256 or 512")
    }
  }
}
