import SPAESystem

/// Names of files that begin with a dash: the parser of options would take them to pieces.
///
/// It reads `-dash.png` as `-d -a -s -h ...`, and so shows the help.
enum DashedName {
  /// The options of one letter that commands have.
  private static let shortOptions = ["-0", "-h", "-n", "-o"]

  /// The first word that begins with one dash and is no option, before a `--`.
  static func unreadable(in arguments: [String]) -> String? {
    names(in: arguments).first { word in
      !word.hasPrefix("--") && !shortOptions.contains(word) && Double(word) == nil
        && !shortOptions.contains { word.hasPrefix($0 + "=") }
    }
  }

  /// Says how such a name is written; gives the exit status.
  static func refuse(_ word: String) -> Int32 {
    Failure("\(word): there is no such option; \(remedy(word))").report()
    return 2
  }

  /// Says so of a file whose name the parser did not know as an option.
  static func explain(in arguments: [String]) {
    let known = names(in: arguments).first { $0.hasPrefix("--") && FileSystem.isTaken($0) }
    if let known { Failure("\(known): \(remedy(known))").report() }
  }

  private static func remedy(_ word: String) -> String {
    "a file of that name is written ./\(word), or behind --, as in -- \(word)"
  }

  private static func names(in arguments: [String]) -> [String] {
    arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("-") && $0 != "-" }
  }
}
