import Foundation
import SPAEExplorer
import SPAESystem
import SPAETerminal

/// Gallery and documents as lines of text, for screen readers, pipes and scripts.
package struct PlainBrowser {
  private let browser: HeadlessBrowser
  private let isTerminal: Bool
  private var hasFailed = false
  private var input = LineReader(descriptor: STDIN_FILENO)

  package init(_ browser: HeadlessBrowser, isTerminal: Bool) {
    (self.browser, self.isTerminal) = (browser, isTerminal)
    // A script has no use for it.
    if isTerminal { browser.announce = { print($0, toStandardError: true) } }
  }

  /// Reads lines until one quits or none is left; false when some could not be done.
  package mutating func run() -> Bool {
    greet()
    while !browser.hasQuit, let line = next() {
      if let explorer = browser.explorer { answer(line, explorer) } else { answer(line) }
      StandardOutput.flush()
    }
    return !hasFailed
  }

  /// Tells what is open now, if that needs to be told.
  private func greet() {
    let notice: Notice?
    if let explorer = browser.explorer {
      notice = explorer.state.notice
    } else {
      for line in browser.gallery?.plainLines(of: .summary) ?? [] { print(line) }
      notice = browser.gallery?.notice
    }
    if let notice, notice.kind != .plain { print(notice.text) }
    StandardOutput.flush()
  }

  private mutating func next() -> String? {
    if isTerminal {
      let prompt = browser.explorer.map { PlainExplorer($0).prompt } ?? browser.gallery?.prompt
      StandardOutput.write("\(prompt ?? "")> ".utf8)
      StandardOutput.flush()
    }
    return input.next()
  }

  private mutating func answer(_ line: String, _ explorer: HeadlessExplorer) {
    if !PlainExplorer(explorer).answer(line) { hasFailed = true }
    browser.follow(explorer)
    guard !browser.hasQuit else { return }
    if let next = browser.explorer {
      if next !== explorer { tell(next) } else if !tellRefusal(explorer) { hasFailed = true }
    } else {
      greet()
    }
  }

  /// Tells which document is open now.
  private func tell(_ explorer: HeadlessExplorer) {
    let document = explorer.state.document
    let place = explorer.state.place.map { "\($0.number)/\($0.count)  " } ?? ""
    print("\(place)\(document.file)  \(document.width)x\(document.height)")
    greet()
  }

  /// Tells why the next document cannot be opened, if that is so.
  private func tellRefusal(_ explorer: HeadlessExplorer) -> Bool {
    guard let refusal = explorer.takeRefusal() else { return true }
    print(refusal, toStandardError: true)
    return false
  }

  private mutating func answer(_ line: String) {
    guard let request = GalleryRequest(line) else { return }
    for message in request.messages where browser.explorer == nil {
      browser.settle(message)
      if browser.gallery?.notice?.kind == .error { break }
    }
    guard !browser.hasQuit else { return }
    if let explorer = browser.explorer { return tell(explorer) }
    guard let gallery = browser.gallery else { return }
    let isError = gallery.notice?.kind == .error
    hasFailed = hasFailed || isError
    if let notice = gallery.notice { print(notice.text, toStandardError: isError) }
    if !isError { for line in lines(of: gallery, request.answer) { print(line) } }
    browser.settle(.action(.close))
  }

  private func lines(of gallery: Gallery, _ answer: GalleryRequest.Answer) -> [String] {
    gallery.plainLines(of: answer, columns: TerminalProbe.size(else: 120).columns)
  }
}
