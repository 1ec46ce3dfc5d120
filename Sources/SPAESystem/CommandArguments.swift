/// The words of the command line.
package enum CommandArguments {
  /// All behind the program's name; what is not UTF-8 is kept as `FileName` keeps it.
  package static var all: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      unsafe CommandLine.unsafeArgv[index].map { unsafe FileName.text(at: $0) }
    }
  }
}
