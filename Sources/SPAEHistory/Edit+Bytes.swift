import SPAEPyramid

extension Edit {
  /// The changes as numbers of 7 bits a byte: how many cells on, the old word, the new word.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var last = 0
    for change in changes.sorted(by: { $0.index < $1.index }) {
      append(UInt32(change.index - last), to: &bytes)
      append(UInt32(bitPattern: change.old), to: &bytes)
      append(UInt32(bitPattern: change.new), to: &bytes)
      last = change.index
    }
    return bytes
  }

  private func append(_ number: UInt32, to bytes: inout [UInt8]) {
    var number = number
    while number >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
      number >>= 7
    }
    bytes.append(UInt8(number))
  }

  /// Reads the changes back, or gives nil where the bytes are not an edit's.
  init?(bytes: [UInt8]) {
    var rest = bytes[...]
    var changes: [Change] = []
    var index = 0
    while !rest.isEmpty {
      guard let step = Self.number(&rest), let old = Self.number(&rest),
        let new = Self.number(&rest), step > 0 || changes.isEmpty
      else { return nil }
      index += Int(step)
      changes.append(
        Change(index: index, old: Int32(bitPattern: old), new: Int32(bitPattern: new)))
    }
    self.init(changes: changes)
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 35, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return UInt32(exactly: number) }
    }
    return nil
  }
}
