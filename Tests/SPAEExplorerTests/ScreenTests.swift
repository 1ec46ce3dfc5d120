import Foundation
import SPAEExplorer
import SPAEPyramid
import Testing

/// Whole screens, compared with those in Screens/; SPAE_DRAW_SCREENS=1 draws them again.
@Suite("The explorer's screens")
struct ScreenSuite {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Screens")

  @Test(
    "are drawn as agreed",
    arguments: [
      ("40x12", "words", "jjl"), ("40x12", "picture", "jj<Tab>"), ("40x12", "picker", "ikit"),
      ("80x24", "words", "jjjl"), ("80x24", "edited", "jikitten<CR>k"),
      ("80x24", "picker", "4Gsmu"), ("80x24", "block", "4Gvjl"), ("80x24", "help", "?layer"),
      ("80x24", "history", "ikit<CR>jimuz<CR>t"), ("80x24", "command", "ikit<CR>:s/kitten"),
      ("80x24", "leaving", "ikit<CR>q"), ("80x24", "refusal", "ikittem<CR>"),
      ("120x40", "words", "5G"), ("80x24", "window", "5Gl<CR>"), ("120x40", "fourth", "4G"),
      ("200x60", "words", "6G]"), ("200x60", "beside", "3G|"),
      ("80x24", "consulting", "3Gvjl:fill<CR>"), ("80x24", "filling", "4GvjlF"),
      ("80x24", "reading", "aWhat is it?<CR>"), ("40x12", "reading", "K"),
      ("39x12", "toosmall", ""), ("40x11", "toosmall", ""),
    ])
  func drawn(_ size: String, _ name: String, _ keys: String) throws {
    var world = try world(size)
    if name != "consulting" { world.reply = World.eloquence }
    try expect(&world, typing: keys, shows: "\(size)-\(name)")
  }

  @Test(
    "of a picture that is no square are drawn as agreed",
    arguments: [
      ("80x24", "24x16", "jjll"), ("120x40", "24x16", "4G"), ("120x40", "16x24", "3Gjjl"),
      ("120x40", "64x16", "5G|"), ("40x12", "24x16", "<Tab>"),
    ])
  func drawnOfAGrid(_ size: String, _ grid: String, _ keys: String) throws {
    var world = try world(size, grid: grid)
    try expect(&world, typing: keys, shows: "\(size)-grid-\(grid)")
  }

  private func world(_ size: String, grid: String = "16") throws -> World {
    let numbers = size.split(separator: "x").compactMap { Int($0) }
    return World(
      grid: try #require(GridSize(text: grid)), rows: numbers[1], columns: numbers[0])
  }

  private func expect(_ world: inout World, typing keys: String, shows name: String) throws {
    world.type(keys)
    let text = world.lines.joined(separator: "\n") + "\n"
    let file = Self.folder.appendingPathComponent("\(name).txt")
    if ProcessInfo.processInfo.environment["SPAE_DRAW_SCREENS"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)))
  }
}
