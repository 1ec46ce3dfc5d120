import Dispatch
import Foundation
package import SPAEEngine
import SPAEExplorer
package import SPAEFiles
package import SPAEGraphics
package import SPAEHistory
package import SPAELibrary
package import SPAEPixels
package import SPAEPyramid
import SPAEScreen
import SPAESystem
package import SPAETerminal
import Synchronization

/// Does what the explorer asks of the engine, the store and the files.
///
/// Edits are kept before their answer is given; what takes longer than a frame is done in the
/// background and answered through the mailbox.
package final class EffectRunner: Sendable {
  let mailbox: Mailbox<Message>
  let inUse: ModelInUse
  let history: DocumentHistory
  let files: PyramidFiles
  /// Nil where no film is open.
  let film: FilmSession?
  let worker: DecodeWorker
  private let inset: InsetWorker
  let painter: EditPainter
  private let language: LanguageWorker
  let pictureStore: PictureStore
  private let words: WordFinder
  private let wordFacts: WordFactFinder
  private let exemplars: ExemplarFinder
  /// Nil where only words were opened.
  let preparation: PicturePreparation?
  private let candidates: CandidatePainter
  private let small: CandidatePictures
  let thumbnails: any CellDriver
  private let yanked: YankedWords
  /// What is to be told of edits that are no longer kept.
  let loss = Mutex<Notice?>(nil)
  /// What is decoded already, by the model that was in use then.
  let foreseen = Mutex<(request: DecodeRequest, model: Model)?>(nil)
  /// Finds words near the one that is shown, when the keys rest.
  private let near: Debouncer<Int32>
  private let queue = DispatchQueue(label: "explorer", qos: .userInitiated)
  private let origins = DispatchQueue(label: "origins", qos: .utility)

  /// `original` is the picture that was opened, at the decoded picture's size, and `view` the same
  /// as the frozen branches see it; nil where only words were opened: then `source` finds it. `library` is the file of the
  /// index of pictures, if that is to be looked at; `exemplars` is where edits bring words from.
  package init(
    model: Model, models: ModelLibrary, history: DocumentHistory, files: PyramidFiles,
    original: PixelImage?, view: PixelImage? = nil,
    source: @escaping @Sendable (Pyramid) -> PixelImage? = { _ in nil }, film: FilmReel? = nil,
    library: String? = nil,
    exemplars: ExemplarSource? = nil, preparation: PicturePreparation? = nil,
    thumbnails: any CellDriver,
    yanked: YankedWords = YankedWords(path: nil),
    connect: @escaping LanguageWorker.Connect
  ) throws {
    let mailbox = try Mailbox<Message>()
    self.mailbox = mailbox
    let inUse = ModelInUse(model, of: models)
    self.inUse = inUse
    self.history = history
    self.files = files
    self.thumbnails = thumbnails
    self.yanked = yanked
    self.preparation = preparation
    let small = CandidatePictures(cells: thumbnails)
    self.small = small
    let words = WordFinder(inUse: inUse, pictures: small)
    self.words = words
    near = Debouncer(label: "near", rest: DecodeWorker.rest) { word in
      mailbox.post(.neighbours(of: word, words.neighbours(of: word, count: 12)))
    }
    let pictureStore = PictureStore(Pictures(original: original))
    self.pictureStore = pictureStore
    let finder = ExemplarFinder(
      inUse: inUse, source: exemplars ?? ExemplarSource(models: models, folder: nil),
      pictures: small, post: { mailbox.post($0) })
    self.exemplars = finder
    let isFilm = film != nil
    let painter = EditPainter(
      inUse: inUse, view: view ?? original, exemplars: finder,
      past: { words in
        guard !isFilm, let states = try? history.states(to: words) else { return nil }
        return EditPast(states, vocabulary: inUse.model.vocabulary)
      }, source: source)
    self.painter = painter
    candidates = CandidatePainter(
      inUse: inUse, painter: painter, pictures: small, post: { mailbox.post($0) })
    let service = LanguageService(model: model, painter: painter)
    language = LanguageWorker(service: service, connect: connect) { mailbox.post($0) }
    wordFacts = WordFactFinder(
      inUse: inUse, models: models, painter: view ?? original == nil ? nil : painter,
      library: library)
    let film = film.map { FilmSession($0, inUse: inUse, mailbox: mailbox) }
    self.film = film
    worker = DecodeWorker(
      inUse: inUse, painter: painter, original: original,
      show: { request, picture in
        let shown = film?.picture(of: request, picture) { exact in
          pictureStore.change { $0.decoded = exact }
          mailbox.wake()
        }
        pictureStore.change { $0.decoded = shown ?? picture }
      },
      deliver: { result in
        switch result {
        case .success(let decoded): mailbox.post(.decoded(decoded))
        case .failure(let error): mailbox.post(.notice(Notice("\(error)", kind: .error)))
        }
      })
    inset = InsetWorker(inUse: inUse, painter: painter) { request, picture in
      pictureStore.change { $0.inset = (request.depth, picture) }
      mailbox.wake()
    }
    if let complaint = try inUse.follow(history) {
      mailbox.post(.notice(Notice(complaint, kind: .warning)))
    }
    try beginFilm()
  }

  var model: Model { inUse.model }

  /// The pictures as they are now.
  package var pictures: Pictures { pictureStore.pictures }

  /// The small pictures of the picker's candidates, by their numbers.
  var candidatePictures: [Int: Thumbnail] { small.all }

  /// Waits until all that was asked for is answered in the mailbox.
  package func finish() {
    language.finish()
    film?.finish()
    worker.finish()
    inset.finish()
    exemplars.finish()
    near.finish()
    queue.sync {}
    candidates.finish()
    preparation?.finish()
    origins.sync {}
  }

  /// Finds out where the words come from, and tells the explorer if anything can tell.
  package func explain(_ body: @escaping @Sendable () throws -> ExplainedPyramid) {
    origins.async { [mailbox] in
      guard let found = try? body(), !found.origins.isEmpty else { return }
      mailbox.post(
        .explained(
          WordOrigins(pyramid: found.pyramid, texts: found.origins.map { $0.map { "\($0)" } })))
    }
  }

  /// Starts an effect, and gives the answers that are known at once.
  func perform(_ effect: SessionEffect) -> [Message] {
    if let film, let answers = perform(effect, on: film) { return answers }
    switch effect {
    case .decode(let request): decode(request)
    case .decodeInset(let request): inset.request(request)
    case .findNeighbours(let word):
      near.request(word)
    case .findFits(let cell):
      later { [.fits(at: cell, try $0.wordFacts.fits(at: cell, of: $0.history.pyramid))] }
    case .countPictures(let word):
      later { [.counted(holding: word, pictures: $0.wordFacts.pictureCount(holding: word))] }
    case .findCandidates(let query) where query.method == .library:
      candidates.cancel()
      exemplars.request(query)
    case .findCandidates(let query):
      candidates.cancel()
      queue.async { [self] in mailbox.post(found(for: query)) }
    case .forgetCandidates: candidates.cancel()
    case .findMeanWord(let cells, let pyramid):
      let layer = pyramid.shape.cells(ofLayer: cells[0].layer).map { pyramid[$0] }
      return [.meanWord(model.codebook.word(nearestToMeanOf: layer), cells: cells)]
    case .consult(let request): language.request(request)
    case .giveUpConsultation: language.giveUp()
    case .keepYanked(let subtree):
      return answered {
        try yanked.keep(subtree, of: model)
        return []
      }
    case .prepare(let size): preparation?.request(size) { [mailbox] in mailbox.post($0) }
    case .findYanked: return answered { [.yanked(try yanked.last(for: model))] }
    case .paint(let painting) where painting.bringing == .best:
      exemplars.inBackground { [self] in
        mailbox.post(.painted(painting, painted(painting)))
      }
    case .paint(let painting): return [.painted(painting, painted(painting))]
    case .commit(let pyramid, let verb):
      return answered { [.committed(try kept(pyramid, verb), facts)] }
    case .keepWaiting: return [keptBeforeLeaving()]
    case .move(let move): return answered { try self.move(move) }
    case .nameState(let name):
      return answered {
        keepWaiting()
        let note = try naming(name)
        try changing { try history.name(history.head.id, name) }
        return [.moved(history.pyramid, facts, note: note)]
      }
    case .listRevisions: return answered { [.revisions(try revisions())] }
    case .drawThumbnails(let revisions):
      drawThumbnails(revisions) { try $0.history.pyramid(of: $1) }
    case .compare(let state):
      compare(with: { try $0.revision(state).id }) { try $0.history.pyramid(of: $1) }
    case .save(let path, let pyramid, let replacing):
      return answered {
        keepWaiting()
        let path = try files.save(
          pyramid, of: try modelName, to: path, replacing: replacing)
        let isHead = pyramid == history.pyramid && files.isOwn(path)
        let complaint = isHead ? markSaved(path) : []
        tellWaiting(after: "saved \(path); ")
        return [.saved(path: path, words: pyramid)] + complaint
      }
    case .savePicture(let path, let request, let scale, let replacing):
      return answered {
        let decoded = try model.decode(request.pyramid, depth: request.depth)
        let picture = try film?.exactPicture(of: request, decoded) ?? decoded
        let path = try files.save(picture.enlarged(scale), to: path, replacing: replacing)
        return [.saved(path: path, words: nil)]
      }
    case .discard(let words):
      do {
        try discard(to: words)
        return [.discarded]
      } catch { return [.notDiscarded(reason: Self.reason(error))] }
    case .decodeWithout(let cell, let request): decodeWithout(cell, of: request)
    // Nothing but a film is asked for frames.
    case .film: break
    }
    return []
  }

  // MARK: Answers

  /// The answers, or the reason why there are none.
  func answered(_ body: () throws -> [Message]) -> [Message] {
    do {
      let messages = try body()
      let loss = loss.withLock { loss in
        defer { loss = nil }
        return loss
      }
      return messages + (loss.map { [.notice($0)] } ?? [])
    } catch {
      return [.notice(Notice(Self.reason(error), kind: .error))]
    }
  }

  static func reason(_ error: any Error) -> String {
    if case HistoryError.revision(let number, _)? = error as? HistoryError {
      return "there is no state \(number); the tree lists which there are"
    }
    return error.reason
  }

  func inBackground(_ body: @escaping @Sendable (EffectRunner) throws -> [Message]) {
    queue.async { [self] in
      for message in answered({ try body(self) }) { mailbox.post(message) }
    }
  }

  /// The same when nothing that a person waits for is to be done.
  private func later(_ body: @escaping @Sendable (EffectRunner) throws -> [Message]) {
    origins.async { [self] in
      // What is only to be known besides is not worth a complaint.
      for message in (try? body(self)) ?? [] { mailbox.post(message) }
    }
  }

  /// Candidates for the picker, or why there are none: its list is not waited for without an end.
  private func found(for query: WordPicker.Query) -> Message {
    do {
      let found = try words.candidates(for: query)
      if query.held != nil { candidates.request(query, found.map(\.word)) }
      return .candidates(query: query, found)
    } catch { return .noCandidates(query: query, note: Self.reason(error)) }
  }

  private func painted(_ painting: Painting) -> Painted {
    do { return try painter.painted(keeping: painting) } catch {
      return .failed(Self.reason(error))
    }
  }

  // MARK: Heat

  /// Decodes the picture as it were without the word of a cell: with the layer's mean word there.
  private func decodeWithout(_ cell: CellAddress, of request: DecodeRequest) {
    inBackground { runner in
      var pyramid = request.pyramid
      let layer = pyramid.shape.cells(ofLayer: cell.layer).map { pyramid[$0] }
      pyramid[cell] = runner.model.codebook.word(nearestToMeanOf: layer)
      let picture = try runner.model.decode(pyramid, depth: request.depth)
      runner.pictureStore.change { $0.without = picture }
      runner.mailbox.wake()
      return []
    }
  }
}
