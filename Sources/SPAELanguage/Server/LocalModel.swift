import Synchronization

/// The language model in the box, behind the server that stays, or behind one that ends with us.
package final class LocalModel: RelayingModel {
  private struct State {
    /// nil where the server stays.
    var server: LlamaServer?
    var client: CompletionClient
  }

  private let installation: LanguageInstallation
  private let retryPolicy: RetryPolicy
  private let state: Mutex<State>
  package let name: String
  package let contextLength: Int?

  /// Takes the server that stays, or starts one.
  package init(
    _ installation: LanguageInstallation, sharedServer: SharedServer.Record? = nil,
    retryPolicy: RetryPolicy = RetryPolicy()
  ) throws(LanguageError) {
    let state =
      if let taken = try Self.taken(sharedServer, retryPolicy) {
        taken
      } else {
        try Self.started(installation, retryPolicy)
      }
    (name, contextLength) = (state.client.name, state.client.contextLength)
    self.installation = installation
    self.retryPolicy = retryPolicy
    self.state = Mutex(state)
  }

  /// Whether the server ends with us.
  package var isOwn: Bool { state.withLock { $0.server != nil } }

  /// Asks; where the server died over it, starts one and asks once more.
  package func relay<Answer>(
    _ prompts: [String], _ question: (any LanguageModel) throws(LanguageError) -> Answer
  ) throws(LanguageError) -> Answer {
    let before = state.withLock { $0 }
    do throws(LanguageError) {
      return try question(before.client)
    } catch {
      guard error.isLoss, before.server?.isEnding != false else { throw error }
    }
    let after = try Self.started(installation, retryPolicy)
    state.withLock { $0 = after }
    do throws(LanguageError) {
      return try question(after.client)
    } catch {
      guard error.isLoss, let server = after.server, server.isEnding else { throw error }
      throw .serverDied(log: server.lastLines)
    }
  }

  private static func started(
    _ installation: LanguageInstallation, _ retryPolicy: RetryPolicy
  ) throws(LanguageError) -> State {
    let server = try LlamaServer(installation)
    let client = try Self.client(server.url, retryPolicy)
    return State(server: server, client: client)
  }

  /// Our own server evaluates a prompt alike, however much of it was read before.
  private static func client(
    _ url: String, _ retryPolicy: RetryPolicy
  ) throws(LanguageError) -> CompletionClient {
    try CompletionClient(endpoint: try Endpoint(url), keepsPrompts: true, retryPolicy: retryPolicy)
  }

  /// The server that stays, unless it answers no more.
  private static func taken(
    _ sharedServer: SharedServer.Record?, _ retryPolicy: RetryPolicy
  ) throws(LanguageError) -> State? {
    guard let sharedServer else { return nil }
    do throws(LanguageError) {
      let client = try Self.client(sharedServer.url, retryPolicy)
      return State(server: nil, client: client)
    } catch {
      guard error.isLoss else { throw error }
      return nil
    }
  }
}

extension LanguageError {
  /// Whether the server may be gone.
  var isLoss: Bool {
    switch self {
    case .refused, .brokenOff: true
    default: false
    }
  }
}
