import CKernels
import FoundationEssentials

/// A memory-mapped file of named tensors. Every number in its header is checked before it is used.
///
/// Format: a 64-bit little-endian length, that many bytes of JSON
/// (name -> dtype, shape, data_offsets), then the data.
package struct Safetensors: Sendable {
  /// One tensor's position in the file.
  struct Entry: Decodable, Sendable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  private enum HeaderValue: Decodable {
    case tensor(Entry)
    case metadata([String: String])

    init(from decoder: any Swift.Decoder) throws {
      if let entry = try? Entry(from: decoder) {
        self = .tensor(entry)
      } else {
        self = .metadata(try [String: String](from: decoder))
      }
    }
  }

  private let file: MappedFile
  private let entries: [String: Entry]
  private let dataStart: Int

  /// The longest header that is read, in bytes.
  package static let longestHeader = 4 << 20
  private static let elementSizes = ["F16": 2, "F32": 4, "I32": 4]

  package init(path: String) throws(EngineError) {
    try self.init(file: MappedFile(path: path))
  }

  package init(path: String, contents: [UInt8]) throws(EngineError) {
    try self.init(file: MappedFile(path: path, contents: contents))
  }

  private init(file: MappedFile) throws(EngineError) {
    self.file = file
    let path = file.path
    guard unsafe file.bytes.count >= 8 else {
      throw .safetensors(path: path, problem: "it has fewer than 8 bytes")
    }
    let length = unsafe UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.longestHeader), unsafe Int(length) <= file.bytes.count - 8 else {
      throw .safetensors(
        path: path, problem: "its header claims \(length) bytes, more than the file can hold")
    }
    dataStart = 8 + Int(length)
    let header = unsafe Data(file.bytes[8..<dataStart])
    let values: [String: HeaderValue]
    do {
      values = try JSONDecoder().decode([String: HeaderValue].self, from: header)
    } catch {
      throw .safetensors(path: path, problem: "its header is not the expected JSON")
    }
    var entries: [String: Entry] = [:]
    for (name, value) in values {
      guard case .tensor(let entry) = value else {
        guard name == "__metadata__" else {
          throw .safetensors(path: path, problem: "tensor \(name) has no dtype, shape and offsets")
        }
        continue
      }
      entries[name] = entry
    }
    self.entries = entries
    for (name, entry) in entries { try check(name, entry) }
  }

  private func check(_ name: String, _ entry: Entry) throws(EngineError) {
    func bad(_ problem: String) -> EngineError {
      .safetensors(path: file.path, problem: "tensor \(name): \(problem)")
    }
    guard let size = Self.elementSizes[entry.dtype] else {
      throw bad("dtype \(entry.dtype) is not read; expected F16, F32 or I32")
    }
    guard entry.dataOffsets.count == 2 else { throw bad("data_offsets must be two numbers") }
    let (start, end) = (entry.dataOffsets[0], entry.dataOffsets[1])
    let available = unsafe file.bytes.count - dataStart
    guard start >= 0, end >= start, end <= available else {
      throw bad("its data [\(start), \(end)) is outside the file's \(available) bytes")
    }
    var bytes = size
    for length in entry.shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { throw bad("shape \(entry.shape) is impossible") }
      bytes = product
    }
    guard bytes == end - start else {
      throw bad("shape \(entry.shape) needs \(bytes) bytes, its data has \(end - start)")
    }
  }

  /// The names of all tensors.
  var names: Set<String> { Set(entries.keys) }

  /// The bytes of a tensor of an expected type and shape; they live as long as this file.
  func bytes(
    _ name: String, type: String, shape: [Int]
  ) throws(EngineError) -> UnsafeRawBufferPointer {
    guard let entry = entries[name] else { throw .tensorMissing(path: file.path, tensor: name) }
    guard entry.dtype == type else {
      throw .tensorType(path: file.path, tensor: name, expected: type, got: entry.dtype)
    }
    guard entry.shape == shape else {
      throw .tensorShape(path: file.path, tensor: name, expected: shape, got: entry.shape)
    }
    let start = dataStart + entry.dataOffsets[0]
    return unsafe UnsafeRawBufferPointer(
      rebasing: file.bytes[start..<dataStart + entry.dataOffsets[1]])
  }

  /// A tensor as finite floats, from float16 or float32.
  package func floats(_ name: String, shape: [Int]) throws(EngineError) -> [Float] {
    let type = entries[name]?.dtype == "F32" ? "F32" : "F16"
    let bytes = try unsafe bytes(name, type: type, shape: shape)
    let count = shape.reduce(1, *)
    let floats: [Float]
    if type == "F32" {
      floats = (0..<count).map {
        unsafe bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
      }
    } else {
      floats = unsafe widened(bytes, count: count)
    }
    if let index = floats.firstIndex(where: { !$0.isFinite }) {
      throw .tensorNotFinite(path: file.path, tensor: name, index: index)
    }
    return floats
  }

  /// Float16 as floats, by the processor's own conversion where the data is aligned for it.
  private func widened(_ bytes: UnsafeRawBufferPointer, count: Int) -> [Float] {
    let isAligned = UInt(bitPattern: bytes.baseAddress) % 2 == 0
    guard isAligned, let set = InstructionSet.available.first else {
      return (0..<count).map {
        unsafe Float(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Float16.self))
      }
    }
    let halves = unsafe bytes.bindMemory(to: UInt16.self)
    return unsafe [Float](unsafeUninitializedCapacity: count) { floats, initialized in
      unsafe set.kernels.pointee.widen(halves.baseAddress, floats.baseAddress, count)
      initialized = count
    }
  }

  /// A tensor of 32-bit integers.
  package func integers(_ name: String, shape: [Int]) throws(EngineError) -> [Int32] {
    let bytes = try unsafe bytes(name, type: "I32", shape: shape)
    return (0..<shape.reduce(1, *)).map {
      unsafe bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)
    }
  }

  /// Float16 values left where they are: a table too large to copy.
  package func halves(_ name: String, shape: [Int]) throws(EngineError) -> HalfTable {
    let bytes = try unsafe bytes(name, type: "F16", shape: shape)
    guard UInt(bitPattern: bytes.baseAddress) % 2 == 0 else {
      throw .safetensors(path: file.path, problem: "tensor \(name) is not aligned to 2 bytes")
    }
    let table = unsafe HalfTable(file: file, values: bytes.bindMemory(to: UInt16.self))
    if let index = table.firstInfinite {
      throw .tensorNotFinite(path: file.path, tensor: name, index: index)
    }
    return table
  }

  /// Whether a tensor can be read where it is, as `halves` does.
  func hasHalves(_ name: String) -> Bool {
    guard let entry = entries[name], entry.dtype == "F16" else { return false }
    return
      unsafe (UInt(bitPattern: file.bytes.baseAddress) + UInt(dataStart)
      + UInt(entry.dataOffsets[0])) % 2 == 0
  }
}

/// A table of float16 numbers in a mapped file.
@safe package struct HalfTable: @unchecked Sendable {
  private let file: MappedFile
  let values: UnsafeBufferPointer<UInt16>

  init(file: MappedFile, values: UnsafeBufferPointer<UInt16>) {
    self.file = file
    unsafe self.values = unsafe values
  }

  /// The index of the first infinity or not-a-number.
  fileprivate var firstInfinite: Int? {
    guard let set = InstructionSet.available.first else { return nil }
    let index = unsafe set.kernels.pointee.find_infinite(values.baseAddress, values.count)
    return unsafe index < values.count ? index : nil
  }

  /// A part of the table as floats.
  package func floats(_ range: Range<Int>) -> [Float] {
    unsafe precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
    return unsafe [Float](unsafeUninitializedCapacity: range.count) { floats, initialized in
      unsafe InstructionSet.available.first?.kernels.pointee.widen(
        values.baseAddress.map { unsafe $0 + range.lowerBound }, floats.baseAddress, range.count)
      initialized = range.count
    }
  }

  /// Gives back the memory that holds the table, until it is looked at again.
  func release() {
    let start = unsafe UnsafeRawBufferPointer(values)
    unsafe file.release(start)
  }
}
