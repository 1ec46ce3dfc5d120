package import Glibc
import Synchronization

/// A program that this process started, with a pipe from its standard output and perhaps one to its
/// input.
///
/// It is started without a shell, in a session of its own: no key of a terminal reaches it, and it
/// can ask nobody. A child that hangs on its input ends when this process does, however that is, for
/// nobody else holds the other end.
@safe
package final class ChildProcess: Sendable {
  /// What a child is given beside its arguments.
  package struct Connections: Sendable {
    /// Whether it gets a standard input; without, it reads nothing.
    package var hasInput = false
    /// Whether it goes on when the object is gone.
    package var stays = false
    /// A descriptor that it finds under the number 3, beside its own name for it, /dev/fd/3.
    package var file: Int32?

    package init(hasInput: Bool = false, stays: Bool = false, file: Int32? = nil) {
      (self.hasInput, self.stays, self.file) = (hasInput, stays, file)
    }
  }

  package let identifier: pid_t
  /// -1 where the child has no input.
  private let input: Int32
  private let output: Int32
  private let log: Int32
  private let stays: Bool
  private let status = Mutex<Int32?>(nil)

  /// Starts the program at a path.
  ///
  /// Standard error goes to the descriptor `log`, which is taken over.
  package init(
    _ command: [String], log: Int32, _ connections: Connections = Connections()
  ) throws(SystemError) {
    // A socket, unlike a pipe, can be written to without a signal where nobody reads any more.
    let inputs = connections.hasInput ? try Self.sockets() : [-1, -1]
    let outputs = try Self.pipe()
    let child = Result { () throws(SystemError) in
      try Self.spawn(
        command, streams: (connections.hasInput ? inputs[0] : nil, outputs[1], log),
        file: connections.file)
    }
    if connections.hasInput { close(inputs[0]) }
    close(outputs[1])
    (input, output, self.log, stays) = (inputs[1], outputs[0], log, connections.stays)
    do throws(SystemError) { identifier = try child.get() } catch {
      for descriptor in [inputs[1], outputs[0], log] where descriptor >= 0 { close(descriptor) }
      throw error
    }
  }

  deinit {
    if input >= 0 { close(input) }
    if !stays { end() }
    close(output)
    close(log)
  }

  // MARK: Reading and writing

  /// Puts what the child has written into a buffer, from a place to its end at most; 0 at the end.
  ///
  /// Throws `ETIMEDOUT` where nothing comes in time.
  package func read(
    into bytes: inout [UInt8], from start: Int = 0, milliseconds: Int32
  ) throws(SystemError) -> Int {
    try wait(for: output, POLLIN, milliseconds: milliseconds)
    return try FileSystem.read(from: output, into: &bytes, at: start)
  }

  /// Writes all bytes to the child's input; throws `EPIPE` where it reads no more, and `ETIMEDOUT`
  /// where it takes nothing in time.
  package func write(_ bytes: [UInt8], milliseconds: Int32) throws(SystemError) {
    var start = 0
    while start < bytes.count {
      try wait(for: input, POLLOUT, milliseconds: milliseconds)
      let count = unsafe bytes[start...].withUnsafeBytes {
        unsafe send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count >= 0 else { throw .last }
      start += count
    }
  }

  /// Ends the child's input.
  package func closeInput() { shutdown(input, Int32(SHUT_WR)) }

  private func wait(
    for descriptor: Int32, _ event: Int32, milliseconds: Int32
  ) throws(SystemError) {
    var polled = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    while true {
      let count = unsafe poll(&polled, 1, milliseconds)
      if count > 0 { return }
      if count == 0 { throw SystemError(code: ETIMEDOUT) }
      guard errno == EINTR else { throw .last }
    }
  }

  /// What it writes to standard output until a line ends; nil where it ends first, or in time.
  package func line(milliseconds: Int32) -> String? {
    var line: [UInt8] = []
    var byte: [UInt8] = [0]
    while line.last != UInt8(ascii: "\n") {
      guard (try? read(into: &byte, milliseconds: milliseconds)) == 1 else { return nil }
      line += byte
    }
    return String(decoding: line.dropLast(), as: UTF8.self)
  }

  /// The last lines of its standard error.
  package func lastLines(_ count: Int = 6) -> [String] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let size = lseek(log, 0, SEEK_END)
    let read = unsafe pread(log, &bytes, bytes.count, max(0, size - bytes.count))
    let text = String(decoding: bytes.prefix(max(0, read)), as: UTF8.self)
    return text.textLines.filter { !$0.isEmpty }.suffix(count).map {
      String($0.printable.prefix(200))
    }
  }

  /// Forgets what it wrote to standard error, where that has become long: `log` is a file that is
  /// appended to.
  package func shortenLog() {
    if lseek(log, 0, SEEK_END) > Self.longestLog { ftruncate(log, 0) }
  }

  private static let longestLog = 1 << 20

  // MARK: Its end

  package var isAlive: Bool {
    status.withLock { status in
      guard status == nil else { return false }
      var code: Int32 = 0
      if unsafe waitpid(identifier, &code, WNOHANG) != 0 { status = code }
      return status == nil
    }
  }

  /// Whether it has ended, or does within a moment: its connections close before it is gone.
  package var isEnding: Bool { hasEnded(within: .milliseconds(300)) }

  /// Waits for its end.
  package func hasEnded(within time: Duration) -> Bool {
    let deadline = ContinuousClock.now + time
    while isAlive, .now < deadline { usleep(10_000) }
    return !isAlive
  }

  /// How it ended: its exit status, or 128 and the signal that ended it; nil while it runs.
  package var exitStatus: Int32? {
    guard !isAlive else { return nil }
    return status.withLock { $0 }.map { $0 & 0x7F == 0 ? $0 >> 8 & 0xFF : 128 + $0 & 0x7F }
  }

  /// Waits for its end where that follows from the end of its input; else ends it.
  private func end() {
    if input >= 0 { _ = hasEnded(within: .seconds(2)) }
    kill()
  }

  /// Ends it at once.
  package func kill() {
    guard isAlive else { return }
    Glibc.kill(identifier, SIGKILL)
    status.withLock { status in
      var code: Int32 = 0
      unsafe waitpid(identifier, &code, 0)
      status = code
    }
  }
}

// MARK: Its start

extension ChildProcess {
  /// The ends to read and to write, which no other child of ours gets.
  private static func pipe() throws(SystemError) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else { throw .last }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  private static func sockets() throws(SystemError) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .last }
    return ends
  }

  private static func spawn(
    _ command: [String], streams: (input: Int32?, output: Int32, log: Int32), file: Int32?
  ) throws(SystemError) -> pid_t {
    try unsafe ProcessSpawn.start(command[0], arguments: command) { actions, attributes in
      unsafe posix_spawnattr_setflags(attributes, ProcessSpawn.newSession)
      if let input = streams.input {
        unsafe posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO)
      } else {
        unsafe posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
      }
      unsafe posix_spawn_file_actions_adddup2(actions, streams.output, STDOUT_FILENO)
      unsafe posix_spawn_file_actions_adddup2(actions, streams.log, STDERR_FILENO)
      if let file { unsafe posix_spawn_file_actions_adddup2(actions, file, 3) }
    }
  }
}

extension FileSystem {
  /// The program of a name that the shell would run; nil where there is none.
  package static func program(_ name: String) -> String? {
    let folders = SystemEnvironment.variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return folders.split(separator: ":").lazy.map { "\($0)/\(name)" }
      .first { isExecutable($0) && !isFolder($0) }
  }

  /// A file for reading and writing, at its end, that is gone when it is closed.
  package static func unnamedFile(
    in folder: String = SystemEnvironment.variables["TMPDIR"] ?? "/tmp"
  ) throws(SystemError) -> Int32 {
    let template = unsafe FileName.copied("\(folder)/spae-XXXXXX")
    defer { unsafe free(template) }
    let descriptor = unsafe template.map { unsafe mkstemp($0) } ?? -1
    guard descriptor >= 0, let template = unsafe template else { throw .last }
    remove(unsafe FileName.text(at: template))
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_APPEND)
    return descriptor
  }
}
