package import SPAEExplorer
package import SPAEFiles
import SPAEGraphics
import SPAEPixels
import SPAEPyramid
import SPAESystem
package import SPAETerminal

/// The pictures that a person goes through: a gallery, and the documents that are opened from it.
package final class Album {
  /// What comes next on the screen.
  package enum Stage {
    case gallery
    case document(DocumentOpener.Opened)
  }

  package private(set) var opener: DocumentOpener
  /// Gives models of one thread, for indexing.
  private let models: ModelLibrary
  private let index: String
  /// The gallery, once there was reason to open one.
  package private(set) var state: Gallery?
  package private(set) var worker: GalleryWorker?
  /// The file that is open, or was last.
  private var file: String?
  /// The file that the gallery is to select once it is listed.
  private var awaited: String?
  /// What was known when a picture was left.
  private var memory = SessionMemory()
  /// What the gallery had to say since then.
  private var heard: [Notice] = []
  /// Whether it had anything to say.
  private var hasNews = false

  package init(opener: DocumentOpener, models: ModelLibrary, index: String) {
    (self.opener, self.models, self.index) = (opener, models, index)
  }

  deinit { worker?.stop() }

  /// Opens what was named on the command line: a folder as a gallery, the first of several files.
  package func start(_ paths: [String], output: PictureOutput) throws -> Stage {
    guard paths.count > 1 else { return try go(to: paths[0], output: output) }
    return .document(try openFirst(of: paths, output))
  }

  /// Opens several files as a list, at the first that can be opened; those that cannot are left out.
  private func openFirst(
    of paths: [String], _ output: PictureOutput
  ) throws -> DocumentOpener.Opened {
    var failures = paths.compactMap(Self.obstacle)
    let files = paths.filter { Self.obstacle($0) == nil }
    guard !files.isEmpty else { throw Failure(lines: Self.different(failures)) }
    let (worker, gallery) = try list(.files(files), output)
    for path in files {
      do {
        let opened = try opener.open(path, output: output)
        adopt(worker, gallery)
        return present(opened, leavingOut: failures)
      } catch { failures.append(error.reason) }
    }
    worker.stop()
    throw Failure(lines: Self.different(failures))
  }

  /// Each reason once, as where no file opens for want of a model.
  private static func different(_ failures: [String]) -> [String] {
    failures.enumerated().filter { !failures[..<$0].contains($1) }.map(\.element)
  }

  /// Why nothing can be read of a file; nil where something is there.
  private static func obstacle(_ path: String) -> String? {
    guard path != "-", !FileSystem.exists(path) || FileSystem.isFolder(path) else { return nil }
    do throws(ImageError) { _ = try ImageFile.bytes(path: path) } catch {
      return "\(path.printable): \(error)"
    }
    return nil
  }

  /// Opens the gallery of what was named on the command line.
  package func gallery(_ paths: [String], output: PictureOutput) throws -> Stage {
    try openGallery(paths.count == 1 ? .folder(paths[0]) : .files(paths), output: output)
    return .gallery
  }

  /// Opens a file or a folder by its name.
  package func go(to path: String, output: PictureOutput) throws -> Stage {
    if let files = Self.files(path) { return try start(files, output: output) }
    let path = Self.expanded(path)
    guard path != "-", FileSystem.isFolder(path) else {
      return .document(try open(path, output: output))
    }
    try openGallery(.folder(path), output: output)
    return .gallery
  }

  /// A path of which `~` is the person's folder.
  private static func expanded(_ path: String) -> String {
    path.hasPrefix("~/") ? (SystemEnvironment.variables["HOME"] ?? "") + path.dropFirst() : path
  }

  /// The files that a line names one after the other; nil where it is the name of one.
  private static func files(_ line: String) -> [String]? {
    let names = line.split(separator: " ").map { expanded(String($0)) }
    guard names.count > 1, !FileSystem.exists(expanded(line)),
      names.contains(where: FileSystem.exists)
    else { return nil }
    return names
  }

  /// Goes where a person wants to go from the document that is open.
  package func turn(
    _ turn: Turn, from opened: DocumentOpener.Opened, output: PictureOutput
  ) throws -> Stage {
    hearAll()
    memory = opened.state.memory
    for notice in heard { memory.messages.log(notice) }
    heard = []
    state?.messages = memory.messages
    switch turn {
    case .file(let path): return try go(to: path, output: output)
    case .gallery:
      try showGallery(output)
      return .gallery
    case .size(let size):
      var other = try opener.open(opened, size: size, output: output)
      other.state.place = opened.state.place
      opener.wish = .pixels(size)
      return .document(other)
    case .next(let steps): return .document(try openNext(steps, output))
    }
  }

  /// Opens the picture so many further on in the list; one that cannot be opened is left out.
  private func openNext(
    _ steps: Int, _ output: PictureOutput
  ) throws -> DocumentOpener.Opened {
    var (steps, failures) = (steps, [String]())
    while true {
      guard var gallery = state, let number = gallery.turn(by: steps) else {
        throw Failure(failures.first ?? "there is no such picture in the list")
      }
      do {
        return try open(number, leavingOut: failures, output: output)
      } catch {
        failures.append(error.reason)
        steps += steps.signum()
      }
    }
  }

  private static func omission(_ failures: [String]) -> Notice? {
    guard let first = failures.first else { return nil }
    let others = failures.count - 1
    let more = others == 0 ? "" : ", and \(others.counted("file")) more"
    return Notice("left out \(first)\(more)", kind: .warning)
  }

  /// Opens a picture of the gallery by its number.
  package func open(
    _ number: Int, leavingOut failures: [String] = [], output: PictureOutput
  ) throws -> DocumentOpener.Opened {
    guard let worker else { throw Failure("there is no gallery") }
    let path = worker.path(of: number)
    let opened = present(try opener.open(path, output: output), leavingOut: failures)
    state?.select(number)
    return opened
  }

  private func open(
    _ path: String, output: PictureOutput
  ) throws -> DocumentOpener.Opened {
    present(try opener.open(path, output: output), leavingOut: [])
  }

  /// Makes a document that was opened the one that is open.
  private func present(
    _ document: DocumentOpener.Opened, leavingOut failures: [String]
  ) -> DocumentOpener.Opened {
    var opened = document
    opened.omission = Self.omission(failures)
    file = opened.file
    hearAll()
    opened.state.place = place(of: opened.file)
    if let state { memory.messages = state.messages }
    heard = []
    opened.state.recall(memory)
    if opened.state.place != nil, let number = worker?.number(of: opened.file) {
      state?.select(number)
    }
    return opened
  }

  /// Where the open file is by now; nil where nothing has become known since, or where it is not listed.
  func newPlace() -> Turn.Place? {
    hearAll()
    defer { hasNews = false }
    return hasNews ? file.flatMap { place(of: $0) } : nil
  }

  private func place(of file: String) -> Turn.Place? {
    guard let order = state?.order, let number = worker?.number(of: file) else { return nil }
    return order.firstIndex(of: number).map { Turn.Place(number: $0 + 1, count: order.count) }
  }

  // MARK: The gallery

  /// The gallery that there is, or that of the folder of the file that is open.
  private func showGallery(_ output: PictureOutput) throws {
    if state != nil {
      // What was saved beside a picture is one of them.
      worker?.look()
    } else {
      guard let file, file != "-" else {
        throw Failure("there is no folder: the words came from standard input")
      }
      try openGallery(.folder(FileName.folder(of: file)), output: output)
    }
    awaited = file
    state?.greet()
  }

  private func openGallery(_ subject: GallerySubject, output: PictureOutput) throws {
    let (worker, gallery) = try list(subject, output)
    adopt(worker, gallery)
  }

  /// Begins to list what was named.
  private func list(
    _ subject: GallerySubject, _ output: PictureOutput
  ) throws -> (GalleryWorker, Gallery) {
    if case .folder(let path) = subject {
      do throws(SystemError) { _ = try FileSystem.names(in: path) } catch {
        throw Failure("\(path): the folder cannot be listed: \(error)")
      }
    }
    let worker = try GalleryWorker(subject, models: models, index: index)
    worker.start()
    let gallery = Gallery(
      title: subject.title, dialect: opener.dialect, keymap: opener.keymap, size: (24, 80),
      cellAspect: output.cellAspect, graphics: output.graphics.rawValue)
    return (worker, gallery)
  }

  private func adopt(_ worker: GalleryWorker, _ gallery: Gallery) {
    self.worker?.stop()
    (self.worker, state) = (worker, gallery)
    state?.messages = memory.messages
  }

  // MARK: Messages

  /// Gives the gallery a message; what only a host can do is given back.
  func send(_ message: GalleryMessage) -> [GalleryTerminalEffect] {
    effects(of: message).compactMap { effect in
      switch effect {
      case .terminal(let effect): return effect
      case .session(let effect):
        worker?.perform(effect)
        return nil
      }
    }
  }

  private func effects(of message: GalleryMessage) -> [GalleryEffect] {
    guard var gallery = state else { return [] }
    let effects = update(&gallery, message)
    state = gallery
    selectAwaited()
    return effects
  }

  /// Takes what has become known in the meantime.
  private func hearAll() {
    for message in worker?.mailbox.take() ?? [] { hear(message) }
  }

  /// Gives the gallery a message while a document is open: nobody sees its thumbnails.
  package func hear(_ message: GalleryMessage) {
    hasNews = true
    if case .notice(let notice) = message { heard.append(notice) }
    for case .session(.rank(let ranking)) in effects(of: message) {
      worker?.perform(.rank(ranking))
    }
  }

  private func selectAwaited() {
    guard let awaited, let gallery = state, let number = worker?.number(of: awaited),
      gallery.order.contains(number)
    else { return }
    self.awaited = nil
    state?.select(number)
  }
}
