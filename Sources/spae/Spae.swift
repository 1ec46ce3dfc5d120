import ArgumentParser

/// The root of the command line.
@main
struct Spae: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spae",
    abstract: "Turns a picture into a pyramid of words, and the words into the picture again.",
  )
}
