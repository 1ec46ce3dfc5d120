import SPAEScreen
import Testing

@Suite("Keys out of a terminal's bytes")
struct KeyDecoderSuite {
  @Test(
    "are read as keys",
    arguments: [
      ("jk", "jk"), ("é猫🐈", "é猫🐈"), ("\r\t\u{7F}\u{8}", "<CR><Tab><BS><BS>"),
      ("\u{0}\u{1}\u{1A}\u{1D}\n", "<C-@><C-a><C-z><C-]><CR>"),
      ("\u{1B}[A\u{1B}OB\u{1B}[C\u{1B}OD", "<Up><Down><Right><Left>"),
      ("\u{1B}[H\u{1B}OF\u{1B}[1~\u{1B}[4~\u{1B}[7~\u{1B}[8~", "<Home><End><Home><End><Home><End>"),
      ("\u{1B}[2~\u{1B}[3~\u{1B}[5~\u{1B}[6~\u{1B}[Z", "<Ins><Del><PageUp><PageDown><S-Tab>"),
      ("\u{1B}OP\u{1B}[Q\u{1B}[[C\u{1B}[14~\u{1B}[15~", "<F1><F2><F3><F4><F5>"),
      ("\u{1B}[17~\u{1B}[21~\u{1B}[23~\u{1B}[24~", "<F6><F10><F11><F12>"),
      ("\u{1B}[1;5C\u{1B}[3;2~\u{1B}[1;2P", "<Right><Del><F1>"),
      ("\u{1B}x\u{1B}é\u{1B}\u{7F}", "<A-x><A-é><C-w>"),
      ("\u{1B}\u{1B}[A", "<Esc><Up>"), ("\u{1B}\r", "<Esc><CR>"),
      ("\u{1B}Oq\u{1B}OM", "1<CR>"),
      ("\u{1B}[<0;15;4M\u{1B}[<32;16;4M\u{1B}[<0;16;4m", "<press:3,14><drag:3,15><release:3,15>"),
      ("\u{1B}[<64;1;1M\u{1B}[<65;300;1M", "<wheelUp:0,0><wheelDown:0,299>"),
      ("\u{1B}[<4;2;2M", "<press:1,1>"),
      ("\u{1B}[200~d:q\r\tj\u{1B}[A\u{3}\u{1B}[201~x", "d:q<Space><Space>j[Ax"),
      // Nothing for anybody: other buttons, late answers, what nobody knows.
      ("\u{1B}[<2;1;1M\u{1B}[<35;1;1M\u{1B}[<0;0;1M\u{1B}[<0;1M", ""),
      ("\u{1B}[?62;4c\u{1B}[>41;3c\u{1B}]11;rgb:0/0/0\u{1B}\\\u{1B}]11;x\u{7}a", "a"),
      ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}P>|xterm\u{1B}\\b", "b"), ("\u{1B}[99~\u{1B}[yc", "c"),
    ])
  func decodes(_ bytes: String, _ expected: String) throws {
    let keys = try Key.keys(from: expected)
    var whole = KeyDecoder()
    #expect(whole.keys(in: Array(bytes.utf8)) == keys)
    #expect(!whole.isPending)
    var single = KeyDecoder()
    #expect(bytes.utf8.flatMap { single.keys(in: [$0]) } == keys, "byte by byte")
  }

  @Test(
    "that wait for more become Escape or Alt when nothing comes",
    arguments: [
      ("\u{1B}", "<Esc>"), ("\u{1B}[", "<A-[>"), ("\u{1B}O", "<A-O>"), ("\u{1B}\u{1B}", "<Esc>"),
      ("\u{1B}]", "<A-]>"), ("j", ""), ("\u{1B}[<0;1", ""), ("\u{1B}[200~a\u{1B}", ""),
    ])
  func flushes(_ bytes: String, _ expected: String) throws {
    var decoder = KeyDecoder()
    _ = decoder.keys(in: Array(bytes.utf8))
    #expect(decoder.isPending == !expected.isEmpty)
    #expect(decoder.flush() == (try Key.keys(from: expected)))
    #expect(!decoder.isPending)
  }

  @Test("survive bytes of any kind, and keys after them are read")
  func anyBytes() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var decoder = KeyDecoder()
      let bytes = (0..<64).map { _ in
        Bool.random()
          ? [0x1B, 0x5B, 0x3C, 0x3B, 0x4F, 0x7E].randomElement(using: &random) ?? 0
          : UInt8.random(in: 0...255, using: &random)
      }
      _ = decoder.keys(in: bytes)
      // Ends a paste, an answer and a sequence, whichever it was.
      _ = decoder.keys(in: Array("\u{1B}[201~\u{1B}\\\u{1B}[201~".utf8))
      #expect(decoder.keys(in: Array("\u{1B}[A".utf8)) == [.up], "after \(bytes)")
    }
  }
}
