import SPAEPyramid

/// A convolution to many channels, a depthwise one, and one back to few.
struct InvertedBottleneck: Sendable {
  let expand: BottleneckConvolution?
  let depthwise: DepthwiseConvolution
  let project: BottleneckConvolution
  let residual: Bool
  /// The activation of the first two convolutions.
  let activation: Activation

  /// Whether it looks at zeros around its input.
  var looksBeyondEdges: Bool { expand?.window != .same(1) }

  /// The rows that a band of so many rows of the output looks at.
  private func rowsSeen(by rows: Int) -> Int { (rows - 1) * window.stride + window.extent }

  private var window: Window { depthwise.window }

  /// Multiply-accumulates for each pixel of the output, about.
  private var work: Int { (expand?.work ?? 0) + project.work }

  /// Computes the whole output, in parts of whole bands.
  ///
  /// `filtered` is a plane that keeps what the depthwise convolution gives, if there is one.
  func apply(
    to x: Plane, into output: Plane, keeping filtered: AnyPlane? = nil, in bands: [Band],
    with context: Context
  ) {
    let seen = seen(x, in: bands, with: context)
    if let expand, let strip = bands.first, strip.isStrip {
      return run(
        from: x, seenAs: seen, by: expand, into: output, keeping: filtered ?? strip.filtered,
        in: bands, with: context)
    }
    let (rows, parts) = (output.height, bands.count)
    context.parallel.forEachPart(of: parts, work: output.bounds.area * work) {
      for part in $0 {
        run(
          rows * part / parts..<rows * (part + 1) / parts, from: x, seenAs: seen, into: output,
          keeping: filtered, in: bands[part], with: context)
      }
    }
  }

  /// The input as the first convolution reads it: as bytes, if it is one of bytes.
  private func seen(_ x: Plane, in bands: [Band], with context: Context) -> AnyPlane {
    guard let scale = expand?.byteScale, let bytes = bands.first?.seen else { return .floats(x) }
    bytes.load(x, inverse: scale.inverse, with: context)
    return .bytes(bytes)
  }

  /// Computes the whole output, a group of the inner channels at a time: their planes stay in the
  /// caches, and every weight is loaded once.
  private func run(
    from x: Plane, seenAs seen: AnyPlane, by expand: BottleneckConvolution, into output: Plane,
    keeping filtered: AnyPlane, in strips: [Band], with context: Context
  ) {
    let (parts, groups) = (strips.count, expand.groups)
    context.parallel.forEachPart(of: parts, work: output.bounds.area * work) {
      for part in $0 {
        let strip = strips[part].cleared
        for group in groups * part / parts..<groups * (part + 1) / parts {
          expand.run(group: group, from: seen, into: strip, activation: activation, with: context)
          depthwise.run(
            0..<output.height, seenFrom: -window.before(x.height), of: strip, into: filtered,
            channels: expand.channels(ofGroup: group), activation: activation, with: context)
        }
      }
    }
    project.apply(to: filtered, into: output, residual: residual ? x : nil, with: context)
  }

  /// Computes some rows of the output, a band at a time, on the caller's thread.
  ///
  /// A row that two bands look at is computed once.
  private func run(
    _ rows: Range<Int>, from x: Plane, seenAs input: AnyPlane, into output: Plane,
    keeping filtered: AnyPlane?, in band: Band, with context: Context
  ) {
    let expanded = expand == nil ? x : band.cleared
    for top in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: band.rows) {
      let part = top..<min(top + band.rows, rows.upperBound)
      let first = top * window.stride - window.before(x.height)
      let seen = first..<first + rowsSeen(by: part.count)
      if let expand {
        let kept = top == rows.lowerBound ? 0 : window.extent - window.stride
        expanded.move(
          rows: band.rows * window.stride..<band.rows * window.stride + kept, to: 0)
        fill(expanded, with: seen.dropFirst(kept), at: first, by: expand, from: input, context)
      }
      let (target, offset) = filtered.map { ($0, top) } ?? (band.filtered, 0)
      let area = Rectangle(rows: offset..<offset + part.count, columns: 0..<output.width)
      depthwise.run(
        area.rows, seenFrom: expand == nil ? first : 0, of: expanded,
        into: target, activation: activation, with: context)
      project.run(
        0..<project.items(of: area), of: area, from: target, into: output,
        activation: .identity, residual: residual ? x : nil, down: top - offset, with: context)
    }
  }

  /// Expands rows of `x`, of which row `first` belongs at the band's first; outside they are zero.
  private func fill(
    _ expanded: Plane, with rows: Range<Int>, at first: Int,
    by expand: BottleneckConvolution, from x: AnyPlane, _ context: Context
  ) {
    let area = expand.area(of: x)
    let inside = rows.clamped(to: area.rows)
    for row in rows where !inside.contains(row) { expanded.clear(row: row - first) }
    let part = Rectangle(rows: inside, columns: area.columns)
    expand.run(
      0..<expand.items(of: part), of: part, from: x, into: expanded, activation: activation,
      residual: nil, down: -first, with: context)
  }
}

extension InvertedBottleneck {
  /// The planes between a block's layers, so that they fit in the L2 cache: for a few rows of its
  /// output; or, if all of that is small, for all rows but a strip of the channels.
  final class Band: Sendable {
    /// About half of an L2 cache.
    private static let bytes = 600_000

    /// The most that a depthwise convolution may give in a block that is computed in strips.
    private static let stripBytes = 1_300_000

    fileprivate let rows: Int
    private let expanded: Plane
    private let memory: SharedMemory
    fileprivate let filtered: AnyPlane
    fileprivate let isStrip: Bool
    /// The block's input as bytes, for all bands together, where its first convolution reads bytes.
    fileprivate let seen: BytePlane?

    fileprivate init(
      _ block: InvertedBottleneck, input: GridSize, size: GridSize, seen: BytePlane?,
      sharing: inout Memory
    ) {
      let channels = block.depthwise.channels
      self.seen = seen
      func bytes(_ rows: Int, _ width: Int) -> Int {
        4 * rows * (width + 4) * paddedToLanes(channels)
      }
      let most = (1...size.rows).last { rows in
        bytes(block.expand == nil ? 0 : block.rowsSeen(by: rows), input.columns)
          + bytes(rows, size.columns) <= Self.bytes
      }
      rows = most ?? 1
      isStrip = false
      let part = GridSize(rows: rows, columns: size.columns)
      sharing.filtered = Self.buffer(sharing.filtered, for: part, of: block)
      filtered = Self.filtered(part, of: block, sharing: sharing.filtered)
      (expanded, memory) = sharing.plane(
        height: block.expand == nil ? 0 : block.rowsSeen(by: rows), width: input.columns,
        channels: channels, border: block.border)
    }

    /// A strip for one thread, beside what the strips of all become.
    fileprivate init(
      _ block: InvertedBottleneck, input: GridSize, seen: BytePlane?, filtered: AnyPlane,
      sharing: inout Memory
    ) {
      (rows, isStrip, self.seen) = (filtered.height, true, seen)
      self.filtered = filtered
      (expanded, memory) = sharing.plane(
        height: input.rows, width: input.columns, channels: Convolution.groupChannels,
        border: block.border)
    }

    /// The expanded plane, with zeros around it again if others have used its memory meanwhile.
    fileprivate var cleared: Plane {
      if memory.passes(to: self) { expanded.clearBorder() }
      return expanded
    }

    /// What the planes of one thread's bands stand in, one block after the other.
    fileprivate struct Memory {
      var filtered = FloatBuffer(count: 0)
      private var expanded = SharedMemory(count: 0)

      /// A plane, and the memory it stands in: the same as those before it, if it fits in.
      mutating func plane(
        height: Int, width: Int, channels: Int, border: Int
      ) -> (Plane, SharedMemory) {
        let count = Plane.count(height, width, channels, border: border)
        // Blocks that follow are often larger.
        let usual = stripBytes / 8
        if expanded.buffer.count < count { expanded = SharedMemory(count: max(count, usual)) }
        let plane = Plane(
          height: height, width: width, channels: channels, border: border,
          sharing: expanded.buffer)
        return (plane, expanded)
      }
    }

    /// What the depthwise convolution gives: bytes, where the last convolution reads bytes.
    private static func filtered(
      _ size: GridSize, of block: InvertedBottleneck, sharing buffer: FloatBuffer
    ) -> AnyPlane {
      let channels = block.depthwise.channels
      guard block.project.byteScale != nil else {
        return .floats(Plane(size, channels: channels, sharing: buffer))
      }
      return .bytes(BytePlane(size, channels: channels, sharing: buffer))
    }

    /// The bands of so many threads; `shared` holds memory for each of them.
    fileprivate static func bands(
      _ block: InvertedBottleneck, input: GridSize, size: GridSize, sharing: inout [Memory]
    ) -> [Band] {
      let channels = block.depthwise.channels
      let seen = block.expand.flatMap { expand in
        expand.byteScale.map {
          BytePlane(input, channels: expand.inputs, zero: UInt8($0.zero))
        }
      }
      guard let expand = block.expand, expand.window == .same(1),
        4 * size.count * channels <= stripBytes
      else {
        return sharing.indices.map {
          Band(block, input: input, size: size, seen: seen, sharing: &sharing[$0])
        }
      }
      sharing[0].filtered = buffer(sharing[0].filtered, for: size, of: block)
      let filtered = filtered(size, of: block, sharing: sharing[0].filtered)
      return sharing.indices.map {
        Band(block, input: input, seen: seen, filtered: filtered, sharing: &sharing[$0])
      }
    }

    /// A buffer that holds what the depthwise convolution gives: the same, if it does.
    private static func buffer(
      _ buffer: FloatBuffer, for size: GridSize, of block: InvertedBottleneck
    ) -> FloatBuffer {
      let bytes = 4 * size.count * paddedToLanes(block.depthwise.channels)
      let part = block.project.byteScale == nil ? 4 : 16  // of these bytes in a float
      guard part * buffer.count < bytes else { return buffer }
      // Blocks that follow are often larger.
      let usual = bytes < stripBytes ? stripBytes : Self.bytes
      return FloatBuffer(count: (max(bytes, usual) + part - 1) / part)
    }
  }

  /// Memory of planes of several bands, of which one at a time is used.
  final class SharedMemory: @unchecked Sendable {
    fileprivate let buffer: FloatBuffer
    private var user: ObjectIdentifier?

    fileprivate init(count: Int) { buffer = FloatBuffer(count: count) }

    /// Whether another band has used it since this one did.
    fileprivate func passes(to band: Band) -> Bool {
      defer { user = ObjectIdentifier(band) }
      return user != ObjectIdentifier(band)
    }
  }

  private var border: Int { max(2, window.extent / 2) }

  /// The bands of a network: blocks of one shape share them, so that they stay cached.
  struct Bands {
    private var made: [[Int]: [Band]] = [:]
    /// For each thread.
    private var shared: [Band.Memory]

    init(threads: Int) { shared = (0..<threads).map { _ in Band.Memory() } }

    /// A band for every thread.
    mutating func of(_ block: InvertedBottleneck, input: GridSize, size: GridSize) -> [Band] {
      let isExpanded = block.expand == nil ? 0 : 1
      let window = block.window
      let shape = [
        isExpanded, input.rows, input.columns, size.rows, size.columns, block.depthwise.channels,
        window.extent, window.stride, block.expand?.inputs ?? 0,
      ]
      let bands =
        made[shape] ?? Band.bands(block, input: input, size: size, sharing: &shared)
      made[shape] = bands
      return bands
    }
  }
}
