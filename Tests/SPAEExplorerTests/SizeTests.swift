import SPAEExplorer
import SPAEPyramid
import Testing

@Suite("Another size of the picture")
struct AnotherSizeOfThePicture {
  private func turns(_ world: World) -> [Turn] {
    world.effects.compactMap { effect in
      if case .terminal(.turn(let turn)) = effect { turn } else { nil }
    }
  }

  private func prepared(_ world: World) -> [Int] {
    world.effects.compactMap { effect in
      if case .session(.prepare(let size)) = effect { size } else { nil }
    }
  }

  @Test("is encoded while this one stays, and shown when it is done")
  func encoded() {
    var world = World()
    world.type(":size 256<CR>")
    #expect(prepared(world) == [256] && turns(world).isEmpty)
    #expect(world.state.notice?.text == "encoding at 256 pixels ...")
    world.send(.preparing(size: 256, share: 0.403))
    #expect(world.state.notice?.text == "encoding at 256 pixels, 40 %")
    world.type("l")
    world.send(.prepared(size: 256))
    #expect(turns(world) == [.size(256)])
  }

  @Test("waits for the end of what is being typed")
  func waits() {
    var world = World()
    world.type(":size 512<CR>2Gikit")
    world.send(.prepared(size: 512))
    #expect(turns(world).isEmpty)
    world.type("<Esc>")
    #expect(turns(world) == [.size(512)])
  }

  @Test("waits for the answer to a question that was asked before it was there")
  func waitsForAnAnswer() {
    var world = World()
    world.type(":size 256<CR>K")
    world.send(.prepared(size: 256))
    #expect(turns(world).isEmpty)
    world.send(.answered(number: 1, .text("a cat")))
    #expect(turns(world).isEmpty)
    world.type("q")
    #expect(turns(world) == [.size(256)])
  }

  @Test("leaves a warning in sight while it is encoded")
  func warned() {
    var world = World()
    world.type(":size 256<CR>")
    world.send(.notice(Notice("edits are not kept", kind: .warning)))
    world.send(.preparing(size: 256, share: 0.4))
    #expect(world.state.notice?.text == "edits are not kept")
    world.type("l")
    world.send(.preparing(size: 256, share: 0.5))
    #expect(world.state.notice?.text == "encoding at 256 pixels, 50 %")
  }

  @Test("asks first where no history keeps what does not come along", arguments: ["n", "y"])
  func asks(answer: String) {
    var world = World(keepsHistory: false)
    world.type("ikitten<CR>:size 256<CR>")
    world.send(.prepared(size: 256))
    #expect(turns(world).isEmpty && world.state.mode == .leaving)
    world.type(answer)
    #expect(turns(world) == [.size(256)])
    #expect(world.state.isDirty == false)
    #expect((world.word == "kitten") == (answer == "y"))
  }

  @Test("is given up with Escape, and after a failure")
  func givenUp() {
    var world = World()
    world.type(":size 256<CR><Esc>")
    #expect(world.state.notice?.text == "the picture stays at 128 pixels")
    world.send(.prepared(size: 256))
    #expect(turns(world).isEmpty)
    world.type(":size 256<CR>")
    world.send(.notPrepared(size: 256, reason: "cat.png: is gone"))
    #expect(world.state.notice?.kind == .error)
    world.send(.prepared(size: 256))
    #expect(turns(world).isEmpty)
  }

  @Test(
    "is refused where it is none, or the same, or there is no picture",
    arguments: [
      (":size 100<CR>", true, "size is '100'; it can be 64, 128, 256, 512 or auto"),
      (":size 128<CR>", true, "the picture has 128 pixels already"),
      (":size 256<CR>", false, "only words were opened"),
      (":size<CR>", true, "the picture has 128"),
    ])
  func refused(keys: String, hasOriginal: Bool, notice: String) {
    var world = World(hasOriginal: hasOriginal)
    world.type(keys)
    #expect(world.state.notice?.text.hasPrefix(notice) == true)
    #expect(prepared(world).isEmpty)
  }

  @Test(
    "is as large as picture and pane can use",
    arguments: [(400, 9, 18, [256]), (2_000, 9, 18, [512]), (2_000, 1, 2, []), (100, 9, 18, [])])
  func automatic(source: Int, width: Int, height: Int, sizes: [Int]) {
    var world = World(rows: 40, columns: 120)
    world.state.sizes = SizeChoice(wish: .automatic, source: source)
    world.state.sizes.cell = (width, height)
    world.send(.resized(rows: 40, columns: 120))
    #expect(prepared(world) == sizes)
  }
}
