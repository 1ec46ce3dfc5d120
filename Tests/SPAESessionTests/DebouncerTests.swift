import Dispatch
import SPAESession
import Synchronization
import Testing

@Suite("Debouncer") struct DebouncerTests {
  @Test("does only the newest of what comes one after the other")
  func newest() {
    let done = Record()
    let debouncer = Debouncer<Int>(label: "test", rest: .seconds(3600)) { done.append($0) }
    (1...5).forEach(debouncer.request)
    #expect(done.values == [])
    debouncer.finish()
    #expect(done.values == [5])
    debouncer.finish()
    #expect(done.values == [5])
  }

  @Test("begins by itself once nothing else comes", .timeLimit(.minutes(1)))
  func rest() async throws {
    let done = Record()
    let debouncer = Debouncer<Int>(label: "test", rest: .milliseconds(1)) { done.append($0) }
    debouncer.request(1)
    while done.values.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
    #expect(done.values == [1])
  }
}

private final class Record: Sendable {
  private let state = Mutex<[Int]>([])

  var values: [Int] { state.withLock { $0 } }

  func append(_ value: Int) { state.withLock { $0.append(value) } }
}
