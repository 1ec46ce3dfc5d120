import SPAEEngine
import SPAEPixels
import Testing

/// Pictures of 32 x 16 pixels; those from column 8 on are filled.
@Suite struct AnAreaThatIsPainted {
  private let width = 32
  private let height = 16

  private func picture(_ level: (_ column: Int) -> UInt8) -> PixelImage {
    PixelImage(
      width: width, height: height,
      pixels: (0..<width * height).flatMap { pixel in
        [UInt8](repeating: level(pixel % width), count: 3)
      })
  }

  private func mask(from first: Int, to end: Int = .max) -> [Float] {
    (0..<width * height).map { (first..<end).contains($0 % width) ? 1 : 0 }
  }

  @Test func changesAtItsRimAsWithin() {
    let area = PaintedArea((whole: mask(from: 8), receded: mask(from: 10)))
    let before = picture { UInt8(4 * $0) }
    // Words change less near the rim, and a little beyond it.
    let change: [UInt8] = [3, 6, 10, 20, 30, 40]
    let after = picture { UInt8(4 * $0) + change[min(max(0, $0 - 7), 5)] }
    let completed = area.completed(after, from: before)
    let wanted = picture { UInt8(4 * $0) + 40 }
    for column in 8..<width {
      let pixel = 3 * (7 * width + column)
      #expect(abs(Int(completed.pixels[pixel]) - Int(wanted.pixels[pixel])) <= 1, "\(column)")
    }
  }

  @Test func thatIsNarrowKeepsWhatItHas() {
    let area = PaintedArea((whole: mask(from: 8, to: 12), receded: mask(from: 9, to: 11)))
    let before = picture { _ in 100 }
    let completed = area.completed(picture { 8..<12 ~= $0 ? 130 : 100 }, from: before)
    #expect(completed.pixels[3 * (7 * width + 10)] == 130)
  }
}
