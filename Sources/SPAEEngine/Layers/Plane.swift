package import SPAEPyramid

/// A picture of numbers, [row, column, channel] in float32, within a border of zeros.
///
/// Channels are padded with zeros to a multiple of 16, so that a pixel is whole vectors; only planes
/// that dense convolutions alone read may be unpadded, to save memory. The border
/// is the zero padding of convolutions: no code treats edges, and a part of the plane is
/// an offset.
@safe package final class Plane: @unchecked Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int
  let border: Int

  /// Floats from one pixel to the next: the channels, padded to a multiple of 16 unless it is
  /// dense; of a part of the channels of another plane, that plane's.
  package let padded: Int

  /// Floats from one row to the next.
  let rowStride: Int

  private let buffer: FloatBuffer  // [height + 2 border, width + 2 border, padded]
  private let first: UnsafeMutablePointer<Float>  // the first channel of pixel (0, 0)

  package init(
    height: Int, width: Int, channels: Int, border: Int = 1, isDense: Bool = false
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.border = border
    padded = isDense ? channels : paddedToLanes(channels)
    rowStride = (width + 2 * border) * padded
    buffer = FloatBuffer(count: (height + 2 * border) * rowStride)
    unsafe first = unsafe buffer.floats + border * (rowStride + padded)
  }

  /// A plane without a border in memory that others use before and after it, whatever stands there:
  /// for what is written as a whole before it is read.
  init(_ size: GridSize, channels: Int, sharing buffer: FloatBuffer) {
    (height, width, border) = (size.rows, size.columns, 0)
    self.channels = channels
    padded = paddedToLanes(channels)
    rowStride = width * padded
    precondition(height * rowStride <= buffer.count)
    self.buffer = buffer
    unsafe first = buffer.floats
  }

  /// A plane within a border, in memory that others use before and after it: the border is to be
  /// cleared, and the rest written, before it is read.
  init(height: Int, width: Int, channels: Int, border: Int, sharing buffer: FloatBuffer) {
    (self.height, self.width, self.channels, self.border) = (height, width, channels, border)
    padded = paddedToLanes(channels)
    rowStride = (width + 2 * border) * padded
    precondition(Self.count(height, width, channels, border: border) <= buffer.count)
    self.buffer = buffer
    unsafe first = unsafe buffer.floats + border * (rowStride + padded)
  }

  /// The floats of a plane within a border.
  static func count(_ height: Int, _ width: Int, _ channels: Int, border: Int) -> Int {
    (height + 2 * border) * (width + 2 * border) * paddedToLanes(channels)
  }

  /// A plane with a pixel for each cell of a grid.
  package convenience init(
    _ size: GridSize, channels: Int, border: Int = 1, isDense: Bool = false
  ) {
    self.init(
      height: size.rows, width: size.columns, channels: channels, border: border, isDense: isDense)
  }

  /// Some channels of another plane, in that plane's memory; they begin at a multiple of 16.
  init(_ channels: Range<Int>, of plane: Plane) {
    precondition(channels.lowerBound % 16 == 0 && channels.upperBound <= plane.padded)
    (height, width, border) = (plane.height, plane.width, plane.border)
    self.channels = channels.count
    (padded, rowStride, buffer) = (plane.padded, plane.rowStride, plane.buffer)
    unsafe first = plane.first + channels.lowerBound
  }

  /// The first channel of a pixel; rows and columns may reach into the border.
  package func pixel(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
    unsafe first + row * rowStride + column * padded
  }

  /// Puts zeros into the border.
  func clearBorder() {
    for row in -border..<0 { clear(row: row) }
    for row in height..<height + border { clear(row: row) }
    for row in 0..<height {
      unsafe pixel(row, -border).update(repeating: 0, count: border * padded)
      unsafe pixel(row, width).update(repeating: 0, count: border * padded)
    }
  }

  /// Puts zeros into a row, border included.
  func clear(row: Int) { unsafe pixel(row, -border).update(repeating: 0, count: rowStride) }

  /// Moves rows, border included, up to others that lie before them.
  func move(rows: Range<Int>, to first: Int) {
    for (offset, row) in rows.enumerated() {
      unsafe pixel(first + offset, -border).update(from: pixel(row, -border), count: rowStride)
    }
  }

  /// Moves some pixels, which are given in order, so that they stand one after the other from the
  /// first on, row by row.
  func gather(_ pixels: [Int]) {
    for (index, from) in pixels.enumerated() where index != from {
      unsafe pixel(index / width, index % width).update(
        from: pixel(from / width, from % width), count: padded)
    }
  }

  package var size: GridSize { GridSize(rows: height, columns: width) }

  /// All pixels, of all channels.
  package var bounds: Rectangle { Rectangle(rows: 0..<height, columns: 0..<width) }
}

/// The least multiple of 16 that is no smaller.
func paddedToLanes(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }

/// Floats that never change once they are packed, shared between threads.
@safe final class PackedFloats: @unchecked Sendable {
  let floats: UnsafePointer<Float>
  private let buffer: FloatBuffer

  /// Packs `count` floats, all zero until `fill` has set them.
  init(count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
    buffer = FloatBuffer(count: count)
    unsafe fill(buffer.floats)
    unsafe floats = UnsafePointer(buffer.floats)
  }

  convenience init(_ values: [Float], paddedTo count: Int) {
    unsafe self.init(count: count) { memory in
      for (index, value) in values.enumerated() { unsafe memory[index] = value }
    }
  }
}
