import Foundation
import SPAEPyramid
import Testing

@Suite("What is wrong with JSON")
struct JSONProblemSuite {
  private struct Layer: Decodable { let words: [Int] }
  private struct File: Decodable { let layers: [Layer] }

  private func reason(_ text: String) -> String? {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(File.self, from: Data(text.utf8))
    }
    return error?.reason(in: Array(text.utf8))
  }

  @Test(
    "is said with its place",
    arguments: [
      (#"{}"#, "layers is missing"), (#"{"layers": 1}"#, "layers is of another type"),
      (#"{"layers": [{"words": [1]}, {}]}"#, "layers[1].words is missing"),
      (#"{"layers": [{"words": [1, null]}]}"#, "layers[0].words[1] is null"),
      (#"[]"#, "the value is of another type"),
      (#"{"layers": "#, "unexpected end of file during JSON parse"),
    ])
  func places(_ text: String, _ expected: String) { #expect(reason(text) == expected) }

  @Test("is said with the character where it is no JSON")
  func damage() { #expect(reason("{\"layers\": [\n 1 2]}")?.contains("character 1") == true) }
}
