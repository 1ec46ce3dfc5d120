import Dispatch
import Foundation
import Glibc
import SPAEFiles
import SPAESystem
import Testing

/// Answers in the order of their questions.
@Suite struct AnOrderedOutput {
  private let path =
    FileManager.default.temporaryDirectory.path + "/spae-\(UUID().uuidString).answers"

  /// What is written by `body`.
  private func written(limit: Int = 8, _ body: (OrderedOutput) throws -> Void) throws -> String {
    let descriptor = FileSystem.open(path, O_RDWR | O_CREAT, mode: 0o600)
    defer {
      close(descriptor)
      FileSystem.remove(path)
    }
    try body(OrderedOutput(descriptor: descriptor, limit: limit))
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func writesWholeAnswersInOrder() throws {
    let text = try written { output throws in
      #expect(try output.put(Array("c".utf8), for: 2) == 0)
      #expect(try output.put(Array("a".utf8), for: 0) == 1)
      #expect(try output.put(Array("b".utf8), for: 1) == 2)
    }
    #expect(text == "abc")
  }

  @Test func writesThePartsOfTheAnswerThatIsDueAtOnce() throws {
    let text = try written { output throws in
      for _ in 0..<4 { try output.append(Array("part ".utf8), to: 0) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "part part part part ")
      try output.append(Array("next".utf8), to: 1)
      #expect(try output.put(Array("last ".utf8), for: 0) == 1)
      #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("last next"))
      #expect(try output.put(Array(".".utf8), for: 1) == 1)
    }
    #expect(text == "part part part part last next.")
  }

  @Test func letsAnAnswerWaitForItsTurnWhereTooMuchWaitsAlready() throws {
    let text = try written { output throws in
      let done = DispatchSemaphore(value: 0)
      let work = DispatchGroup()
      DispatchQueue.global().async(group: work) {
        for _ in 0..<5 {
          try? output.append(Array("late ".utf8), to: 1)
          done.signal()
        }
        _ = try? output.put([], for: 1)
      }
      #expect(done.wait(timeout: .now() + .seconds(60)) == .success)
      #expect(work.wait(timeout: .now() + .milliseconds(50)) == .timedOut)
      #expect(done.wait(timeout: .now()) == .timedOut, "a second answer did not wait")
      _ = try output.put(Array("first ".utf8), for: 0)
      #expect(work.wait(timeout: .now() + .seconds(60)) == .success)
    }
    #expect(text == "first late late late late late ")
  }
}
