import Dispatch
package import SPAEExplorer
package import SPAELanguage
import SPAESystem
import Synchronization

/// Asks the language model in the background: the newest question wins, an older one is dropped.
///
/// The model is found, or its server started, when there is a question for the first time; when
/// that fails it is tried again with the next one. Each question has a thread, so that one that
/// nobody wants any more holds up no other while its server is silent.
package final class LanguageWorker: Sendable {
  /// Finds the language model, or starts its server.
  package typealias Connect = @Sendable () throws -> any LanguageModel

  private let service: LanguageService
  private let connect: Connect
  private let deliver: @Sendable (Message) -> Void
  private let questions = DispatchQueue(
    label: "language", qos: .userInitiated, attributes: .concurrent)
  private let answers = DispatchGroup()
  /// The number of the question whose answer is waited for.
  private let wanted = Mutex<Int?>(nil)
  private let model = Mutex<(any LanguageModel)?>(nil)

  package init(
    service: LanguageService, connect: @escaping Connect,
    deliver: @escaping @Sendable (Message) -> Void
  ) {
    self.service = service
    self.connect = connect
    self.deliver = deliver
  }

  /// Asks; what was asked before and is not answered yet is forgotten.
  package func request(_ request: LanguageRequest) {
    wanted.withLock { $0 = request.number }
    questions.async(group: answers) { [self] in
      let answer = answer(to: request)
      if isWanted(request) { deliver(.answered(number: request.number, answer)) }
    }
  }

  /// Forgets the question; work on it ends when its server has answered what it was last asked.
  func giveUp() { wanted.withLock { $0 = nil } }

  /// Waits until nothing is left to do.
  package func finish() { answers.wait() }

  private func isWanted(_ request: LanguageRequest) -> Bool {
    wanted.withLock { $0 == request.number }
  }

  private func answer(to request: LanguageRequest) -> LanguageAnswer {
    do {
      tell("looking for the language model", request)
      let model = try connected()
      return try service.answer(to: request, by: model) { [self] note in
        tell(note, request)
        return isWanted(request)
      }
    } catch LanguageError.dryRun {
      return .notSent("\(LanguageError.dryRun)")
    } catch {
      return .failure(error.reason)
    }
  }

  private func tell(_ note: String, _ request: LanguageRequest) {
    if isWanted(request) { deliver(.consulting(number: request.number, note: note)) }
  }

  private func connected() throws -> any LanguageModel {
    try model.withLock { model in
      if let model { return model }
      let found = try connect()
      model = found
      return found
    }
  }
}
