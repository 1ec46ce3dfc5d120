import Glibc

/// Standard input, output and error as the program was given them.
package enum StandardStreams {
  /// Keeps the numbers 0, 1 and 2 from files that are opened later, where a shell has closed a stream.
  ///
  /// Each such stream is made one that cannot be read, or cannot be written, so that its use is an
  /// error and touches no file of a person.
  package static func reserve() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
