import CKernels

/// RMS norm over the channels of each pixel: it never looks at the whole plane.
package struct ChannelNorm: Sendable {
  let channels: Int
  private let gain: PackedFloats  // [padded channels]

  package init(gain: [Float]) {
    channels = gain.count
    self.gain = PackedFloats(gain, paddedTo: paddedToLanes(gain.count))
  }

  package func apply(
    to input: Plane, into output: Plane, rectangle: Rectangle? = nil, with context: Context
  ) {
    let area = rectangle ?? input.bounds
    // Memory, not arithmetic, bounds it: a number weighs as much as several multiplications.
    context.parallel.forEachPart(of: area.rows.count, work: 8 * area.area * channels) { part in
      for row in part.lowerBound + area.rows.lowerBound..<part.upperBound + area.rows.lowerBound {
        unsafe context.kernels.pointee.normalise(
          input.pixel(row, area.columns.lowerBound), output.pixel(row, area.columns.lowerBound),
          gain.floats, area.columns.count, input.padded, channels)
      }
    }
  }

  /// Makes bytes of a rectangle's normalised numbers, of both signs; nil is the whole plane.
  package func apply(
    to input: Plane, into output: BytePlane, rectangle: Rectangle? = nil, scale: ByteScale,
    with context: Context
  ) {
    precondition(input.padded == output.padded)
    let area = rectangle ?? input.bounds
    let (left, first) = (area.columns.lowerBound, area.rows.lowerBound)
    context.parallel.forEachPart(of: area.rows.count, work: 8 * area.area * channels) { part in
      for row in part.lowerBound + first..<part.upperBound + first {
        unsafe context.kernels.pointee.normalise_to_bytes(
          input.pixel(row, left), output.pixel(row, left), gain.floats, area.columns.count,
          input.padded, channels, scale.inverse)
      }
    }
  }
}
