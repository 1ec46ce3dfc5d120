import Dispatch
import SPAEEngine
import SPAEExplorer
package import SPAEFiles
import SPAELibrary
import SPAEPyramid
import SPAESystem
import SPAETerminal
import Synchronization

/// Does what a gallery asks of the library: it indexes in the background, ranks, and makes thumbnails.
package final class GalleryWorker: Sendable {
  let mailbox: Mailbox<GalleryMessage>
  package let subject: GallerySubject
  /// Where the indexing waits while a person does something.
  package let gate = IndexingGate()
  private let library: PictureLibrary
  /// Reads while the library's own connection writes.
  private let reading: LibraryStore
  private let catalogue: GalleryCatalogue
  private let thumbnailStore: ThumbnailStore
  private let search = Mutex<LibrarySearch?>(nil)
  private let isStopped = Atomic<Bool>(false)
  private let indexing = DispatchQueue(label: "index", qos: .utility)
  private let ranking = DispatchQueue(label: "rank", qos: .userInitiated)

  /// `models` should give models of one thread; the index is the file at `path`.
  package init(_ subject: GallerySubject, models: ModelLibrary, index path: String) throws {
    let store = try LibraryStore(path: path, forAsking: true)
    let library = try PictureLibrary(store: store, models: models)
    // A copy in memory is no other's.
    let reading = store.obstacle == nil ? try LibraryStore(path: path) : store
    let mailbox = try Mailbox<GalleryMessage>()
    let catalogue = GalleryCatalogue(
      GalleryPictures(subject, vocabulary: library.model.vocabulary))
    (self.subject, self.library, self.reading) = (subject, library, reading)
    (self.mailbox, self.catalogue) = (mailbox, catalogue)
    thumbnailStore = ThumbnailStore(
      store: reading, library: library, gate: gate,
      path: { number in catalogue.read { $0.path(of: number) } }, changed: { mailbox.wake() })
  }

  var thumbnails: [Int: Thumbnail] { thumbnailStore.thumbnails }

  func path(of number: Int) -> String { catalogue.read { $0.path(of: number) } }
  func number(of path: String) -> Int? {
    catalogue.read { $0.number(of: GallerySubject.wholePath(path)) }
  }

  /// Lists what the index has, and brings it up to date.
  package func start() {
    if let obstacle = library.store.obstacle {
      let loss = "pictures are indexed for now alone: \(obstacle)"
      mailbox.post(.notice(Notice(loss, kind: .warning)))
    }
    // A list is what was named, before anything is found of it.
    if !subject.named.isEmpty { postList(progress: GalleryProgress(done: 0, total: 0)) }
    index {
      try $0.list()
      try $0.update()
    }
  }

  /// Looks for what has come, changed or gone since.
  func look() { index { try $0.update() } }

  private func index(_ body: @escaping @Sendable (GalleryWorker) throws -> Void) {
    indexing.async { [self] in
      do { try body(self) } catch {
        mailbox.post(.notice(Notice("the pictures are not indexed: \(error)", kind: .error)))
      }
      mailbox.post(.progressed(nil))
    }
  }

  /// Stops the indexing after the pictures that are encoded just now; what is done is kept.
  package func stop() {
    isStopped.store(true, ordering: .relaxed)
    gate.open()
  }

  /// Waits until all that was asked for is answered in the mailbox.
  package func finish() {
    gate.open()
    indexing.sync {}
    ranking.sync {}
    thumbnailStore.finish()
  }

  // MARK: The index

  private func list() throws(LibraryError) {
    let known = try subject.known(in: reading, library.encoding)
    let unreadable = try subject.unreadable(in: reading, library.encoding)
    catalogue.change {
      _ = $0.take(known)
      $0.take(unreadable: unreadable)
    }
    postList(progress: GalleryProgress(done: 0, total: 0))
    // The first search is not to wait for what it searches in.
    ranking.async { [self] in _ = try? index() }
  }

  private func postList(progress: GalleryProgress?) {
    let (pictures, byName, unreadable) = catalogue.read { ($0.pictures, $0.byName, $0.unreadable) }
    mailbox.post(.unreadable(unreadable))
    mailbox.post(.listed(pictures, byName: byName))
    mailbox.post(.progressed(progress))
  }

  private func update() throws(LibraryError) {
    // One processor is left to the person.
    let workers = max(1, Parallel.processors - 1)
    let indexer = try library.indexer(workers: workers) { [gate] in gate.wait() }
    let report = try subject.update(
      by: indexer, isStopped: { self.isStopped.load(ordering: .relaxed) },
      progress: { done, total in
        self.mailbox.post(.progressed(GalleryProgress(done: done, total: total)))
      }, tell: { self.hear($0) })
    if report.removed > 0 { search.withLock { $0 = nil } }
    catalogue.change { pictures in
      for each in report.unreadable { pictures.refuse(each.path, each.reason) }
    }
    mailbox.post(.unreadable(catalogue.read { $0.unreadable }))
  }

  /// Takes what other programs have indexed since the index was read.
  private func takeOthers() {
    guard let known = try? subject.known(in: reading, library.encoding) else { return }
    let changed = catalogue.change { $0.take(known) }
    if changed.isEmpty { return }
    search.withLock { $0 = nil }
    thumbnailStore.forget(changed)
  }

  private func hear(_ event: LibraryIndexer.Event) {
    switch event {
    case .found(let files, let waiting):
      takeOthers()
      catalogue.change { $0.take(found: files) }
      postList(progress: waiting == 0 ? nil : GalleryProgress(done: 0, total: waiting))
    case .done(let outcomes):
      search.withLock { $0 = nil }
      let changed = catalogue.change { pictures in
        let numbers = pictures.take(outcomes)
        return Dictionary(
          numbers.map { ($0, pictures.pictures[$0]) }, uniquingKeysWith: { first, _ in first })
      }
      thumbnailStore.forget(Array(changed.keys))
      if changed.values.contains(where: { !$0.isListed }) {
        mailbox.post(.unreadable(catalogue.read { $0.unreadable }))
      }
      mailbox.post(.changed(changed))
    }
  }

  // MARK: What is asked

  /// Starts an effect; the answer comes by the mailbox.
  func perform(_ effect: GallerySessionEffect) {
    switch effect {
    case .show(let numbers): thumbnailStore.show(numbers)
    case .rank(let question):
      ranking.async { [self] in
        gate.hold()
        do {
          mailbox.post(.ranked(question, try ranked(question)))
        } catch {
          mailbox.post(.notRanked(question, error.reason))
        }
      }
    }
  }

  private func ranked(_ question: GalleryRanking) throws -> [Int] {
    let found: [LibrarySearch.Match]
    // A copy is as like to a picture as the picture itself, which stands first all the same.
    var first: Int?
    switch question {
    case .words(let text):
      let query = try LibraryQuery(
        text, vocabulary: library.model.vocabulary, colours: try ColourNames.installed())
      found = try index().matches(query)
    case .similarity(let number):
      let path = path(of: number)
      guard let meaning = try reading.meaning(at: path, encoding: library.encoding) else {
        throw Failure("\(subject.name(of: path)) is not encoded yet")
      }
      found = try index().matches(like: meaning)
      first = number
    }
    let numbers = catalogue.read { pictures in
      found.compactMap { pictures.number(of: $0.path) }.filter { pictures.pictures[$0].isListed }
    }
    return first.map { first in [first] + numbers.filter { $0 != first } } ?? numbers
  }

  /// The pictures in memory, read again when there are others.
  private func index() throws -> LibrarySearch {
    if let known = search.withLock({ $0 }) { return known }
    let codebook = library.model.codebook
    let read = try LibrarySearch(
      store: reading, encoding: library.encoding, folders: subject.folders,
      similarity: { codebook.similarity(to: $0) })
    search.withLock { $0 = read }
    return read
  }
}

/// What is known of the pictures, shared between threads.
final class GalleryCatalogue: Sendable {
  private let pictures: Mutex<GalleryPictures>

  init(_ pictures: GalleryPictures) { self.pictures = Mutex(pictures) }

  func read<Result: Sendable>(_ body: (GalleryPictures) -> Result) -> Result {
    pictures.withLock { body($0) }
  }

  @discardableResult
  func change<Result: Sendable>(_ body: (inout GalleryPictures) -> Result) -> Result {
    pictures.withLock { body(&$0) }
  }
}
