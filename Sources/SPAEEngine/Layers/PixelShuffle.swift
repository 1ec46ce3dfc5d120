/// A 1x1 convolution followed by a pixel shuffle of 2: it doubles the resolution.
///
/// Each of the four positions of a square has a convolution of its own, which stores its output there,
/// so the shuffle itself costs nothing.
package struct UpConvolution: Sendable {
  private let positions: [Convolution]  // row by row

  /// Packs weights of [4 outputs, inputs, 1, 1], channel c of position (dy, dx) at 4 c + 2 dy + dx.
  package init(weights: [Float], bias: [Float], inputs: Int, outputs: Int) {
    positions = (0..<4).map { position in
      let rows = (0..<outputs).map { 4 * $0 + position }
      return Convolution(
        weights: rows.flatMap { weights[$0 * inputs..<($0 + 1) * inputs] },
        bias: rows.map { bias[$0] }, inputs: inputs, outputs: outputs, window: .same(1))
    }
  }

  /// Multiply-accumulates for each input pixel.
  var work: Int { positions.reduce(0) { $0 + $1.work } }

  /// Doubles a rectangle of the input, or all of it.
  package func apply(
    to input: Plane, into output: Plane, rectangle: Rectangle? = nil, with context: Context
  ) {
    let area = rectangle ?? input.bounds
    let items = positions[0].items(of: area)
    context.parallel.forEachPart(of: 4 * items, work: area.area * work) { part in
      for (position, convolution) in positions.enumerated() {
        convolution.run(
          part.clamped(to: position * items..<(position + 1) * items).shifted(
            by: -position * items),
          of: area, from: input, into: output, activation: .identity, residual: nil, spread: 2,
          phase: (position / 2, position % 2), with: context)
      }
    }
  }
}

extension Range<Int> {
  func shifted(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}

extension Plane {
  /// Fills this plane with the squares of a finer one: channel c of position (dy, dx) becomes channel
  /// c r r + dy r + dx, as PyTorch's pixel unshuffle orders them.
  func unshuffle(_ picture: Plane, by factor: Int, with context: Context) {
    context.parallel.forEachPart(of: height, work: 16 * bounds.area * channels) { rows in
      for row in rows { unshuffle(picture, by: factor, row: row) }
    }
  }

  private func unshuffle(_ picture: Plane, by factor: Int, row: Int) {
    for column in 0..<width {
      let square = unsafe pixel(row, column)
      for dy in 0..<factor {
        for dx in 0..<factor {
          let source = unsafe picture.pixel(row * factor + dy, column * factor + dx)
          for channel in 0..<picture.channels {
            unsafe square[(channel * factor + dy) * factor + dx] = source[channel]
          }
        }
      }
    }
  }
}
