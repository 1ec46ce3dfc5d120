package import Glibc

/// Starts programs; what is common to all of them.
package enum ProcessSpawn {
  package typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>
  package typealias Attributes = UnsafeMutablePointer<posix_spawnattr_t>

  /// Lets the new process begin a session of its own: POSIX_SPAWN_SETSID, an extension of glibc.
  package static let newSession: Int16 = 0x80

  /// The environment without the key of a language model's service, which is nobody's but ours.
  package static var environment: [String: String] {
    SystemEnvironment.variables.filter { $0.key != "SPAE_API_KEY" }
  }

  /// Starts the program at a path with arguments, the first of which is its name.
  ///
  /// `prepare` says what its streams, signals and session are to be.
  package static func start(
    _ path: String, arguments: [String], environment: [String: String] = environment,
    prepare: (Actions, Attributes) -> Void
  ) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe prepare(&actions, &attributes)
    unsafe restoreSizeLimit(&attributes)
    let words = unsafe arguments.map { unsafe FileName.copied($0) } + [nil]
    let variables = unsafe SystemEnvironment.copied(environment)
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var process = pid_t()
    let status =
      unsafe FileSystem.withPath(path) { path in
        unsafe posix_spawn(&process, path, &actions, &attributes, words, variables)
      } ?? EINVAL
    guard status == 0 else { throw SystemError(code: status) }
    return process
  }

  /// What this program ignores is for other programs as it was.
  private static func restoreSizeLimit(_ attributes: Attributes) {
    var (signals, flags) = (sigset_t(), Int16(0))
    unsafe posix_spawnattr_getsigdefault(attributes, &signals)
    unsafe sigaddset(&signals, SIGXFSZ)
    unsafe posix_spawnattr_setsigdefault(attributes, &signals)
    unsafe posix_spawnattr_getflags(attributes, &flags)
    unsafe posix_spawnattr_setflags(attributes, flags | Int16(POSIX_SPAWN_SETSIGDEF))
  }
}
