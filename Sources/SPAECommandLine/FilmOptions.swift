package import ArgumentParser
package import SPAEEngine
package import SPAEFrames
import SPAEPyramid

/// Which frames of a film are taken.
package struct FrameOptions: ParsableArguments {
  package init() {}

  @Option(
    help: ArgumentHelp(
      "Frames a second, such as 12, 29.97 or 30000/1001; default those of the film.",
      valueName: "rate"))
  var fps: String?

  @Option(
    help: ArgumentHelp(
      "Where it begins: seconds, or such as 1:02:03.5.",
      discussion: "Default: with the first frame.", valueName: "time"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Where it ends.", discussion: "Default: behind the last frame.", valueName: "time"))
  var to: String?

  package func validate() throws {
    if let fps, FrameRate(fps).map({ $0.framesPerSecond > 1000 }) ?? true {
      throw ValidationError(
        "--fps \(fps): frames a second are a number above 0, up to 1000, or a fraction such as 30000/1001"
      )
    }
    for (name, text) in [("--from", from), ("--to", to)] {
      guard let text, FrameSelection.seconds(text) == nil else { continue }
      throw ValidationError("\(name) \(text): a time is seconds, or such as 1:02 or 1:02:03.5")
    }
    if let end = selection.to, end <= selection.from {
      throw ValidationError("--to must be behind --from")
    }
  }

  package var selection: FrameSelection {
    FrameSelection(
      rate: fps.flatMap { FrameRate($0) },
      from: from.flatMap { FrameSelection.seconds($0) } ?? 0,
      to: to.flatMap { FrameSelection.seconds($0) })
  }

  /// Whether any of them was given.
  package var areGiven: Bool { fps != nil || from != nil || to != nil }
}

/// How a clip becomes a film of words.
package struct FilmOptions: ParsableArguments {
  package init() {}

  @Flag(help: "Encode all frames of a GIF, WebP or APNG, which otherwise is a picture.")
  package var film = false

  @OptionGroup package var frames: FrameOptions

  @Option(
    help: ArgumentHelp(
      "By how much a changed word of a film must reduce the squared error of a cell's pixels.",
      discussion: "Default: \(Int(FilmSettings().tolerance)). More: fewer words change.",
      valueName: "error"))
  var tolerance: Float?

  package func validate() throws {
    guard tolerance.map({ $0.isFinite && $0 >= 0 }) ?? true else {
      throw ValidationError("--tolerance must be 0 or more")
    }
  }

  /// Whether any was given that says nothing of a picture.
  package var areGiven: Bool { film || frames.areGiven || tolerance != nil }

  package var settings: FilmSettings {
    var settings = FilmSettings()
    if let tolerance { settings.tolerance = tolerance }
    return settings
  }
}
