package import SPAEExplorer
package import SPAEFiles
import SPAEGraphics
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

  package init(opener: DocumentOpener, models: ModelLibrary, index: String) {
    (self.opener, self.models, self.index) = (opener, models, index)
  }

  deinit { worker?.stop() }

  /// Opens what was named on the command line: a folder as a gallery, the first of several files.
  package func start(_ paths: [String], output: PictureOutput) throws -> Stage {
    guard paths.count > 1 else { return try go(to: paths[0], output: output) }
    try openGallery(.files(paths), output: output)
    return .document(try open(paths[0], output: output))
  }

  /// Opens the gallery of what was named on the command line.
  package func gallery(_ paths: [String], output: PictureOutput) throws -> Stage {
    try openGallery(paths.count == 1 ? .folder(paths[0]) : .files(paths), output: output)
    return .gallery
  }

  /// Opens a file or a folder by its name.
  package func go(to path: String, output: PictureOutput) throws -> Stage {
    let home = SystemEnvironment.variables["HOME"] ?? ""
    let path = path.hasPrefix("~/") ? home + path.dropFirst() : path
    if let files = Self.files(path) { return try start(files, output: output) }
    guard path != "-", FileSystem.isFolder(path) else {
      return .document(try open(path, output: output))
    }
    try openGallery(.folder(path), output: output)
    return .gallery
  }

  /// The files that a line names one after the other; nil where it is the name of one.
  private static func files(_ line: String) -> [String]? {
    let names = line.split(separator: " ").map(String.init)
    guard names.count > 1, !FileSystem.exists(line), names.allSatisfy(FileSystem.exists) else {
      return nil
    }
    return names
  }

  /// Goes where a person wants to go from the document that is open.
  package func turn(
    _ turn: Turn, from opened: DocumentOpener.Opened, output: PictureOutput
  ) throws -> Stage {
    hearAll()
    memory = opened.state.memory
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
        var opened = try open(number, output: output)
        opened.omission = Self.omission(failures)
        return opened
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
  package func open(_ number: Int, output: PictureOutput) throws -> DocumentOpener.Opened {
    guard let worker else { throw Failure("there is no gallery") }
    let opened = try open(worker.path(of: number), output: output)
    state?.select(number)
    return opened
  }

  private func open(
    _ path: String, output: PictureOutput
  ) throws -> DocumentOpener.Opened {
    var opened = try opener.open(path, output: output)
    if let state { memory.messages = state.messages }
    opened.state.recall(memory)
    file = path
    hearAll()
    if let state, let number = worker?.number(of: path),
      let place = state.order.firstIndex(of: number)
    {
      self.state?.select(number)
      opened.state.place = Turn.Place(number: place + 1, count: state.order.count)
    }
    return opened
  }

  // MARK: The gallery

  /// The gallery that there is, or that of the folder of the file that is open.
  private func showGallery(_ output: PictureOutput) throws {
    if state == nil {
      guard let file, file != "-" else {
        throw Failure("there is no folder: the words came from standard input")
      }
      try openGallery(.folder(FileName.folder(of: file)), output: output)
    }
    awaited = file
    state?.greet()
  }

  private func openGallery(_ subject: GallerySubject, output: PictureOutput) throws {
    if case .folder(let path) = subject {
      do throws(SystemError) { _ = try FileSystem.names(in: path) } catch {
        throw Failure("\(path): the folder cannot be listed: \(error)")
      }
    }
    let worker = try GalleryWorker(subject, models: models, index: index)
    self.worker?.stop()
    self.worker = worker
    state = Gallery(
      title: subject.title, dialect: opener.dialect, keymap: opener.keymap, size: (24, 80),
      cellAspect: output.cellAspect, graphics: output.graphics.rawValue)
    state?.messages = memory.messages
    worker.start()
  }

  // MARK: Messages

  /// Gives the gallery a message; what only a host can do is given back.
  func send(_ message: GalleryMessage) -> [GalleryTerminalEffect] {
    guard var gallery = state else { return [] }
    let effects = update(&gallery, message)
    state = gallery
    selectAwaited()
    return effects.compactMap { effect in
      switch effect {
      case .terminal(let effect): return effect
      case .session(let effect):
        worker?.perform(effect)
        return nil
      }
    }
  }

  /// Takes what has become known in the meantime.
  func hearAll() {
    for message in worker?.mailbox.take() ?? [] { _ = send(message) }
  }

  private func selectAwaited() {
    guard let awaited, let gallery = state, let number = worker?.number(of: awaited),
      gallery.order.contains(number)
    else { return }
    self.awaited = nil
    state?.select(number)
  }
}
