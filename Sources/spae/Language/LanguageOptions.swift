import ArgumentParser
import Foundation
import SPAELanguage
import SPAESession
import SPAESystem

/// Which language model a command asks, and what it keeps of that.
struct LanguageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The language model: smollm2, which is bundled, or gemma (make language-gemma).",
      discussion: "Default: smollm2, where no --endpoint is named. See spae-language(7).",
      valueName: "model"))
  var language: ServedModel?

  @Option(
    help: ArgumentHelp(
      "The address of a language model's server: llama.cpp's, or one compatible with OpenAI's.",
      discussion:
        "Default: the bundled model, on this machine. Only with this option do words leave it.",
      valueName: "url"))
  var endpoint: String?

  @Option(
    help: ArgumentHelp(
      "Which of the server's language models; --model is that of pictures.",
      discussion: "Default: the first that it lists.", valueName: "name"))
  var modelName: String?

  @Option(
    help: ArgumentHelp(
      "A file with the server's key, of mode 0600.", discussion: "Default: $SPAE_API_KEY.",
      valueName: "file"))
  var keyFile: String?

  @Option(help: ArgumentHelp("How long an answer may take.", valueName: "seconds"))
  var timeout = 120.0

  @Option(
    help: ArgumentHelp(
      "Allow each answer at least so many tokens; models that reason need a few thousand.",
      discussion: "Default: what the answer alone needs, such as 40 for a caption.",
      valueName: "n"))
  var maxTokens: Int?

  @Flag(
    help: ArgumentHelp(
      "Let a llama.cpp server at --endpoint reuse what it evaluated for earlier prompts.",
      discussion: """
        Faster, but an answer may then depend on earlier questions. The bundled model always reuses \
        it, and its answers do not depend on it.
        """))
  var cachePrompts = false

  @Option(help: ArgumentHelp("The seed of what is drawn at random.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(help: "Print every prompt as it is sent.")
  var showPrompt = false

  @Option(
    help: ArgumentHelp(
      "Where every question and answer is kept, or none.",
      discussion: "Default: a new folder in spae/runs of $XDG_STATE_HOME, or of ~/.local/state.",
      valueName: "folder"))
  var runFolder: String?

  @Option(
    help: ArgumentHelp(
      "Take the answers of this run's folder, and ask nobody.", valueName: "folder"))
  var replay: String?

  func validate() throws {
    guard timeout.isFinite, timeout >= 0.1, timeout <= 86_400 else {
      throw ValidationError("--timeout must be 0.1 to 86400 seconds")
    }
    guard (1...1_000_000).contains(maxTokens ?? 1) else {
      throw ValidationError("--max-tokens must be 1 to 1000000")
    }
    guard language == nil || endpoint == nil && replay == nil else {
      throw ValidationError("--language is a model on this machine: leave --endpoint and --replay")
    }
    guard endpoint == nil || replay == nil else {
      throw ValidationError("--replay asks nobody; leave --endpoint away")
    }
    guard endpoint != nil || (keyFile == nil && modelName == nil && !cachePrompts) else {
      throw ValidationError("--key-file, --model-name and --cache-prompts belong to --endpoint")
    }
  }

  /// The options of a language model that a command line names, each with another value than it has
  /// by itself.
  func named(and sending: SendingOption) -> [String] {
    let named = [
      ("--language", language != nil), ("--endpoint", endpoint != nil),
      ("--model-name", modelName != nil), ("--key-file", keyFile != nil),
      ("--timeout", timeout != 120), ("--max-tokens", maxTokens != nil),
      ("--cache-prompts", cachePrompts), ("--seed", seed != 1), ("--show-prompt", showPrompt),
      ("--run-folder", runFolder != nil), ("--replay", replay != nil),
      ("--dry-run", sending.dryRun),
    ]
    return named.filter(\.1).map(\.0)
  }

  /// Opens the way to the language model for a command of this name.
  func open(for command: String, sending: SendingOption? = nil) throws -> LanguageSession {
    let clock = ContinuousClock()
    let start = clock.now
    let (asked, isOwn) = try sending?.dryRun == true ? (nil, false) : asked()
    let took = start.duration(to: clock.now)
    let folder = try asked == nil ? nil : folder(for: command)
    let arguments = CommandArguments.all
    var kept = asked
    if let asked, let folder {
      kept = try RecordingModel(asked, in: folder, command: arguments)
    }
    if let model = kept, let maxTokens { kept = BudgetModel(model, tokens: maxTokens) }
    let model = PromptLoggingModel(kept, show: showPrompt ? Self.show : nil)
    return LanguageSession(
      model: model, seed: seed, folder: folder?.path, serverStart: isOwn ? took : nil)
  }

  @Sendable private static func show(_ prompt: String) {
    prompt.textLines.forEach { print($0) }
  }

  /// The model to ask, and whether its server was started for it.
  private func asked() throws -> (any LanguageModel, isOwn: Bool) {
    if let replay { return (try ReplayedModel(folder: replay), false) }
    let retryPolicy = RetryPolicy(seconds: timeout)
    if let endpoint {
      let endpoint = try Endpoint(endpoint, key: try key)
      return (
        try CompletionClient(
          endpoint: endpoint, modelName: modelName, keepsPrompts: cachePrompts,
          retryPolicy: retryPolicy), false
      )
    }
    let environment = SystemEnvironment.variables
    let served = language ?? .smollm2
    let sharedServer = SharedServer(environment: environment, model: served).record()
    let model = try LocalModel(
      try LanguageInstallation.found(served), sharedServer: sharedServer, retryPolicy: retryPolicy)
    return (model, model.isOwn)
  }

  private var key: APIKey? {
    get throws {
      if let keyFile { return try APIKey(file: keyFile) }
      guard let text = SystemEnvironment.variables["SPAE_API_KEY"], !text.isEmpty else {
        return nil
      }
      guard let key = APIKey(text) else {
        throw Failure("SPAE_API_KEY holds no key: a key is one line of visible ASCII characters")
      }
      return key
    }
  }

  private func folder(for command: String) throws -> RunFolder? {
    if let runFolder { return runFolder == "none" ? nil : try RunFolder(path: runFolder) }
    if replay != nil { return nil }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
    let path = RunFolder.defaultPath(
      environment: SystemEnvironment.variables, command: command,
      time: format.string(from: Date()))
    return try RunFolder(path: path, isNamedByUs: true)
  }
}

extension ServedModel: ExpressibleByArgument {}

/// Whether a command sends anything to its language model.
struct SendingOption: ParsableArguments {
  @Flag(help: "Send nothing, and end with 0: with --show-prompt, see what would be sent.")
  var dryRun = false
}

/// A language model that is open to a command, and what is to be said of it at the end.
struct LanguageSession {
  let model: any LanguageModel
  let seed: UInt64
  /// Where the questions and answers are kept.
  let folder: String?
  /// How long a server took to start that ends with this command.
  let serverStart: Duration?

  /// Says on standard error who answered, and how, what was waited for, and where it is kept.
  func close(_ answer: Completion? = nil) {
    var parts = ["answered by \(model.name)"] + model.remarks
    if answer?.isCut == true {
      parts.append("cut at its limit of tokens (--max-tokens raises it)")
    }
    if let serverStart {
      let seconds = String(format: "%.1f", serverStart / .seconds(1))
      parts.append("whose server took \(seconds) s to start (spae language start keeps one)")
    }
    if let folder { parts.append("kept in \(folder)") }
    print("spae: " + parts.joined(separator: ", "), toStandardError: true)
  }
}

extension ReadingMethod.Name: ExpressibleByArgument {}
extension ReadingMethod.Calibration.Space: ExpressibleByArgument {}

/// The lists of random words that a method compares with.
struct CalibrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many lists of random words a calibrated method takes the mean of; 0 takes nothing off.",
      discussion: "Default: \(ReadingMethod.Calibration().lists), as long as a question's list.",
      valueName: "n"))
  var lists: Int?

  @Option(
    help: ArgumentHelp(
      "What is averaged over the lists: log-probabilities or probabilities.",
      discussion: "Default: log.", valueName: "space"))
  var average: ReadingMethod.Calibration.Space?

  var isDefault: Bool { lists == nil && average == nil }

  var calibration: ReadingMethod.Calibration {
    let usual = ReadingMethod.Calibration()
    return ReadingMethod.Calibration(lists: lists ?? usual.lists, space: average ?? usual.space)
  }

  func validate() throws {
    guard (0...1000).contains(lists ?? 0) else {
      throw ValidationError("--lists must be 0 to 1000")
    }
  }
}

/// How a language model's answer to a few-shot question is taken.
struct ReadingOptions: ParsableArguments {
  @Option(
    name: .customLong("method"),
    help: ArgumentHelp(
      "How the language model tells labels apart.",
      discussion: """
        channel: by the probability of the question's words after each label. log-probability: by \
        that of each label after the words. calibrated: the same, less its mean after lists of \
        random words. restricted: by what it writes where the server allows labels alone, with the \
        same calibration. written: by what it writes. Default: channel.
        """, valueName: "name"))
  var names: [ReadingMethod.Name] = []

  @OptionGroup var calibration: CalibrationOptions

  var isDefault: Bool { names.isEmpty && calibration.isDefault }

  var methods: [ReadingMethod] {
    (names.isEmpty ? [.channel] : names).map { ReadingMethod($0, calibration.calibration) }
  }

  func validate() throws {
    guard Set(names).count == names.count else {
      throw ValidationError("--method names one method twice")
    }
    guard calibration.isDefault || methods.contains(where: \.isCalibrated) else {
      throw ValidationError("--lists and --average belong to --method calibrated or restricted")
    }
  }
}
