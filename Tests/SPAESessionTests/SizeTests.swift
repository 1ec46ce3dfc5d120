import Foundation
import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

@Suite("The size of a picture")
final class TheSizeOfAPicture {
  private let folder = NSTemporaryDirectory() + "spae-size-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Opens the bundled cat without a terminal.
  private func browser(_ edits: EditStyle, wish: PictureSize? = nil) throws -> HeadlessBrowser {
    let models = ModelLibrary(model: try Opened.model.get())
    var opener = DocumentOpener(
      models: models, size: 64, fit: .whole, dialect: .keys, history: folder + "/history.db",
      isHistoryMeant: false,
      tint: true, edits: edits, connect: { throw Failure("no language model is here") })
    opener.wish = wish
    let album = Album(opener: opener, models: models, index: "/nowhere/index.db")
    let output = PictureOutput(
      graphics: .ascii, capabilities: TerminalCapabilities(), environment: Opened.environment)
    let browser = HeadlessBrowser(
      album: album, themes: ThemeLibrary(environment: Opened.environment), output: output,
      environment: Opened.environment, size: (40, 120))
    browser.show(try album.start([Opened.picture], output: output))
    return browser
  }

  private func script(_ keys: String) throws -> KeyScript {
    try KeyScript(text: keys, path: "keys")
  }

  private func state(_ browser: HeadlessBrowser) throws -> Explorer {
    guard let state = browser.explorer?.state else { throw Failure("no picture is open") }
    return state
  }

  @Test(
    "changes, and the edited upper words come along as one state",
    arguments: [EditStyle.paint, .exact])
  func changes(edits: EditStyle) throws {
    let browser = try browser(edits)
    browser.play(try script("2Gired<CR>"))
    let cell = try state(browser).cursor
    let red = try state(browser).pyramid[cell]
    browser.play(try script(":size 128<CR>"))
    let large = try state(browser)
    #expect(large.document.width == 128 && large.pyramid.shape.depth == 6)
    #expect(large.cursor == cell && large.pyramid[cell] == red)
    #expect(large.history.last == 2)
    let notice = try #require(large.notice?.text)
    #expect(notice.hasPrefix(edits == .exact ? "128 pixels; 1 edited word came" : "128 pixels; "))
    #expect(notice.hasSuffix(" came along, u takes that back"))
    browser.play(try script("u"))
    #expect(try state(browser).pyramid[cell] != red)
    let changed = Edit(from: try state(browser).pyramid, to: large.pyramid).changes.count
    #expect(edits == .paint ? changed > 10 : changed == 1)
  }

  @Test("is what the settings ask for, once it is encoded")
  func wished() throws {
    let browser = try browser(.exact, wish: .pixels(128))
    #expect(try state(browser).document.width == 128)
    #expect(try state(browser).history.last == 1)
  }
}
