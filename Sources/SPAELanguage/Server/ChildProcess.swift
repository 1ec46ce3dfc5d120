import FoundationEssentials
import Glibc
import SPAESystem
import Synchronization

/// A program that this process started, with a pipe from its standard output and one to its input.
///
/// Its standard input ends when this process does, however that is, for nobody else holds the pipe.
@safe
final class ChildProcess: Sendable {
  let identifier: pid_t
  /// -1 where the child does not hang on us.
  private let input: Int32
  private let output: Int32
  private let log: Int32
  private let status = Mutex<Int32?>(nil)

  /// Starts a program in a session of its own, so that no key of a terminal reaches it.
  ///
  /// Standard error goes to the descriptor `log`, which is taken over. A child that stays reads
  /// nothing and is not ended with us.
  init(_ command: [String], log: Int32, stays: Bool) throws(LanguageError) {
    let (inputs, outputs) = (try Self.pipe(), try Self.pipe())
    let child = Result { () throws(LanguageError) in
      try Self.spawn(command, input: stays ? nil : inputs[0], output: outputs[1], log: log)
    }
    close(inputs[0])
    close(outputs[1])
    if stays { close(inputs[1]) }
    (input, output, self.log) = (stays ? -1 : inputs[1], outputs[0], log)
    identifier = try child.get()
  }

  deinit {
    if input >= 0 { end() }
    close(output)
    close(log)
  }

  /// What it writes to standard output until a line ends; nil where it ends first, or in time.
  func line(milliseconds: Int32) -> String? {
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      var polled = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&polled, 1, milliseconds) > 0 else { return nil }
      var byte: UInt8 = 0
      guard unsafe read(output, &byte, 1) == 1 else { return nil }
      line.append(byte)
    }
    return String(decoding: line.dropLast(), as: UTF8.self)
  }

  var isAlive: Bool {
    status.withLock { status in
      guard status == nil else { return false }
      var code: Int32 = 0
      if unsafe waitpid(identifier, &code, WNOHANG) != 0 { status = code }
      return status == nil
    }
  }

  /// Whether it has ended, or does within a moment: its connections close before it is gone.
  var isEnding: Bool {
    for _ in 0..<30 where isAlive { usleep(10_000) }
    return !isAlive
  }

  /// The last lines of its standard error.
  func lastLines(_ count: Int = 6) -> [String] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let size = lseek(log, 0, SEEK_END)
    let read = unsafe pread(log, &bytes, bytes.count, max(0, size - bytes.count))
    let text = String(decoding: bytes.prefix(max(0, read)), as: UTF8.self)
    return text.textLines.filter { !$0.isEmpty }.suffix(count).map { excerpt($0, count: 200) }
  }

  /// Closes its input and waits for its end, which follows at once.
  private func end() {
    close(input)
    for _ in 0..<200 where isAlive { usleep(10_000) }
    kill()
  }

  /// Ends it at once.
  func kill() {
    guard isAlive else { return }
    Glibc.kill(identifier, SIGKILL)
    status.withLock { status in
      var code: Int32 = 0
      unsafe waitpid(identifier, &code, 0)
      status = code
    }
  }

  // MARK: Parts

  /// The ends to read and to write, which no other child of ours gets.
  private static func pipe() throws(LanguageError) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else {
      throw .cannotStart(reason: SystemError.lastReason, log: [])
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  private static let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID, an extension of glibc

  private static func spawn(
    _ command: [String], input: Int32?, output: Int32, log: Int32
  ) throws(LanguageError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawnattr_setflags(&attributes, newSession)
    if let input {
      unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO)
    // A key is nobody's but ours.
    let environment = SystemEnvironment.variables.filter { $0.key != "SPAE_API_KEY" }
    let arguments = unsafe command.map { unsafe FileName.copied($0) } + [nil]
    let variables = unsafe SystemEnvironment.copied(environment)
    defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
    var process = pid_t()
    let status =
      unsafe FileSystem.withPath(command[0]) { path in
        unsafe posix_spawn(&process, path, &actions, &attributes, arguments, variables)
      } ?? EINVAL
    guard status == 0 else {
      let reason = SystemError(code: status)
      throw .cannotStart(reason: "\(command[0]): \(reason)", log: [])
    }
    return process
  }
}
