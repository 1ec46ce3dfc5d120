import Glibc
import SPAEScreen
import SPAETerminal
import Testing

@Suite("The test terminal")
struct TestTerminalSuite {
  private let terminal = TestTerminal(rows: 24, columns: 80)

  @Test("gives one event at a time, and SIGTERM at the end")
  func events() throws {
    try terminal.press("ab")
    #expect(terminal.events(timeout: nil, watching: nil) == [.key(.character("a"))])
    #expect(terminal.events(timeout: nil, watching: nil) == [.key(.character("b"))])
    #expect(terminal.events(timeout: nil, watching: nil) == [.terminate(SIGTERM)])
  }

  @Test("lets time pass only in pauses, as far as the explorer waits")
  func time() {
    let start = terminal.now
    terminal.play([.pause(.seconds(2)), .event(.continued)])
    #expect(terminal.events(timeout: .milliseconds(500), watching: nil).isEmpty)
    #expect(terminal.now - start == .milliseconds(500))
    #expect(terminal.events(timeout: nil, watching: nil) == [.continued])
    #expect(terminal.now - start == .seconds(2))
  }

  @Test("hears what is done in the background before time passes")
  func background() {
    var ends: [Int32] = [0, 0]
    _ = unsafe pipe(&ends)
    defer { ends.forEach { close($0) } }
    let writing = ends[1]
    terminal.settle = {
      let byte: [UInt8] = [1]
      _ = unsafe write(writing, byte, 1)
    }
    terminal.play([.pause(.seconds(1))])
    let start = terminal.now
    #expect(terminal.events(timeout: nil, watching: ends[0]) == [.readable])
    #expect(terminal.now == start)
  }

  @Test("has another size when it is told so")
  func resize() {
    terminal.play([.resize(rows: 5, columns: 9)])
    #expect(terminal.events(timeout: nil, watching: nil) == [.resized])
    #expect(terminal.size == (5, 9))
  }
}
