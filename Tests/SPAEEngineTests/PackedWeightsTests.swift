import SPAEEngine
import Testing

/// What decides in which order a convolution's numbers are stored and computed changes none of them.
struct PackedWeightsTests {
  struct Sizes: Sendable {
    let height: Int
    let width: Int
    let inputs: Int
    let outputs: Int
    let kernel: Int
  }

  private static let sets = InstructionSet.available.map(\.name)
  private static let sizes = [
    Sizes(height: 1, width: 1, inputs: 1, outputs: 1, kernel: 1),
    Sizes(height: 9, width: 9, inputs: 21, outputs: 71, kernel: 1),
    Sizes(height: 5, width: 17, inputs: 16, outputs: 33, kernel: 1),
    Sizes(height: 7, width: 11, inputs: 19, outputs: 35, kernel: 3),
  ]

  @Test(arguments: sets, sizes)
  func halvesGiveWhatFloatsGive(set: String, sizes: Sizes) throws {
    var random = Seeded(state: 5)
    let halves = random.floats(sizes.outputs * sizes.inputs * sizes.kernel * sizes.kernel)
      .map { Float16($0) }
    let bias = random.floats(sizes.outputs)
    let input = plane(sizes, sizes.inputs, random.floats(sizes.height * sizes.width * sizes.inputs))
    let kept = unsafe halves.map(\.bitPattern).withUnsafeBufferPointer {
      unsafe Convolution(
        halves: $0, keepsHalves: true, bias: bias, inputs: sizes.inputs, outputs: sizes.outputs,
        window: .same(sizes.kernel))
    }
    let wide = Convolution(
      weights: halves.map(Float.init), bias: bias, inputs: sizes.inputs, outputs: sizes.outputs,
      window: .same(sizes.kernel))
    let instructions = try #require(InstructionSet.available.first { $0.name == set })
    let context = Context(instructions, parallel: Parallel(threads: 1))
    let results = [kept, wide].map { layer in
      let output = plane(sizes, sizes.outputs, [])
      layer.apply(to: input, into: output, activation: .silu, with: context)
      return bits(output)
    }
    #expect(results[0] == results[1])
    #expect(Set(results[0]).count > 1 || sizes.outputs == 1)
  }

  /// Tiles that reach over the ends of rows give what rows alone give.
  @Test(arguments: sets, [3, 9, 17]) func tilesOfSeveralRows(set: String, width: Int) throws {
    let sizes = Sizes(height: 5, width: width, inputs: 18, outputs: 50, kernel: 1)
    var random = Seeded(state: 6)
    let layer = Convolution(
      weights: random.floats(50 * 18), bias: random.floats(50), inputs: 18, outputs: 50,
      window: .same(1))
    let input = plane(sizes, 18, random.floats(5 * width * 18))
    let residual = plane(sizes, 50, random.floats(5 * width * 50))
    let instructions = try #require(InstructionSet.available.first { $0.name == set })
    let context = Context(instructions, parallel: Parallel(threads: 1))
    let (whole, rows) = (plane(sizes, 50, []), plane(sizes, 50, []))
    layer.apply(
      to: input, into: whole, activation: .relu6, residual: residual, with: context)
    for row in 0..<5 {
      layer.apply(
        to: input, into: rows,
        rectangle: Rectangle(rows: row..<row + 1, columns: 0..<width), activation: .relu6,
        residual: residual, with: context)
    }
    #expect(bits(whole) == bits(rows))
  }

  @Test func combsOfAChessboard() {
    let black = (0..<64).filter { ($0 / 8 + $0 % 8) % 2 == 0 }
    let combs = Comb.combs(of: black, cellClasses: nil, width: 8)
    #expect(combs.map(\.row) == Array(0..<8))
    #expect(combs.map(\.column) == [0, 1, 0, 1, 0, 1, 0, 1])
    #expect(combs.allSatisfy { $0.step == 2 && $0.count == 4 })
  }

  @Test(arguments: 0..<20) func combsHoldEachCellOnce(seed: UInt64) {
    var random = Seeded(state: seed)
    let cells = (0..<7 * 13).filter { _ in random.floats(1)[0] > 0 }
    let classes = (0..<7 * 13).map { _ in Int(random.floats(1)[0] * 2 + 2) }
    let combs = Comb.combs(of: cells, cellClasses: classes, width: 13)
    let held = combs.flatMap { comb in
      (0..<comb.count).map { index -> Int in
        let cell = comb.row * 13 + comb.column + index * comb.step
        #expect(classes[cell] == comb.label)
        return cell
      }
    }
    #expect(held.sorted() == cells)
  }

  private func plane(_ sizes: Sizes, _ channels: Int, _ numbers: [Float]) -> Plane {
    let plane = Plane(height: sizes.height, width: sizes.width, channels: channels)
    for (index, number) in numbers.enumerated() {
      let pixel = index / channels
      unsafe plane.pixel(pixel / sizes.width, pixel % sizes.width)[index % channels] = number
    }
    return plane
  }

  private func bits(_ plane: Plane) -> [UInt32] {
    (0..<plane.height * plane.width * plane.channels).map { index in
      let pixel = index / plane.channels
      return unsafe plane.pixel(pixel / plane.width, pixel % plane.width)[index % plane.channels]
        .bitPattern
    }
  }
}
