import CKernels
package import SPAEPyramid

/// A picture of bytes, [row, column, channel], with the channels padded to a multiple of 16, or of 4
/// where it is dense, within a border that holds the byte of the number zero.
@safe package final class BytePlane: @unchecked Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int
  /// Bytes from one pixel to the next, and from one row to the next.
  let padded: Int
  let rowStride: Int
  private let buffer: FloatBuffer
  private let first: UnsafeMutablePointer<UInt8>  // the first channel of pixel (0, 0)

  /// `zero` is the byte of the number zero.
  package init(
    _ size: GridSize, channels: Int, border: Int = 0, zero: UInt8, isDense: Bool = false
  ) {
    (height, width, self.channels) = (size.rows, size.columns, channels)
    padded = isDense ? (channels + 3) / 4 * 4 : paddedToLanes(channels)
    rowStride = (size.columns + 2 * border) * padded
    let count = (size.rows + 2 * border) * rowStride
    buffer = FloatBuffer(count: (count + 3) / 4)
    let bytes = unsafe UnsafeMutableRawPointer(buffer.floats)
      .bindMemory(to: UInt8.self, capacity: count)
    unsafe bytes.update(repeating: zero, count: count)
    unsafe first = bytes + border * (rowStride + padded)
  }

  /// A plane without a border in memory that others use before and after it.
  init(_ size: GridSize, channels: Int, sharing buffer: FloatBuffer) {
    (height, width, self.channels) = (size.rows, size.columns, channels)
    padded = paddedToLanes(channels)
    rowStride = size.columns * padded
    let count = size.rows * rowStride
    precondition(count <= 4 * buffer.count)
    self.buffer = buffer
    unsafe first = unsafe UnsafeMutableRawPointer(buffer.floats)
      .bindMemory(to: UInt8.self, capacity: count)
  }

  /// Some channels of another plane, in that plane's memory; they begin at a multiple of 16.
  init(_ channels: Range<Int>, of plane: BytePlane) {
    precondition(channels.lowerBound % 16 == 0 && channels.upperBound <= plane.padded)
    (height, width, self.channels) = (plane.height, plane.width, channels.count)
    (padded, rowStride, buffer) = (plane.padded, plane.rowStride, plane.buffer)
    unsafe first = plane.first + channels.lowerBound
  }

  /// The first channel of a pixel; rows and columns may reach into the border.
  package func pixel(_ row: Int, _ column: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe first + row * rowStride + column * padded
  }

  /// All pixels, of all channels.
  package var bounds: Rectangle { Rectangle(rows: 0..<height, columns: 0..<width) }

  /// Takes a rectangle of a plane of as many channels: its numbers times `inverse`, rounded and limited
  /// to -128...127, plus 128.
  package func load(
    _ plane: Plane, rectangle: Rectangle? = nil, inverse: Float, with context: Context
  ) {
    let area = rectangle ?? bounds
    precondition(plane.padded == padded)
    let (columns, first) = (area.columns.count, area.rows.lowerBound)
    context.parallel.forEachPart(of: area.rows.count, work: area.area * padded) { part in
      for row in part.lowerBound + first..<part.upperBound + first {
        unsafe context.kernels.pointee.to_bytes(
          plane.pixel(row, area.columns.lowerBound), pixel(row, area.columns.lowerBound),
          columns * padded, inverse)
      }
    }
  }

  /// Gives a plane of as many channels the numbers of bytes from 0 on, in steps of such a size.
  func widen(into plane: Plane, step: Float, with context: Context) {
    precondition(plane.size == GridSize(rows: height, columns: width))
    context.parallel.forEachPart(of: height, work: bounds.area * channels) { part in
      for row in part {
        for column in 0..<width {
          let (source, target) = unsafe (pixel(row, column), plane.pixel(row, column))
          for i in 0..<channels { unsafe target[i] = Float(source[i]) * step }
        }
      }
    }
  }
}

/// A plane of floats, or of bytes.
enum AnyPlane: Sendable {
  case floats(Plane)
  case bytes(BytePlane)

  /// A plane of floats, or of bytes whose border holds the byte of the number zero.
  init(_ size: GridSize, channels: Int, border: Int, zero: UInt8?) {
    self =
      zero.map { .bytes(BytePlane(size, channels: channels, border: border, zero: $0)) }
      ?? .floats(Plane(size, channels: channels, border: border))
  }

  /// Some channels of a plane, in its memory; they begin at a multiple of 16.
  subscript(channels: Range<Int>) -> AnyPlane {
    switch self {
    case .floats(let plane): .floats(Plane(channels, of: plane))
    case .bytes(let plane): .bytes(BytePlane(channels, of: plane))
    }
  }

  /// The plane, where it is known to hold floats.
  var floats: Plane {
    guard case .floats(let plane) = self else { preconditionFailure("a plane of bytes") }
    return plane
  }

  /// The plane, where it is known to hold bytes.
  var bytes: BytePlane {
    guard case .bytes(let plane) = self else { preconditionFailure("a plane of floats") }
    return plane
  }

  var height: Int {
    switch self {
    case .floats(let plane): plane.height
    case .bytes(let plane): plane.height
    }
  }

  var width: Int {
    switch self {
    case .floats(let plane): plane.width
    case .bytes(let plane): plane.width
    }
  }

  var channels: Int {
    switch self {
    case .floats(let plane): plane.channels
    case .bytes(let plane): plane.channels
    }
  }

  var size: GridSize { GridSize(rows: height, columns: width) }
}

extension Float {
  /// Added to a number of less than 2^22 and taken away again, it leaves that one's nearest whole
  /// number, half to even: a call of the C library would take ten times as long.
  static let roundingMagic: Float = 12_582_912
}
