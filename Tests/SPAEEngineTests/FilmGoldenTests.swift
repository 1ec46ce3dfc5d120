import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// What the PyTorch package makes of a small clip (Training/spae/prepare/film_golden.py, which draws
/// it by the same numbers) and this engine makes of it too.
@Suite struct OnAFilmTheEngineAgreesWithPyTorch {
  private static let side = 64

  private static func frame(_ colour: (_ row: Int, _ column: Int) -> [Int]) -> PixelImage {
    var image = PixelImage(width: side, height: side, colour: .white)
    for row in 0..<side {
      for column in 0..<side {
        for (channel, value) in colour(row, column).enumerated() {
          image[row, column, channel] = UInt8(value)
        }
      }
    }
    return image
  }

  private static let clip: [PixelImage] =
    [8, 12, 12, 20, 30].map { square in
      frame { row, column in
        let value = 90 + (row * row / 9 + 3 * column) % 90
        let isSquare = (20..<36).contains(row) && (square..<square + 16).contains(column)
        return isSquare ? [230, 20, 20] : [value, 250 - value, value / 2]
      }
    }
    + [7, 8, 9].map { width in
      frame { row, column in
        let (down, right) = (row - 32, column - 32)
        let value = 60 + (down * down + right * right) / width % 140
        return [value, 250 - value, value / 2]
      }
    }

  @Test func onEveryWord() throws {
    let root = TheEngineAgreesWithPyTorch.root
    let model = try Model(folder: root + "/Assets/models/small")
    let golden = try Safetensors(path: root + "/Tests/SPAEEngineTests/Fixtures/film.safetensors")
    let count = Self.clip.count
    let words = try golden.integers("words", shape: [count, 149])
    let keys = try golden.integers("keys", shape: [count])
    let levels = try golden.integers("levels", shape: [count])
    let encoder = FilmEncoder(model: model, size: Self.side)
    for (index, frame) in Self.clip.enumerated() {
      let encoded = try encoder.encode(frame)
      #expect(encoded.isKey == (keys[index] == 1))
      #expect(encoded.steady == (encoded.isKey ? Int(levels[index]) : nil))
      let expected = words[index * 149..<(index + 1) * 149]
      let differing = zip(try #require(encoder.pyramid).words, expected).count { $0 != $1 }
      #expect(differing == 0, "frame \(index + 1)")
    }
  }
}
