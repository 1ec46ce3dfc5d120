import Foundation
import SPAEEngine
import Testing

/// A file of tensors as bytes: the header's length, the header, the data.
private func file(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
  let length = length ?? UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
}

/// A header with the spaces that bring the data to a multiple of 8 bytes, as writers leave it.
private func aligned(_ header: String) -> String {
  header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
}

/// A damaged file of safetensors, and what the error says of it.
struct HostileFile: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let contents: [UInt8]
  let problem: String

  init(_ name: String, _ contents: [UInt8], _ problem: String) {
    (testDescription, self.contents, self.problem) = (name, contents, problem)
  }

  /// A file whose one tensor `w` has this entry, and 16 bytes of data.
  init(_ name: String, entry: String, _ problem: String) {
    self.init(
      name, file(#"{"w": {\#(entry)}}"#, data: .init(repeating: 0, count: 16)), problem)
  }
}

@Suite struct AFileOfTensors {
  static let path = "folder/model.safetensors"

  /// Every type once: two matrices of numbers, a row of integers, and words about the file.
  static let good = file(
    aligned(
      """
      {"__metadata__": {"made": "by hand"},
      "half": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]},
      "single": {"dtype": "F32", "shape": [2, 1], "data_offsets": [8, 16]},
      "whole": {"dtype": "I32", "shape": [2], "data_offsets": [16, 24]},
      "empty": {"dtype": "F32", "shape": [0, 3], "data_offsets": [24, 24]}}
      """),
    data: [0, 0x3C, 0, 0xC0, 0, 0x38, 0, 0] + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
      + [7, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])

  @Test func givesItsNumbers() throws {
    let tensors = try Safetensors(path: Self.path, contents: Self.good)
    #expect(try tensors.floats("half", shape: [2, 2]) == [1, -2, 0.5, 0])
    #expect(try tensors.floats("single", shape: [2, 1]) == [1, -2])
    #expect(try tensors.integers("whole", shape: [2]) == [7, -1])
    #expect(try tensors.floats("empty", shape: [0, 3]) == [])
    #expect(try tensors.halves("half", shape: [2, 2]).floats(1..<3) == [-2, 0.5])
  }

  static let hostile = [
    HostileFile("no bytes", [], "fewer than 8 bytes"),
    HostileFile("seven bytes", [2, 0, 0, 0, 0, 0, 0], "fewer than 8 bytes"),
    HostileFile("a header of no bytes", file(""), "not the expected JSON"),
    HostileFile("a header longer than the file", file("{}", length: 3), "claims 3 bytes"),
    HostileFile(
      "the longest length there is", file("{}", length: .max), "claims 18446744073709551615 bytes"),
    HostileFile(
      "a length that is negative if signed", file("{}", length: 1 << 63),
      "claims 9223372036854775808 bytes"),
    HostileFile(
      "a header longer than any is read",
      file(String(repeating: " ", count: Safetensors.longestHeader + 1)), "claims 4194305 bytes"),
    HostileFile("a header that is not JSON", file("{{}"), "not the expected JSON"),
    HostileFile(
      "a header that is not text", file("{}").dropLast(2) + [0xFF, 0xFE], "not the expe"),
    HostileFile("a header that is a list", file("[]"), "not the expected JSON"),
    HostileFile(
      "a header nested very deeply", file(String(repeating: "[", count: 100_000)),
      "not the expected JSON"),
    HostileFile(
      "a tensor nested very deeply",
      file(#"{"w": "# + String(repeating: #"{"w": "#, count: 100_000)), "not the expected JSON"),
    HostileFile("a tensor that is a number", file(#"{"w": 1}"#), "not the expected JSON"),
    HostileFile("a tensor without anything", entry: "", "tensor w has no dtype"),
    HostileFile("a tensor without a place", entry: #""dtype": "F32""#, "tensor w has no dtype"),
    HostileFile(
      "an unknown type", entry: #""dtype": "BF16", "shape": [8], "data_offsets": [0, 16]"#,
      "tensor w: dtype BF16 is not read"),
    HostileFile(
      "a negative length", entry: #""dtype": "F32", "shape": [-4], "data_offsets": [0, 16]"#,
      "tensor w: shape [-4] is impossible"),
    HostileFile(
      "two negative lengths", entry: #""dtype": "F32", "shape": [-2, -2], "data_offsets": [0, 16]"#,
      "tensor w: shape [-2, -2] is impossible"),
    HostileFile(
      "a shape that overflows",
      entry: #""dtype": "F32", "shape": [4294967296, 4294967297], "data_offsets": [0, 16]"#,
      "tensor w: shape [4294967296, 4294967297] is impossible"),
    HostileFile(
      "a shape that overflows to its very size",
      entry: #""dtype": "F32", "shape": [4611686018427387908], "data_offsets": [0, 16]"#,
      "tensor w: shape [4611686018427387908] is impossible"),
    HostileFile(
      "a length beyond 64 bits",
      entry: #""dtype": "F32", "shape": [99999999999999999999], "data_offsets": [0, 16]"#,
      "not the expected JSON"),
    HostileFile(
      "a length and a half", entry: #""dtype": "F32", "shape": [1.5], "data_offsets": [0, 6]"#,
      "not the expected JSON"),
    HostileFile(
      "data beyond the file", entry: #""dtype": "F32", "shape": [4], "data_offsets": [4, 20]"#,
      "tensor w: its data [4, 20) is outside the file's 16 bytes"),
    HostileFile(
      "data far beyond the file",
      entry: #""dtype": "F32", "shape": [4], "data_offsets": [0, 9223372036854775807]"#,
      "tensor w: its data [0, 9223372036854775807) is outside"),
    HostileFile(
      "data before the file", entry: #""dtype": "F32", "shape": [4], "data_offsets": [-16, 0]"#,
      "tensor w: its data [-16, 0) is outside"),
    HostileFile(
      "offsets whose difference overflows",
      entry:
        #""dtype": "F32", "shape": [4], "data_offsets": [-9223372036854775808, 16]"#,
      "tensor w: its data [-9223372036854775808, 16) is outside"),
    HostileFile(
      "offsets the wrong way round",
      entry: #""dtype": "F32", "shape": [4], "data_offsets": [16, 0]"#,
      "tensor w: its data [16, 0) is outside"),
    HostileFile(
      "one offset", entry: #""dtype": "F32", "shape": [4], "data_offsets": [0]"#,
      "tensor w: data_offsets must be two numbers"),
    HostileFile(
      "three offsets", entry: #""dtype": "F32", "shape": [4], "data_offsets": [0, 8, 16]"#,
      "tensor w: data_offsets must be two numbers"),
    HostileFile(
      "too few bytes", entry: #""dtype": "F32", "shape": [4], "data_offsets": [0, 12]"#,
      "tensor w: shape [4] needs 16 bytes, its data has 12"),
    HostileFile(
      "too many bytes", entry: #""dtype": "F16", "shape": [4], "data_offsets": [0, 12]"#,
      "tensor w: shape [4] needs 8 bytes, its data has 12"),
  ]

  @Test(arguments: hostile) func isRefusedWhenItIsHostile(_ hostile: HostileFile) throws {
    let error = try #require(throws: EngineError.self) {
      try Safetensors(path: Self.path, contents: hostile.contents)
    }
    guard case .safetensors(Self.path, let problem) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(problem.contains(hostile.problem))
    #expect(error.description.hasPrefix(Self.path + ": "))
  }

  @Test func saysWhichTensorIsNotWhatWasExpected() throws {
    let (path, tensors) = (Self.path, try Safetensors(path: Self.path, contents: Self.good))
    #expect(throws: EngineError.tensorMissing(path: path, tensor: "other")) {
      try tensors.floats("other", shape: [1])
    }
    #expect(throws: EngineError.tensorMissing(path: path, tensor: "__metadata__")) {
      try tensors.floats("__metadata__", shape: [])
    }
    #expect(
      throws: EngineError.tensorShape(path: path, tensor: "half", expected: [4], got: [2, 2])
    ) { try tensors.floats("half", shape: [4]) }
    #expect(
      throws: EngineError.tensorType(path: path, tensor: "whole", expected: "F16", got: "I32")
    ) { try tensors.floats("whole", shape: [2]) }
    #expect(
      throws: EngineError.tensorType(path: path, tensor: "single", expected: "I32", got: "F32")
    ) { try tensors.integers("single", shape: [2, 1]) }
    #expect(
      throws: EngineError.tensorType(path: path, tensor: "single", expected: "F16", got: "F32")
    ) { try tensors.halves("single", shape: [2, 1]) }
  }

  /// Infinities of both signs and quiet and signalling NaNs, as float16 and float32.
  @Test(arguments: [0x7C00, 0xFC00, 0x7E00, 0x7C01, 0xFFFF] as [UInt16])
  func refusesWhatIsNoFiniteNumber(bits: UInt16) throws {
    let (low, high) = (UInt8(bits & 255), UInt8(bits >> 8))
    let half = try Safetensors(
      path: Self.path,
      contents: file(
        aligned(#"{"w": {"dtype": "F16", "shape": [3], "data_offsets": [0, 6]}}"#),
        data: [0, 0, 0, 0, low, high]))
    let error = EngineError.tensorNotFinite(path: Self.path, tensor: "w", index: 2)
    #expect(throws: error) { try half.floats("w", shape: [3]) }
    #expect(throws: error) { try half.halves("w", shape: [3]) }
    let single = try Safetensors(
      path: Self.path,
      contents: file(
        #"{"w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}"#,
        data: [0, 0, 0, 0, 0, 0, 0x80 | low, high | 0x7F]))
    #expect(throws: EngineError.tensorNotFinite(path: Self.path, tensor: "w", index: 1)) {
      try single.floats("w", shape: [1, 2])
    }
  }

  @Test func refusesATableThatIsNotAligned() throws {
    let header = #"{"w": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}"#
    for padding in 0..<2 {
      let tensors = try Safetensors(
        path: Self.path,
        contents: file(header + String(repeating: " ", count: padding), data: [0, 0]))
      #expect(try tensors.floats("w", shape: [1]) == [0])
      if (header.utf8.count + padding) % 2 == 1 {
        #expect(throws: EngineError.self) { try tensors.halves("w", shape: [1]) }
      } else {
        #expect(try tensors.halves("w", shape: [1]).floats(0..<1) == [0])
      }
    }
  }

  @Test func isRefusedAtEveryLengthBelowItsOwn() {
    for length in 0..<Self.good.count {
      #expect(throws: EngineError.self) {
        try Safetensors(path: Self.path, contents: Array(Self.good.prefix(length)))
      }
    }
  }

  /// Most are refused. What is not must still give every tensor or an error.
  @Test func neverTrapsWhateverBytesChange() {
    var random = Seeded(state: 11)
    for _ in 0..<300 {
      let mutant = random.mutation(of: Self.good)
      do throws(EngineError) {
        try readEverything(try Safetensors(path: Self.path, contents: mutant))
      } catch {
        #expect(error.description.hasPrefix(Self.path + ": "))
      }
    }
  }

  private func readEverything(_ tensors: Safetensors) throws(EngineError) {
    #expect(try tensors.floats("half", shape: [2, 2]).count == 4)
    #expect(try tensors.halves("half", shape: [2, 2]).floats(0..<4).count == 4)
    #expect(try tensors.floats("single", shape: [2, 1]).count == 2)
    #expect(try tensors.integers("whole", shape: [2]).count == 2)
    #expect(try tensors.floats("empty", shape: [0, 3]).isEmpty)
  }
}
