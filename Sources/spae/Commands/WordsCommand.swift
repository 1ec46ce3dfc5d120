import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEPyramid
import SPAESystem

/// `spae words`: the vocabulary.
struct WordsCommand: ParsableCommand {
  struct Neighbour: Encodable {
    let word: String
    let similarity: Float
  }

  static let configuration = CommandConfiguration(
    commandName: "words", abstract: "List the words a pyramid may hold.")

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The words nearest in meaning to this one.", valueName: "word"))
  var near: String?

  @Option(
    help: ArgumentHelp("The words of a pattern: * is any letters, ? is one.", valueName: "pattern"))
  var like: String?

  @Option(
    help: ArgumentHelp(
      "How many neighbours, for --near.", discussion: "Default: 12.", valueName: "n"))
  var count: Int?

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list of words; with --near one of objects with word and similarity.
        """))
  var json = false

  func validate() throws {
    guard near == nil || like == nil else { throw ValidationError("give --near or --like") }
    guard near != nil || count == nil else { throw ValidationError("--count is of --near alone") }
    guard (1...1000).contains(count ?? 1) else {
      throw ValidationError("--count must be 1 to 1000")
    }
  }

  func run() throws {
    let lexicon = try model.lexicon()
    if let near {
      try show(neighbours(of: near, lexicon))
    } else {
      let words = like.map { lexicon.vocabulary.matching($0) } ?? lexicon.vocabulary.words
      if words.isEmpty { throw Failure("no word matches '\(like ?? "")'") }
      if json {
        try putJSON(words)
      } else {
        words.forEach { print($0) }
      }
    }
  }

  private func neighbours(of word: String, _ lexicon: Lexicon) throws -> [Neighbour] {
    guard let number = lexicon.vocabulary.number(of: word.lowercased()) else {
      let spelled = lexicon.vocabulary.nearestInSpelling(to: word)
      throw Failure("\(PyramidTextError.Problem.unknownWord(word, near: spelled))")
    }
    return lexicon.codebook.neighbours(of: number, count: count ?? 12).map {
      Neighbour(word: lexicon.vocabulary[$0.word], similarity: $0.similarity)
    }
  }

  private func show(_ neighbours: [Neighbour]) throws {
    if json { return try putJSON(neighbours) }
    for each in neighbours { print(String(format: "%.3f", each.similarity) + "  " + each.word) }
  }
}
