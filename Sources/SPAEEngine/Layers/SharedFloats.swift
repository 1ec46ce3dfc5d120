/// Memory that several threads write at different positions.
@safe struct SharedFloats: @unchecked Sendable {
  let floats: UnsafeMutablePointer<Float>
  init(_ floats: UnsafeMutablePointer<Float>) { unsafe self.floats = unsafe floats }
}

/// Memory that several threads read.
@safe struct SharedInput: @unchecked Sendable {
  let floats: UnsafeBufferPointer<Float>
  init(_ floats: UnsafeBufferPointer<Float>) { unsafe self.floats = unsafe floats }
}

/// Words that several threads find at different positions.
@safe final class SharedWords: @unchecked Sendable {
  private let count: Int
  let words: UnsafeMutablePointer<Int32>

  init(count: Int) {
    self.count = count
    unsafe words = .allocate(capacity: max(count, 1))
    unsafe words.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { unsafe words.deallocate() }

  var array: [Int32] { unsafe Array(UnsafeBufferPointer(start: words, count: count)) }
}
