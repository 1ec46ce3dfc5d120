import SPAESystem

/// What can go wrong between us and a language model.
package enum LanguageError: Error, Hashable, Sendable {
  // The way there.

  /// Not an address that a server can have.
  case endpoint(String, reason: String)
  /// Nobody answers at the address.
  case refused(url: String, reason: String)
  case unresolved(url: String, host: String)
  case tls(url: String, reason: String)
  /// No answer in so many seconds.
  case timeOut(url: String, seconds: Double)
  /// The server ended the connection before its answer was whole.
  case brokenOff(url: String, reason: String)
  /// libcurl is not on this system.
  case noTransport(reason: String)

  // The key.

  case keyFile(path: String, reason: String)
  /// A key that would travel where others can read it.
  case keyInClear(url: String)
  case unauthorised(url: String, status: Int, hasKey: Bool, message: String = "")

  // What the server says.

  case notFound(url: String, message: String = "")
  case redirected(url: String, status: Int)
  /// Too many requests, or an error of its own, each time it was asked.
  case unavailable(url: String, status: Int, attempts: Int, message: String)
  /// It asks to wait for longer than anybody does.
  case waitTooLong(url: String, seconds: Double)
  /// It does not take what was asked; `parameter` is what it names as the reason.
  case rejected(url: String, status: Int, message: String, parameter: String? = nil)
  /// The prompt is too long, as the server says in its own words.
  case promptTooLong(url: String, message: String)
  case notJSON(url: String, excerpt: String)
  /// JSON, but not the kind that was expected.
  case wrongJSON(url: String, problem: String)
  case emptyAnswer(url: String)
  /// The answer ended with its budget of tokens before there was anything of it.
  case cutAnswer(url: String, tokens: Int, isReasoning: Bool)
  /// The model said what it thinks, and then nothing.
  case onlyReasoning(url: String, excerpt: String)
  /// The model does not want to answer, or the server does not hand its answer over.
  case refusal(url: String, message: String)
  case filtered(url: String, message: String)
  case noLogProbabilities(url: String, reason: String)
  /// The server lets the model write what was not allowed.
  case noRestriction(url: String, reason: String)
  case noModelName(url: String)
  /// A prompt that does not fit; `fitting` examples would.
  case contextTooLong(tokens: Int, limit: Int, fitting: Int?)

  // Tasks of a few examples.

  case tooFewLabels(found: Int, wanted: Int)
  case tooFewExamples(label: String, found: Int, wanted: Int)
  /// A question's own words stand among the examples.
  case leak(words: String)

  // The server of our own.

  case notInstalled(places: [String])
  /// The server is here, but not this one of its models.
  case noServedModel(ServedModel, folder: String)
  case cannotStart(reason: String, log: [String])
  /// It died, was started again, and died again.
  case serverDied(log: [String])
  case noServer
  case alreadyRunning(url: String, process: Int32)

  // Files.

  case unwritable(path: String, reason: String)
  case unreadable(path: String, reason: String)
  /// A line of a file of examples or of a run, counted from 1.
  case line(path: String, line: Int, problem: String)
  /// What is asked does not stand in the run that is replayed.
  case notRecorded(path: String, prompt: String)

  /// Nothing was sent because nothing was to be sent.
  case dryRun
}

extension LanguageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .endpoint(let text, let reason):
      "'\(text)' is no address of a language model: \(reason); expected http://HOST:PORT or https://HOST"
    case .refused(let url, let reason):
      "\(url): no language model answers: \(reason)"
    case .unresolved(let url, let host):
      "\(url): there is no host \(host); is the name right, and the network there?"
    case .tls(let url, let reason):
      "\(url): the connection cannot be made secure: \(reason)"
    case .timeOut(let url, let seconds):
      "\(url): no answer in \(brief(seconds)) seconds; give it more with --timeout"
    case .brokenOff(let url, let reason):
      "\(url): the answer broke off: \(reason); try again"
    case .noTransport(let reason):
      "libcurl, by which language models are reached, is missing: \(reason); install libcurl4"
    case .keyFile, .keyInClear, .unauthorised: keyDescription
    case .notInstalled, .noServedModel, .cannotStart, .serverDied, .noServer, .alreadyRunning:
      serverDescription
    case .unwritable, .unreadable, .line, .notRecorded, .dryRun: fileDescription
    case .tooFewLabels, .tooFewExamples, .leak: taskDescription
    default: answerDescription
    }
  }

  private var keyDescription: String {
    switch self {
    case .keyFile(let path, let reason): "\(path): the key cannot be taken from here: \(reason)"
    case .keyInClear(let url):
      "\(url): the key would travel where others can read it; use https, or no key"
    case .unauthorised(let url, let status, let hasKey, let message):
      "\(url): the server refuses the request (\(status))\(said(message)): "
        + (hasKey
          ? "is the key right, and may it use this model?"
          : "it wants a key; give it by --key-file or SPAE_API_KEY")
    default: ""
    }
  }

  private var answerDescription: String {
    switch self {
    case .notFound(let url, let message):
      "\(url): not found\(said(message)); the server has no such address or no such model:"
        + " see --endpoint and --model-name"
    case .redirected(let url, let status):
      "\(url): the server sends us elsewhere (\(status)); name the final address by --endpoint"
    case .unavailable(let url, let status, let attempts, let message):
      "\(url): the server failed \(attempts.counted("time")), at last with \(status)\(said(message)); try later"
    case .waitTooLong(let url, let seconds):
      "\(url): the server asks to wait for \(brief(seconds)) seconds; try again then"
    case .rejected(let url, let status, let message, _):
      (200..<300).contains(status)
        ? "\(url): the server answers with an error\(said(message))"
        : "\(url): the server does not take the request (\(status))\(said(message))"
    case .promptTooLong(let url, let message):
      "\(url): the prompt is too long for the language model\(said(message));"
        + " use fewer layers or shorter examples"
    case .notJSON(let url, let excerpt):
      "\(url): the answer is not JSON but '\(excerpt)'; is this a language model's address?"
    case .wrongJSON(let url, let problem):
      "\(url): the answer is not what a language model gives: \(problem);"
        + " expected llama.cpp's or an OpenAI-compatible server"
    case .cutAnswer, .onlyReasoning, .refusal, .filtered: missingDescription
    case .emptyAnswer(let url):
      "\(url): the language model answered nothing; try another --seed or other --examples"
    case .noLogProbabilities(let url, let reason):
      "\(url): this server gives no log-probabilities of a given text: \(reason);"
        + " llama.cpp's server does, and vLLM's"
    case .noRestriction(let url, let reason):
      "\(url): this server does not restrict answers to labels: \(reason);"
        + " llama.cpp's server does; else use another --method"
    case .noModelName(let url):
      "\(url): the server does not say which models it has; name one with --model-name"
    case .contextTooLong(let tokens, let limit, let fitting):
      "the prompt has \(tokens) tokens, and the language model takes \(limit)"
        + (fitting.map { "; \($0) of the examples would fit" } ?? "")
    default: ""
    }
  }

  /// Why there is no answer though the server gave one.
  private var missingDescription: String {
    switch self {
    case .cutAnswer(let url, let tokens, let isReasoning):
      "\(url): the answer was cut after \(tokens) tokens, "
        + (isReasoning ? "while the model was reasoning" : "before its first word")
        + "; allow it more with --max-tokens"
    case .onlyReasoning(let url, let excerpt):
      "\(url): the language model gave its reasoning ('\(excerpt)') and no answer;"
        + " allow it more with --max-tokens, or turn its reasoning off on the server"
    case .refusal(let url, let message):
      "\(url): the language model refuses to answer\(said(message))"
    case .filtered(let url, let message):
      "\(url): the server's content filter held the answer back\(said(message))"
    default: ""
    }
  }

  private var taskDescription: String {
    switch self {
    case .tooFewLabels(let found, let wanted):
      "\(found.counted("label")), and each task needs \(wanted)"
    case .tooFewExamples(let label, let found, let wanted):
      "\(label): \(found.counted("picture")) of use, and each task needs \(wanted)"
    case .leak(let words):
      "the question '\(words)' is among its own examples"
    default: ""
    }
  }

  private var serverDescription: String {
    switch self {
    case .noServedModel(let model, let folder):
      "the language model \(model.rawValue) is not installed in \(folder): run make "
        + (model == .gemma ? "language-gemma" : "language")
    case .notInstalled(let places):
      "the bundled language model is not installed (there is none in"
        + " \(places.joined(separator: ", "))); install it with make language,"
        + " or name a server with --endpoint"
    case .cannotStart(let reason, let log):
      "the language model's server does not start: \(reason)\(lastLines(log))"
    case .serverDied(let log):
      "the language model's server died, was started again, and died again\(lastLines(log))"
    case .noServer: "no language server is running; spae language start starts one"
    case .alreadyRunning(let url, let process):
      "a language server is running already at \(url) (process \(process));"
        + " spae language stop ends it"
    default: ""
    }
  }

  private var fileDescription: String {
    switch self {
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .line(let path, let line, let problem): "\(path): line \(line): \(problem)"
    case .notRecorded(let path, let prompt):
      "\(path): this run holds no answer to what is asked now, which ends '\(prompt)';"
        + " replay it with the same command, files and options"
    case .dryRun: "nothing was sent: --dry-run"
    default: ""
    }
  }
}

private func said(_ message: String) -> String { message.isEmpty ? "" : ": \(message)" }

private func lastLines(_ log: [String]) -> String {
  log.isEmpty ? "" : "; its last lines:\n" + log.map { "  " + $0 }.joined(separator: "\n")
}

/// A number of seconds without a fraction that says nothing.
private func brief(_ seconds: Double) -> String {
  seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds))" : "\(seconds)"
}

/// A part of a foreign text for a message, in one line and as it may be shown.
func excerpt(_ text: some StringProtocol, count: Int = 120) -> String {
  let line = text.unicodeScalars.prefix(count).map { scalar -> Unicode.Scalar in
    ["\n", "\r", "\t"].contains(scalar) ? " " : scalar
  }
  return String(String.UnicodeScalarView(line)).printable
}
