import SPAEPyramid

/// A convolution to many channels, a depthwise one, and one back to few.
struct InvertedBottleneck: Sendable {
  let expand: Convolution?
  let depthwise: DepthwiseConvolution
  let project: Convolution
  let residual: Bool
  /// The activation of the first two convolutions.
  let activation: Activation

  /// The rows that a band of so many rows of the output looks at.
  private func rowsSeen(by rows: Int) -> Int { (rows - 1) * window.stride + window.extent }

  private var window: Window { depthwise.window }

  /// Multiply-accumulates for each pixel of the output, about.
  private var work: Int { (expand?.work ?? 0) + project.work }

  /// Computes the whole output, in parts of whole bands.
  ///
  /// `filtered` is a plane that keeps what the depthwise convolution gives, if there is one.
  func apply(
    to x: Plane, into output: Plane, keeping filtered: Plane? = nil, in bands: [Band],
    with context: Context
  ) {
    let (rows, parts) = (output.height, bands.count)
    context.parallel.forEachPart(of: parts, work: output.bounds.area * work) {
      for part in $0 {
        run(
          rows * part / parts..<rows * (part + 1) / parts, from: x, into: output,
          keeping: filtered, in: bands[part], with: context)
      }
    }
  }

  /// Computes some rows of the output, a band at a time, on the caller's thread.
  ///
  /// A row that two bands look at is computed once.
  private func run(
    _ rows: Range<Int>, from x: Plane, into output: Plane, keeping filtered: Plane?,
    in band: Band, with context: Context
  ) {
    for top in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: band.rows) {
      let part = top..<min(top + band.rows, rows.upperBound)
      let first = top * window.stride - window.before(x.height)
      let seen = first..<first + rowsSeen(by: part.count)
      if let expand {
        let kept = top == rows.lowerBound ? 0 : window.extent - window.stride
        band.expanded.move(
          rows: band.rows * window.stride..<band.rows * window.stride + kept, to: 0)
        fill(band.expanded, with: seen.dropFirst(kept), at: first, by: expand, from: x, context)
      }
      let (target, offset) = filtered.map { ($0, top) } ?? (band.filtered, 0)
      let area = Rectangle(rows: offset..<offset + part.count, columns: 0..<output.width)
      depthwise.run(
        area.rows, seenFrom: expand == nil ? first : 0, of: expand == nil ? x : band.expanded,
        into: target, activation: activation, with: context)
      project.run(
        0..<project.items(of: area), of: area, from: target, into: output,
        activation: .identity, residual: residual ? x : nil, phase: (top - offset, 0),
        with: context)
    }
  }

  /// Expands rows of `x`, of which row `first` belongs at the band's first; outside they are zero.
  private func fill(
    _ expanded: Plane, with rows: Range<Int>, at first: Int, by expand: Convolution,
    from x: Plane, _ context: Context
  ) {
    let inside = rows.clamped(to: 0..<expand.window.outputLength(x.height))
    for row in rows where !inside.contains(row) { expanded.clear(row: row - first) }
    let area = Rectangle(rows: inside, columns: 0..<expand.window.outputLength(x.width))
    expand.run(
      0..<expand.items(of: area), of: area, from: x, into: expanded, activation: activation,
      residual: nil, phase: (-first, 0), with: context)
  }
}

extension InvertedBottleneck {
  /// The planes between a block's layers, for a few rows of its output, so that they fit in the L2
  /// cache.
  final class Band: Sendable {
    /// About half of an L2 cache.
    private static let bytes = 600_000

    fileprivate let rows: Int
    fileprivate let expanded: Plane
    fileprivate let filtered: Plane

    fileprivate init(_ block: InvertedBottleneck, inputWidth: Int, size: GridSize) {
      func bytes(_ rows: Int, _ width: Int) -> Int {
        4 * rows * (width + 4) * paddedToLanes(block.depthwise.channels)
      }
      let most = (1...size.rows).last { rows in
        bytes(block.expand == nil ? 0 : block.rowsSeen(by: rows), inputWidth)
          + bytes(rows, size.columns) <= Self.bytes
      }
      rows = most ?? 1
      func plane(_ rows: Int, _ width: Int) -> Plane {
        Plane(
          height: rows, width: width, channels: block.depthwise.channels,
          border: max(2, block.window.extent / 2))
      }
      expanded =
        block.expand == nil ? plane(0, 0) : plane(block.rowsSeen(by: rows), inputWidth)
      filtered = plane(rows, size.columns)
    }
  }

  /// The bands of a network: blocks of one shape share them, so that they stay cached.
  struct Bands {
    let threads: Int
    private var made: [[Int]: [Band]] = [:]

    init(threads: Int) { self.threads = threads }

    /// A band for every thread.
    mutating func of(
      _ block: InvertedBottleneck, inputWidth: Int, size: GridSize
    ) -> [Band] {
      let isExpanded = block.expand == nil ? 0 : 1
      let window = block.window
      let shape = [
        isExpanded, inputWidth, size.rows, size.columns, block.depthwise.channels, window.extent,
        window.stride,
      ]
      let bands =
        made[shape] ?? (0..<threads).map { _ in Band(block, inputWidth: inputWidth, size: size) }
      made[shape] = bands
      return bands
    }
  }
}
