import Foundation
import SPAELanguage
import Synchronization

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "spae-language-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// Pauses that are noted and not waited for.
final class Pauses: Sendable {
  private let noted = Mutex<[Double]>([])

  var seconds: [Double] { noted.withLock { $0 } }

  /// Patience whose dice always fall the same.
  func retryPolicy(seconds: Double = 30, random: Double = 1) -> RetryPolicy {
    RetryPolicy(
      seconds: seconds, sleep: { pause in self.noted.withLock { $0.append(pause) } },
      random: { random })
  }
}

/// What a llama.cpp server says of itself.
let llamaProperties = Reply.json(
  """
  {"default_generation_settings":{"n_ctx":64},"model_alias":"","model_path":"/m/tiny.gguf"}
  """)

/// What an OpenAI-compatible server has.
let models = Reply.json(
  "{\"object\":\"list\",\"data\":[{\"id\":\"large\",\"max_model_len\":100},{\"id\":\"other\"}]}")

extension Reply {
  /// A completion by llama.cpp.
  static func completion(_ text: String) -> Reply {
    .json("{\"content\":\"\(text)\",\"tokens_evaluated\":3,\"tokens_predicted\":2}")
  }
}

extension ScriptedServer {
  /// A client that takes this server for llama.cpp's or OpenAI's, as its script says.
  func client(
    key: String? = nil, model: String? = nil, keepsPrompts: Bool = false,
    retryPolicy: RetryPolicy = RetryPolicy()
  ) throws -> CompletionClient {
    let endpoint = try Endpoint(url, key: key.flatMap { APIKey($0) })
    return try CompletionClient(
      endpoint: endpoint, modelName: model, keepsPrompts: keepsPrompts, retryPolicy: retryPolicy)
  }
}

let question = CompletionRequest(prompt: "A picture of a", maximumTokens: 4, stop: ["\n"])
