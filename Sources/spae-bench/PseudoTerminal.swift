import Glibc
import SPAESystem

/// A program in a terminal that this process plays: what it writes is read here, and keys are sent.
@safe
final class PseudoTerminal {
  let process: pid_t
  private let master: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  /// Starts a program in a session of its own, with a window of so many characters.
  init(
    _ command: [String], environment: [String: String], rows: Int, columns: Int,
    cell: (width: Int, height: Int)
  ) throws(Failure) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: UInt16(columns * cell.width),
      ws_ypixel: UInt16(rows * cell.height))
    var (master, terminal): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    guard unsafe openpty(&master, &terminal, &name, nil, &size) == 0 else {
      throw Failure("no pseudo-terminal: \(SystemError.lastReason)")
    }
    close(terminal)
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    self.master = master
    do throws(Failure) {
      process = try Self.spawn(
        command, environment,
        terminal: String(
          decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    } catch {
      close(master)
      throw error
    }
  }

  deinit {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    close(master)
  }

  func send(_ bytes: [UInt8]) throws(Failure) {
    try AtomicFile.put(bytes, into: master, named: "the pseudo-terminal")
  }

  /// What the program wrote, as soon as it wrote something; nil when it did not in time.
  func read(until deadline: ContinuousClock.Instant) throws(Failure) -> ArraySlice<UInt8>? {
    let left = max(0, (deadline - .now) / Duration.milliseconds(1))
    var polled = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&polled, 1, Int32(left.rounded(.up))) > 0 else { return nil }
    let count = unsafe Glibc.read(master, &buffer, buffer.count)
    guard count > 0 else { throw Failure("the explorer ended before the measurement did") }
    return buffer[..<count]
  }

  /// The session's first opening of a terminal makes it the controlling one.
  private static func spawn(
    _ command: [String], _ environment: [String: String], terminal: String
  ) throws(Failure) -> pid_t {
    do throws(SystemError) {
      return try unsafe ProcessSpawn.start(command[0], arguments: command, environment: environment)
      {
        actions, attributes in
        unsafe posix_spawnattr_setflags(attributes, ProcessSpawn.newSession)
        unsafe posix_spawn_file_actions_addopen(actions, STDIN_FILENO, terminal, O_RDWR, 0)
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
          unsafe posix_spawn_file_actions_adddup2(actions, STDIN_FILENO, descriptor)
        }
      }
    } catch { throw Failure("\(command[0]): cannot be started: \(error)") }
  }
}
