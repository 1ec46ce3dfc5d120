public import ArgumentParser
package import SPAEFiles
public import SPAEPixels
package import SPAESystem

extension Fit: ExpressibleByArgument {}

/// What of a picture is encoded, and how large.
package struct PictureOptions: ParsableArguments {
  package init() {}

  @Option(
    name: .customLong("size"),
    help: ArgumentHelp(
      "Pixels of the shorter side: 64, 128, 256 or 512.", discussion: "Default: 128.",
      valueName: "n"))
  package var chosenSize: Int?

  package var size: Int { chosenSize ?? 128 }

  @Option(
    help: ArgumentHelp(
      "The whole picture, its middle square, or a square with white beside it or squeezed.",
      discussion: "Default: whole; in a stream of spae encode crop."))
  package var fit: Fit?

  package func validate() throws {
    guard [64, 128, 256, 512].contains(size) else {
      throw ValidationError("--size must be 64, 128, 256 or 512")
    }
  }

  /// Refuses what says nothing of words, whose size and grid stay.
  package func refuse(_ reason: String) throws(Failure) {
    guard chosenSize == nil, fit == nil else {
      throw Failure("\(reason); leave out --size and --fit, which are for pictures")
    }
  }

  /// The same where a file held words.
  package func refuse(for opened: OpenedPicture, _ path: String) throws(Failure) {
    if opened.image == nil { try refuse("\(path): a pyramid has its own size") }
  }
}
