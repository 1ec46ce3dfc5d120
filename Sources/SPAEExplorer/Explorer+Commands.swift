import SPAEPyramid
import SPAEScreen
import SPAESystem

/// What can be typed after a colon.
package enum CommandName: String, CaseIterable, Sendable {
  case write = "w"
  case quit = "q"
  case writeQuit = "wq"
  case exit = "x"
  case substitute = "s"
  case undo, redo, earlier, later, history, mark, compare, depth, layer, original, difference
  case frame, speed, loop
  case blink, heat, fill, bring, caption, ask, revise, edit, edits, theme, graphics, set, help
  case size
  case next = "n"
  case previous = "N"
  case gallery, messages

  /// How it is typed, and what it does.
  package var usage: (form: String, help: String) {
    switch self {
    case .write:
      (
        ":w[!] [FILE] [4x]",
        "write the words (.spae, .json) or the picture (.png, .jpg, .webp), larger if wished; "
          + "! replaces a file"
      )
    case .quit: (":q[!]", "quit; ! discards what is not saved")
    case .writeQuit: (":wq[!] [FILE]", "save and quit")
    case .exit: (":x[!] [FILE]", "save if something changed, and quit")
    case .substitute:
      (
        ":s/OLD/NEW/",
        "replace a word wherever it is, as :OLD -> NEW does; :2:1,2 = WORD changes one, "
          + ":2:1,2 goes to it"
      )
    case .undo: (":undo [N|NAME]", "undo once, or go to a state of the tree")
    case .redo: (":redo", "redo")
    case .earlier: (":earlier N|Ns|Nm|Nh|Nd", "go back by states, or by time")
    case .later: (":later N|Ns|Nm|Nh|Nd", "go forward by states, or by time")
    case .history: (":history", "the tree of all states")
    case .mark: (":mark NAME", "give this state a name; another that had it loses it")
    case .compare:
      (
        ":compare [N|NAME]",
        "blink between this state and another, by its number or name; without one stop"
      )
    case .depth: (":depth [N]", "decode so many layers; without N all")
    case .layer: (":layer N", "go to a layer, as :N does")
    case .frame: (":frame [N]", "go to a frame of a film; without N say which is shown")
    case .speed: (":speed [N]", "play a film N times as fast; without N at its own speed")
    case .loop: (":loop", "begin a film again at its end, and end that")
    case .original: (":original", "show the original picture")
    case .difference: (":difference", "show the difference to the original")
    case .blink: (":blink", "blink between original and decoded")
    case .heat: (":heat", "show the pixels that the word owns")
    case .fill: (":fill", "the language model proposes words from those around")
    case .bring:
      (":bring WORD", "bring what a word says from the picture of the library that fits best")
    case .caption: (":caption", "caption the picture with the language model")
    case .ask: (":ask QUESTION", "ask the language model a question about the picture")
    case .revise: (":revise WISH", "change words as a wish says, such as: in winter")
    case .edit:
      (":e[dit] [FILE]", "open another file, or several; without one edit all words in $EDITOR")
    case .edits: (":edits [paint|exact]", "what a typed word does to the words beneath it")
    case .theme: (":theme NAME", "change the theme")
    case .graphics:
      (":graphics NAME", "draw the picture by \(GraphicsChoice.names)")
    case .set:
      (":set [NAME[=VALUE]]", "show the settings, or change one: tint, notint, edits=exact")
    case .help: (":help [TOPIC]", "the keys, or those about a topic; :help :w tells of a command")
    case .size:
      (":size [N|auto]", "encode the picture with 128, 256 or 512 pixels; upper words stay edited")
    case .next: (":n [N]", "the next picture of the list or folder, or the Nth from here")
    case .previous: (":N [N]", "the picture before, or the Nth before")
    case .gallery: (":gallery", "all pictures of the list or folder")
    case .messages: (":messages", "read the messages since the program began, the last ones last")
    }
  }
}

extension Explorer {
  /// Runs a line that was typed after a colon, for the cells that were marked.
  mutating func run(_ line: String, on cells: [CellAddress]) -> [Effect] {
    let text = line.drop { $0 == " " || $0 == ":" }.trimmingSpaces
    if text.isEmpty { return [] }
    if let layer = text == "$" ? shape.depth : Int(text) { return goThere(layer) }
    if let edit = TypedEdit(text) { return perform(edit) }
    let word = text.prefix { $0.isLetter }
    var rest = text.dropFirst(word.count)
    let forced = rest.first == "!"
    if forced { rest = rest.dropFirst() }
    guard let command = CommandName(typed: String(word)) else { return refuse(text, word) }
    let argument = rest.trimmingSpaces
    guard command.takes(argument, forced: forced) else { return refuse(command) }
    if command == .fill { return fill(cells) }
    if command == .bring { return argument.isEmpty ? refuse(.bring) : bring(argument, into: cells) }
    return run(command, argument, forced: forced)
  }

  /// Whether a line that was typed after a colon changes words, or asks about them.
  func needsWords(command line: String) -> Bool {
    let text = line.drop { $0 == " " || $0 == ":" }.trimmingSpaces
    switch TypedEdit(text) {
    case .replacement, .put: return true
    default: break
    }
    let word = text.prefix { $0.isLetter }
    switch CommandName(typed: String(word)) {
    case .fill, .bring, .caption, .ask, .revise: return true
    case .edit: return text.dropFirst(word.count).trimmingSpaces.isEmpty
    default: return false
    }
  }

  private mutating func pinDepth(_ argument: String) -> [Effect] {
    guard let depth = Int(argument) else { return refuse(.depth) }
    guard (1...shape.depth).contains(depth) else {
      say("no depth \(depth): the picture is decoded from 1 to \(shape.depth) layers", .error)
      return []
    }
    return pin(depth)
  }

  private mutating func goThere(_ layer: Int) -> [Effect] {
    goTo(layer: layer)
    return []
  }

  private mutating func refuse(_ text: String, _ word: Substring) -> [Effect] {
    if text.hasPrefix("%s") { return refuse(.substitute) }
    if text.first == "!" {
      let remedy = dialect == .keys ? "Ctrl-Z goes to the shell, fg returns" : "only those of help"
      say("no shell commands here; \(remedy)", .error)
    } else {
      let typed = (dialect == .keys ? ":" : "") + (word.isEmpty ? text[...] : word)
      say("\(typed) is no command; \(dialect.listOfCommands)", .error)
    }
    return []
  }

  private mutating func run(
    _ command: CommandName, _ argument: String, forced: Bool
  ) -> [Effect] {
    let name = argument.isEmpty ? nil : argument
    switch command {
    case .write: return save(to: name, replacing: forced)
    case .quit: return forced ? leaveUnsaved() : leave()
    case .writeQuit: return save(to: name, replacing: forced, thenQuit: true)
    case .exit:
      let mustSave = isDirty || name != nil
      return mustSave ? save(to: name, replacing: forced, thenQuit: true) : leave()
    case .substitute: return refuse(command)
    case .undo:
      if argument.isEmpty { return [.session(.move(.undo(1)))] }
      return [.session(.move(Int(argument).map { .to($0) } ?? .named(argument)))]
    case .redo: return [.session(.move(.redo(1)))]
    case .earlier, .later: return travel(command, argument)
    case .history: return [.session(.listRevisions)]
    case .mark: return argument.isEmpty ? refuse(command) : [.session(.nameState(argument))]
    case .compare: return compare(argument)
    case .depth:
      return argument.isEmpty ? pin(nil) : pinDepth(argument)
    case .layer:
      return Int(argument).map { goThere($0) } ?? refuse(command)
    case .frame: return goToFrame(argument)
    case .speed: return chooseSpeed(argument)
    case .loop: return toggleLoop()
    case .original: return perform(.showOriginal)
    case .difference: return perform(.showDifference)
    case .blink: return perform(.showBlink)
    case .heat: return perform(.showHeat)
    case .fill: return fill(target)
    case .bring: return bring(argument, into: target)
    case .caption: return consult(.caption)
    case .ask: return argument.isEmpty ? refuse(command) : consult(.ask(argument))
    case .revise: return argument.isEmpty ? refuse(command) : revise(argument)
    case .edit:
      return argument.isEmpty ? [.terminal(.openEditor(pyramid))] : go(.file(argument))
    case .size: return chooseSize(argument)
    case .next, .previous:
      guard let steps = argument.isEmpty ? 1 : Int(argument), steps > 0 else {
        return refuse(command)
      }
      return go(.next(command == .next ? steps : -steps))
    case .gallery: return go(.gallery)
    case .messages: return readMessages()
    case .edits:
      if argument.isEmpty { return setEdits(edits) }
      return EditStyle(rawValue: argument).map { setEdits($0) } ?? refuse(command)
    case .theme: return argument.isEmpty ? refuse(command) : [.terminal(.chooseTheme(argument))]
    case .graphics:
      return argument.isEmpty ? refuse(command) : [.terminal(.chooseGraphics(argument))]
    case .set: return set(argument)
    case .help: return argument.isEmpty ? perform(Action.help) : help(on: argument)
    }
  }

  mutating func refuse(_ command: CommandName) -> [Effect] {
    say("usage: \(dialect.usage(of: command))", .error)
    return []
  }

  /// By a number of states, or by time with a unit.
  private mutating func travel(_ command: CommandName, _ argument: String) -> [Effect] {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    let back = command == .earlier
    if let unit = argument.last.flatMap({ units[$0] }), let time = Double(argument.dropLast()),
      time >= 0
    {
      return [
        .session(.move(back ? .earlierBy(seconds: time * unit) : .laterBy(seconds: time * unit)))
      ]
    }
    guard let states = argument.isEmpty ? 1 : Int(argument), states > 0 else {
      return refuse(command)
    }
    return [.session(.move(back ? .earlier(states) : .later(states)))]
  }

  private mutating func compare(_ argument: String) -> [Effect] {
    guard !argument.isEmpty else {
      if dialect == .lines {
        say(comparison == nil ? "no state is compared with this one" : "compared no more")
      }
      comparison = nil
      picture = .decoded
      return []
    }
    return [.session(.compare(with: Int(argument).map { .number($0) } ?? .name(argument)))]
  }

  /// Shows a state beside the words of now; in lines it is told how far apart they are.
  mutating func take(_ comparison: Comparison) {
    (self.comparison, picture) = (comparison, .comparison)
    guard dialect == .lines else { return }
    let count = zip(comparison.pyramid.words, pyramid.words).count { $0 != $1 }
    let words = "\(count.counted("word")) \(count == 1 ? "differs" : "differ")"
    let apart =
      comparison.psnr == .infinity
      ? "the pictures are equal" : "\(decimal(comparison.psnr, 1)) dB between them"
    say("state \(comparison.revision) and now: \(words), \(apart)")
  }

  mutating func number(of word: String) -> Int32? {
    if let number = vocabulary.number(of: word.lowercased()) { return number }
    let near = vocabulary.nearestInSpelling(to: word).joined(separator: ", ")
    say("'\(word)' is not in the vocabulary" + (near.isEmpty ? "" : "; like it: \(near)"), .error)
    return nil
  }
}

extension CommandName {
  /// Whether such an argument, or a `!`, means something to the command.
  fileprivate func takes(_ argument: String, forced: Bool) -> Bool {
    switch self {
    case .write, .writeQuit, .exit: true
    case .quit: argument.isEmpty
    case .redo, .history, .original, .difference, .blink, .heat, .fill, .caption, .gallery, .loop,
      .messages:
      argument.isEmpty && !forced
    case .substitute, .undo, .earlier, .later, .mark, .compare, .depth, .layer, .bring, .ask,
      .revise, .theme, .edits, .graphics, .set, .help, .edit, .next, .size, .previous, .frame,
      .speed:
      !forced
    }
  }
}

extension CommandName: TypedCommand {
  static var otherNames: [String: CommandName] {
    [
      "write": .write, "quit": .quit, "exit": .exit, "substitute": .substitute, "tree": .history,
      "u": .undo, "h": .help, "qa": .quit, "wqa": .writeQuit, "diff": .difference,
      "e": .edit, "next": .next, "previous": .previous, "Next": .previous,
    ]
  }
}

extension StringProtocol {
  var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
