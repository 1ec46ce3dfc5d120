import SPAEPyramid

// Planes of another size, and the greatest or the mean of what lies around.

/// A plane of which 16 neighbouring channels of a pixel are read and written together.
package protocol BlockedPlane: AnyObject, Sendable {
  associatedtype Block: SIMD where Block.Scalar: Comparable
  var height: Int { get }
  var width: Int { get }
  var channels: Int { get }
  subscript(row: Int, column: Int, block: Int) -> Block { get set }
  static func greater(_ a: Block, _ b: Block) -> Block
}

extension BlockedPlane {
  /// Runs `body` for each row of a target of as many channels, on many threads.
  fileprivate func fill(
    _ target: Self, seen: Int, with context: Context, _ body: @Sendable (_ row: Int) -> Void
  ) {
    precondition(channels == target.channels && channels % 16 == 0)
    let bytes = target.height * target.width * channels * seen * MemoryLayout<Block.Scalar>.size
    context.parallel.forEachPart(of: target.height, work: bytes / 4) { $0.forEach(body) }
  }

  /// Fills a plane of the same size.
  func copy(into target: Self, with context: Context) {
    fill(target, seen: 1, with: context) { row in
      for column in 0..<width {
        for block in 0..<channels / 16 { target[row, column, block] = self[row, column, block] }
      }
    }
  }

  /// Fills a plane of twice the side with each pixel four times.
  package func double(into target: Self, with context: Context) {
    fill(target, seen: 1, with: context) { row in
      for column in 0..<target.width {
        for block in 0..<channels / 16 {
          target[row, column, block] = self[row / 2, column / 2, block]
        }
      }
    }
  }

  /// Fills a plane of the same size with the greatest values of squares around its pixels.
  package func greatest(ofSquares side: Int, into target: Self, with context: Context) {
    fill(target, seen: side * side, with: context) { row in
      for column in 0..<width {
        let rows = max(0, row - side / 2)..<min(height, row + side / 2 + 1)
        let columns = max(0, column - side / 2)..<min(width, column + side / 2 + 1)
        for block in 0..<channels / 16 {
          var greatest = self[row, column, block]
          for y in rows {
            for x in columns { greatest = Self.greater(greatest, self[y, x, block]) }
          }
          target[row, column, block] = greatest
        }
      }
    }
  }
}

extension Plane: BlockedPlane {
  package subscript(row: Int, column: Int, block: Int) -> SIMD16<Float> {
    @inline(__always) get {
      unsafe UnsafeRawPointer(pixel(row, column) + 16 * block)
        .loadUnaligned(as: SIMD16<Float>.self)
    }
    @inline(__always) set {
      unsafe UnsafeMutableRawPointer(pixel(row, column) + 16 * block)
        .storeBytes(of: newValue, as: SIMD16<Float>.self)
    }
  }

  @inline(__always) package static func greater(
    _ a: SIMD16<Float>, _ b: SIMD16<Float>
  ) -> SIMD16<Float> { a.replacing(with: b, where: b .> a) }

  /// Fills a plane of fewer pixels with the mean of the windows that its pixels stand for, which
  /// overlap where they cannot be equal (adaptive average pooling).
  package func average(into target: Plane, with context: Context) {
    let seen = bounds.area / max(1, target.bounds.area)
    fill(target, seen: seen, with: context) { row in
      let rows = adaptiveWindow(of: row, count: target.height, length: height)
      for column in 0..<target.width {
        let columns = adaptiveWindow(of: column, count: target.width, length: width)
        for block in 0..<channels / 16 {
          var sum = SIMD16<Float>()
          for y in rows {
            for x in columns { sum += self[y, x, block] }
          }
          target[row, column, block] = sum / Float(rows.count * columns.count)
        }
      }
    }
  }

  /// Fills a plane of more pixels by bilinear interpolation without half pixels, or adds to it:
  /// its pixel p looks at p * (from / to).
  package func enlarge(into target: Plane, adding: Bool = false, with context: Context) {
    @Sendable func seen(
      _ index: Int, _ from: Int, _ to: Int
    ) -> (first: Int, second: Int, share: Float) {
      let at = Float(index) * (Float(from) / Float(to))
      let first = min(Int(at), from - 1)
      return (first, min(first + 1, from - 1), at - Float(first))
    }
    let columns = (0..<target.width).map { seen($0, width, target.width) }
    fill(target, seen: 4, with: context) { row in
      let (top, bottom, down) = seen(row, height, target.height)
      for (column, (left, right, across)) in columns.enumerated() {
        for block in 0..<channels / 16 {
          let (a, b) = (self[top, left, block], self[bottom, left, block])
          let upper = a + (self[top, right, block] - a) * across
          let lower = b + (self[bottom, right, block] - b) * across
          let value = upper + (lower - upper) * down
          target[row, column, block] = adding ? target[row, column, block] + value : value
        }
      }
    }
  }
}

extension BytePlane: BlockedPlane {
  package subscript(row: Int, column: Int, block: Int) -> SIMD16<UInt8> {
    @inline(__always) get {
      unsafe UnsafeRawPointer(pixel(row, column) + 16 * block)
        .loadUnaligned(as: SIMD16<UInt8>.self)
    }
    @inline(__always) set {
      unsafe UnsafeMutableRawPointer(pixel(row, column) + 16 * block)
        .storeBytes(of: newValue, as: SIMD16<UInt8>.self)
    }
  }

  @inline(__always) package static func greater(
    _ a: SIMD16<UInt8>, _ b: SIMD16<UInt8>
  ) -> SIMD16<UInt8> { a.replacing(with: b, where: b .> a) }
}

// The same of either.
extension AnyPlane {
  func copy(into target: AnyPlane, with context: Context) {
    switch self {
    case .floats(let plane): plane.copy(into: target.floats, with: context)
    case .bytes(let plane): plane.copy(into: target.bytes, with: context)
    }
  }

  func double(into target: AnyPlane, with context: Context) {
    switch self {
    case .floats(let plane): plane.double(into: target.floats, with: context)
    case .bytes(let plane): plane.double(into: target.bytes, with: context)
    }
  }

  func greatest(ofSquares side: Int, into target: AnyPlane, with context: Context) {
    switch self {
    case .floats(let plane): plane.greatest(ofSquares: side, into: target.floats, with: context)
    case .bytes(let plane): plane.greatest(ofSquares: side, into: target.bytes, with: context)
    }
  }
}
