import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// A picture of words that were written, made of parts of others.
@Suite struct APictureOfParts {
  private static let model = try? Model(folder: ModelCopy.shipped.path)

  private let model: Model
  private let pictures: [Pyramid]

  init() throws {
    model = try #require(Self.model)
    let model = model
    pictures = try ["beach", "dog", "mountain"].map {
      try model.encode(
        ImageFile(path: ModelCopy.shipped.path + "/../../pictures/\($0).png").image)
    }
  }

  /// The upper words of one picture above the middle and of another below it.
  private func halves(_ top: Int, _ bottom: Int) -> [Int32] {
    let shape = pictures[0].shape
    return (0..<shape.wordCount(toDepth: 3)).map { index in
      let cell = shape.cell(at: index)
      let isTop = 2 * cell.row < shape.size(ofLayer: cell.layer).rows
      return pictures[isTop ? top : bottom].words[index]
    }
  }

  @Test("shows at each position what fits its word, and keeps the words")
  func parts() throws {
    let words = halves(2, 0)
    let made = try model.assemble(words, from: pictures, score: { _ in 0 })
    #expect(Array(made.pyramid.words.prefix(words.count)) == words)
    #expect(made.parts.prefix(8).count { $0 == 2 } >= 7)
    #expect(made.parts.suffix(8).count { $0 == 0 } >= 7)
    #expect(try model.assemble(words, from: pictures, score: { _ in 0 }) == made)
    let picture = try model.decode(made.pyramid)
    func part(_ image: PixelImage, _ top: Int) -> PixelImage {
      image.cropped(left: 0, top: top, width: 128, height: 32)
    }
    for (number, top) in [(2, 0), (0, 96)] {
      let own = part(picture, top).psnr(to: part(try model.decode(pictures[number]), top))
      let other = part(picture, top).psnr(to: part(try model.decode(pictures[1]), top))
      #expect(own > other + 4)
    }
  }

  @Test("has none of them at more than half of the positions, whatever its words")
  func limit() throws {
    let count = pictures[0].shape.wordCount(toDepth: 3)
    let made = try model.assemble(
      Array(pictures[1].words.prefix(count)), from: pictures, score: { _ in 0 })
    for number in 0..<3 { #expect(made.parts.count { $0 == number } <= 8) }
    let equal = zip(made.pyramid.words, pictures[1].words).dropFirst(count).count { $0 == $1 }
    #expect(equal < 576 / 2)
    let alone = try model.assemble(
      Array(pictures[1].words.prefix(5)), from: [pictures[1]], score: { _ in 0 })
    #expect(alone.parts == [Int](repeating: 0, count: 16))
  }

  @Test("of two pictures has the one with the greater score, of equal ones the first")
  func score() throws {
    let shape = pictures[0].shape
    let words = (0..<shape.wordCount(toDepth: 3)).map { pictures[$0 % 3].words[$0] }
    var made: [Pyramid] = []
    func picture(score: (Pyramid) -> Float) throws -> AssembledPicture {
      try model.assemble(words, from: pictures, score: score)
    }
    let first = try picture {
      made.append($0)
      return 0
    }
    try #require(made.count == 2 && made[0] != made[1])
    #expect(try picture { $0 == made[0] ? 1 : 0 } == first)
    #expect(try picture { $0 == made[1] ? 1 : 0 } != first)
  }

  @Test("has no seam: across one, pixels differ little more than elsewhere")
  func seams() throws {
    let picture = try model.decode(
      try model.assemble(halves(2, 0), from: pictures, score: { _ in 0 }).pyramid)
    func step(_ row: Int) -> Double {
      let steps = (0..<128).flatMap { column in
        (0..<3).map { abs(Int(picture[row, column, $0]) - Int(picture[row - 1, column, $0])) }
      }
      return Double(steps.reduce(0, +)) / Double(steps.count)
    }
    let others = [48, 56, 72, 80].map(step).reduce(0, +) / 4
    #expect(step(64) < 3 * others + 3)
  }

  @Test("ends where it is cancelled")
  func cancelled() throws {
    let words = halves(2, 0)
    #expect(throws: EngineError.cancelled) {
      try model.assemble(words, from: pictures, score: { _ in 0 }, isCancelled: { true })
    }
  }
}
