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

  /// Pixels anywhere, side by side, give what they give in their rows.
  @Test(arguments: sets, [1, 3]) func groupsOfCells(set: String, kernel: Int) throws {
    let sizes = Sizes(height: 7, width: 13, inputs: 32, outputs: 50, kernel: kernel)
    var random = Seeded(state: 7)
    let layer = Convolution(
      weights: random.floats(50 * 32 * kernel * kernel), bias: random.floats(50), inputs: 32,
      outputs: 50, window: .same(kernel))
    let input = plane(sizes, 32, random.floats(7 * 13 * 32))
    let residual = plane(sizes, 50, random.floats(7 * 13 * 50))
    let instructions = try #require(InstructionSet.available.first { $0.name == set })
    let context = Context(instructions, parallel: Parallel(threads: 1))
    let (whole, grouped) = (plane(sizes, 50, []), plane(sizes, 50, []))
    layer.apply(to: input, into: whole, residual: residual, with: context)
    let classes = (0..<7 * 13).map { $0 % 5 }
    for group in CellGroup.groups(of: 0..<7 * 13, cellClasses: classes, width: 13) {
      layer.apply(to: input, into: grouped, group: group, residual: residual, with: context)
    }
    #expect(bits(whole) == bits(grouped))
  }

  @Test(arguments: 0..<20) func groupsHoldEachCellOnce(seed: UInt64) {
    var random = Seeded(state: seed)
    let cells = (0..<7 * 13).filter { _ in random.floats(1)[0] > 0 }
    let classes = (0..<7 * 13).map { _ in Int(random.floats(1)[0] * 2 + 2) }
    let groups = CellGroup.groups(of: cells, cellClasses: classes, width: 13)
    let held = groups.flatMap { group in
      group.cells.map { row, column -> Int in
        #expect(classes[row * 13 + column] == group.label)
        return row * 13 + column
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
