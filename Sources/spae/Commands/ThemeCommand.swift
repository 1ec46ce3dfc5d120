import ArgumentParser
import Foundation
import SPAEColour
import SPAEFiles
import SPAEGraphics
import SPAEScreen
import SPAESystem
import SPAETerminal

/// `spae theme`: the colours of the explorer.
struct ThemeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "theme",
    abstract: "List, show and check the colours of the explorer.",
    discussion: """
      A theme is a TOML file of roles and a palette. Your own belong into
      $XDG_CONFIG_HOME/spae/themes; begin one with: inherits = "dark"
      """,
    subcommands: [ListCommand.self, ShowCommand.self, CheckCommand.self])
}

extension ThemeCommand {
  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the themes: their names, and what they are made for.")

    func run() throws {
      let library = ThemeLibrary()
      let names = library.names
      let width = names.map(\.printable.displayWidth).max() ?? 0
      var broken: [String] = []
      for name in names {
        do throws(Failure) {
          let theme = try library.theme(name)
          print(name.padded(to: width) + "  " + theme.appearance.rawValue)
        } catch {
          broken += error.lines
        }
      }
      if !broken.isEmpty { throw Failure(lines: broken) }
    }
  }

  struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show what each role of a theme looks like, and how well it can be read.")

    @Argument(help: ArgumentHelp("The theme.", valueName: "name|file"))
    var theme = "dark"

    func run() throws {
      let theme = try ThemeLibrary().theme(theme)
      for role in Role.allCases { print(withEscapes: line(role, theme)) }
    }

    private func line(_ role: Role, _ theme: Theme) -> String {
      let look = theme[role]
      let colours = [look.foreground, look.background].map { ($0?.hex ?? "default").padded(to: 8) }
      let contrast = look.contrast.map { String(format: "%4.1f:1", $0) } ?? "      "
      let marks = look.marks.isEmpty ? [] : [look.marks]
      let description = [role.rawValue.padded(to: 15)] + colours + [contrast] + marks
      return sample(look) + description.joined(separator: " ").printable
    }

    /// A word as the role looks, where a terminal shows it.
    private func sample(_ look: Attributes) -> String {
      let environment = SystemEnvironment.variables
      guard isatty(STDOUT_FILENO) == 1, environment["TERM"] != "dumb" else { return "" }
      let colours = ColourDepth(environment: environment)
      return look.escape(colours: colours) + " sunflower \u{1B}[0m  "
    }
  }

  struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Check the files of themes: errors by line and column, and what is hard to read.")

    @Argument(help: ArgumentHelp("Files to check.", valueName: "file"))
    var files: [String]

    func run() throws {
      var errors: [String] = []
      for file in files {
        do throws(Failure) {
          report(try ThemeLibrary().theme(file: file), file)
        } catch {
          errors += error.lines
        }
      }
      if !errors.isEmpty { throw Failure(lines: errors) }
    }

    private func report(_ theme: Theme, _ file: String) {
      print("\(file): a theme for \(theme.appearance.terminals), without errors")
      if theme.name != Theme.mono.name, theme.looksLike(.mono) {
        print(
          "\(file): it gives no role a look of its own, so that all is as in mono, without colours;"
            + " inherits = \"dark\" takes those of dark, [roles] changes some (man 5 spae-theme)"
        )
      }
      for role in Role.allCases where role != .background && role != .picture {
        let least = role == .faint || role == .border ? 3.0 : 4.5
        guard let contrast = theme[role].contrast, contrast < least else { continue }
        let figure = String(format: "%.1f", contrast)
        print(
          "\(file): '\(role)' is hard to read: contrast \(figure):1, at least \(least):1 is good")
      }
    }
  }
}

extension Theme {
  fileprivate func looksLike(_ other: Theme) -> Bool {
    Role.allCases.allSatisfy { self[$0] == other[$0] }
  }
}

extension Attributes {
  /// nil where a colour is the terminal's own.
  fileprivate var contrast: Double? {
    guard let foreground, let background else { return nil }
    return foreground.contrast(with: background)
  }

  fileprivate var marks: String {
    let all = [
      (bold, "bold"), (faint, "faint"), (italic, "italic"), (underline, "underline"),
      (reverse, "reverse"),
    ]
    return all.filter(\.0).map(\.1).joined(separator: " ")
  }
}

extension Theme.Appearance {
  fileprivate var terminals: String {
    switch self {
    case .light: "light terminals"
    case .dark: "dark terminals"
    case .any: "any terminal"
    }
  }
}
