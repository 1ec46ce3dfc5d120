import Foundation
import SPAEEngine
import SPAEPyramid

/// The time of one changed word beside that of a full decode, in the same run.
struct EditBench {
  struct Figures: Encodable {
    let work = "edit"
    let size: Int
    let cells: Int
    let threads: Int
    let instructionSet: String
    let medianMilliseconds: Double
    let slowestMilliseconds: Double
    let fullMilliseconds: Double
    let timesFaster: Double
    let stopMilliseconds: Double

    private enum CodingKeys: String, CodingKey {
      case work, size, cells, threads, instructionSet, medianMilliseconds, slowestMilliseconds
      case fullMilliseconds, timesFaster, stopMilliseconds
    }

    var line: String {
      "edit \(size) px, \(threads) threads, \(instructionSet): median "
        + String(
          format: "%.3f ms, slowest %.3f ms; full decode %.2f ms, %.1f times as long; "
            + "a stale one stops in %.2f ms",
          medianMilliseconds, slowestMilliseconds, fullMilliseconds, timesFaster,
          stopMilliseconds)
    }
  }

  let model: Model
  let threads: Int

  /// Changes the word of random cells of a pyramid, one after another.
  func figures(for pyramid: Pyramid, size: Int, cells: Int) throws -> Figures {
    let session = try DecodeSession(model: model, pyramid: pyramid)
    var (pyramid, random) = (pyramid, SystemRandomNumberGenerator())
    var (edits, full): ([Double], [Double]) = ([], [])
    let clock = ContinuousClock()
    for edit in 0..<cells {
      pyramid = changed(pyramid, with: &random)
      edits.append(
        try clock.measure { _ = try session.apply(pyramid) } / Duration.milliseconds(1))
      guard edit % 4 == 0 else { continue }
      full.append(try clock.measure { _ = try model.decode(pyramid) } / Duration.milliseconds(1))
    }
    edits.sort()
    full.sort()
    let (median, whole) = (edits[edits.count / 2], full[full.count / 2])
    return Figures(
      size: size, cells: cells, threads: threads, instructionSet: model.instructionSet.name,
      medianMilliseconds: median, slowestMilliseconds: edits[edits.count - 1],
      fullMilliseconds: whole, timesFaster: whole / median,
      stopMilliseconds: try longestStop(of: session, from: pyramid, within: whole))
  }

  /// How long nine of ten full decodes go on, at most, after they were cancelled at some moment.
  private func longestStop(
    of session: DecodeSession, from pyramid: Pyramid, within whole: Double
  ) throws -> Double {
    let clock = ContinuousClock()
    return try (0..<50).map { moment in
      let words = pyramid.words.map { ($0 + 1) % Int32(model.codebook.count) }
      let stale = moment % 2 == 0 ? Pyramid(shape: pyramid.shape, words: words) : pyramid
      let end = clock.now + .milliseconds(1) * (whole * Double(moment) / 50)
      do throws(EngineError) {
        _ = try session.apply(stale ?? pyramid) { clock.now >= end }
        return 0
      } catch {
        guard error == .cancelled else { throw error }
        return (clock.now - end) / Duration.milliseconds(1)
      }
    }.sorted()[44]
  }

  private func changed(
    _ pyramid: Pyramid, with random: inout some RandomNumberGenerator
  ) -> Pyramid {
    var words = pyramid.words
    let index = Int.random(in: words.indices, using: &random)
    let word = Int.random(in: 0..<model.codebook.count - 1, using: &random)
    words[index] = Int32(word) + (word >= words[index] ? 1 : 0)
    return Pyramid(shape: pyramid.shape, words: words) ?? pyramid
  }
}
