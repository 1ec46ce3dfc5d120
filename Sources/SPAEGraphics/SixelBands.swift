/// Writes indexed pictures as bands of six rows: for each colour in a band one line of run-lengths.
///
/// It owns its buffers, so that a band costs no allocation. A picture has less than 100,000 columns.
@safe struct SixelBands: ~Copyable {
  private let picture: IndexedPicture

  /// For each colour the six bits of every column: [colours, stride]. It is zero between bands.
  private let planes: UnsafeMutablePointer<UInt8>

  /// Whether a colour is in the band.
  private let isUsed: UnsafeMutablePointer<Bool>

  /// A run of each length: what stands for so many empty columns, and in the last byte its length.
  private let runs: [UInt64]

  /// One band's text.
  private let text: UnsafeMutablePointer<UInt8>

  /// The width, with room to read eight bytes from any column.
  private let stride: Int

  init(_ picture: IndexedPicture) {
    self.picture = picture
    stride = (picture.width + 15) / 8 * 8
    runs = (0...picture.width).map(Self.run)
    let colours = picture.palette.count
    unsafe planes = .allocate(capacity: colours * stride)
    unsafe planes.initialize(repeating: 0, count: colours * stride)
    unsafe isUsed = .allocate(capacity: colours)
    unsafe isUsed.initialize(repeating: false, count: colours)
    // Every pixel may be a column of a colour of its own, behind a gap written as a run.
    let longestRun = 2 + String(picture.width).utf8.count
    unsafe text = .allocate(capacity: 6 * picture.width * (1 + longestRun) + 8 * colours + 8)
  }

  /// A run of empty columns as up to seven bytes of text, the first one lowest, and their number.
  private static func run(_ length: Int) -> UInt64 {
    var text = UInt64(UInt8(ascii: "?"))
    var (bytes, rest) = (UInt64(1), length)
    guard length >= 4 else {
      return 0x3F3F3F & (1 << UInt64(8 * length) - 1) | UInt64(length) << 56
    }
    while rest > 0 {
      text = text << 8 | UInt64(48 + rest % 10)
      (bytes, rest) = (bytes + 1, rest / 10)
    }
    return text << 8 | UInt64(UInt8(ascii: "!")) | (bytes + 1) << 56
  }

  deinit {
    unsafe planes.deallocate()
    unsafe isUsed.deallocate()
    unsafe text.deallocate()
  }

  /// Appends all bands.
  func append(to output: inout [UInt8]) {
    for top in Swift.stride(from: 0, to: picture.height, by: 6) {
      if top > 0 { output.append(UInt8(ascii: "-")) }
      gather(top: top)
      let count = write()
      unsafe output.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    }
  }

  /// Sets the band's bits in the planes of their colours.
  private func gather(top: Int) {
    unsafe picture.indices.withUnsafeBufferPointer { indices in
      for row in top..<min(top + 6, picture.height) {
        let bit = UInt8(truncatingIfNeeded: 1 << (row - top))
        let start = row &* picture.width
        for column in 0..<picture.width {
          let colour = unsafe Int(indices[start &+ column])
          unsafe planes[colour &* stride &+ column] |= bit
          unsafe isUsed[colour] = true
        }
      }
    }
  }

  /// Writes the planes that are used into `text`, clears them, and gives the text's length.
  private func write() -> Int {
    var end = unsafe text
    for colour in 0..<picture.palette.count where unsafe isUsed[colour] {
      if unsafe end != text { unsafe Self.put(UInt8(ascii: "$"), &end) }
      unsafe Self.put(UInt8(ascii: "#"), &end)
      unsafe Self.put(decimal: colour, &end)
      let plane = unsafe planes + colour * stride
      unsafe writeRuns(plane, &end)
      unsafe plane.update(repeating: 0, count: stride)
      unsafe isUsed[colour] = false
    }
    return unsafe end - text
  }

  /// One colour's columns; from four equal ones on they are a run, and empty ones at the end are
  /// left out.
  private func writeRuns(
    _ plane: UnsafeMutablePointer<UInt8>, _ end: inout UnsafeMutablePointer<UInt8>
  ) {
    let raw = UnsafeRawPointer(plane)
    var written = 0
    unsafe runs.withUnsafeBufferPointer { runs in
      for start in Swift.stride(from: 0, to: stride, by: 8) {
        let eight = unsafe raw.load(fromByteOffset: start, as: UInt64.self)
        guard eight != 0 else { continue }
        // A set bit for each column that is not empty: six bits and these do not reach the next.
        var full = (eight &+ 0x7F7F_7F7F_7F7F_7F7F) & 0x8080_8080_8080_8080
        while full != 0 {
          let column = start &+ full.trailingZeroBitCount / 8
          full &= full &- 1
          guard column >= written else { continue }
          unsafe Self.put(runs[column &- written], &end)
          written = unsafe writeColumns(raw, from: column, runs, &end)
        }
      }
    }
  }

  /// A column, or the run that begins with it; gives the first column after them.
  @inline(__always)
  private func writeColumns(
    _ raw: UnsafeRawPointer, from column: Int, _ runs: UnsafeBufferPointer<UInt64>,
    _ end: inout UnsafeMutablePointer<UInt8>
  ) -> Int {
    let bits = unsafe raw.load(fromByteOffset: column, as: UInt8.self)
    let four = unsafe raw.loadUnaligned(fromByteOffset: column, as: UInt32.self)
    guard four == UInt32(bits) &* 0x0101_0101 else {
      unsafe Self.put(63 &+ bits, &end)
      return column &+ 1
    }
    let after = unsafe Self.end(ofRun: raw, from: column &+ 4, last: picture.width, bits: bits)
    unsafe Self.put(runs[after &- column], &end)
    unsafe end[-1] = 63 &+ bits
    return after
  }

  /// The first column from `start` on with other bits.
  @inline(__always)
  private static func end(
    ofRun raw: UnsafeRawPointer, from start: Int, last: Int, bits: UInt8
  ) -> Int {
    let eight = UInt64(bits) &* 0x0101_0101_0101_0101
    var column = start
    while column &+ 8 <= last,
      unsafe raw.loadUnaligned(fromByteOffset: column, as: UInt64.self) == eight
    { column &+= 8 }
    while column < last, unsafe raw.load(fromByteOffset: column, as: UInt8.self) == bits {
      column &+= 1
    }
    return column
  }

  @inline(__always)
  private static func put(_ byte: UInt8, _ end: inout UnsafeMutablePointer<UInt8>) {
    unsafe end.pointee = byte
    unsafe end += 1
  }

  /// A run's text; the bytes behind it are free.
  @inline(__always)
  private static func put(_ run: UInt64, _ end: inout UnsafeMutablePointer<UInt8>) {
    unsafe UnsafeMutableRawPointer(end).storeBytes(of: run.littleEndian, as: UInt64.self)
    unsafe end += Int(run >> 56)
  }

  @inline(__always)
  private static func put(decimal value: Int, _ end: inout UnsafeMutablePointer<UInt8>) {
    var divisor = 1
    while value / divisor >= 10 { divisor &*= 10 }
    while divisor > 0 {
      unsafe put(UInt8(truncatingIfNeeded: 48 &+ value / divisor % 10), &end)
      divisor /= 10
    }
  }
}
