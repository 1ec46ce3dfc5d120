import Foundation
import SPAEGraphics
import SPAEPixels
import Testing

@Suite struct KittyGraphics {
  /// The keys and the payload of each escape sequence.
  private func chunks(_ bytes: [UInt8]) -> [(keys: String, payload: String)] {
    String(decoding: bytes, as: UTF8.self).components(separatedBy: "\u{1B}\\").dropLast().map {
      let parts = $0.dropFirst(3).split(separator: ";", omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  private func noisy() -> PixelImage {
    var image = Pictures.gradient(width: 90, height: 70)
    // Noise, so that the PNG is longer than one chunk.
    for index in image.pixels.indices { image.pixels[index] &+= UInt8(index &* index % 251) }
    return image
  }

  @Test("carry the picture in chunks", arguments: [KittyEncoder.Form.raw, .png])
  func carryThePicture(form: KittyEncoder.Form) throws {
    let image = noisy()
    let chunks = chunks(try KittyEncoder.bytes(of: image, form: form))
    #expect(chunks.count > 1)
    #expect(chunks.dropLast().allSatisfy { $0.keys.hasSuffix("m=1") && $0.payload.count == 4096 })
    #expect(chunks.last?.keys == "m=0")
    let sent = [UInt8](try #require(Data(base64Encoded: chunks.map(\.payload).joined())))
    #expect(try form == .raw ? sent == image.pixels : ImageFile(contents: sent).image == image)
  }

  @Test("pad what is left of three bytes", arguments: 1...4)
  func padTheEnd(width: Int) throws {
    let image = Pictures.gradient(width: width, height: 1)
    let chunks = chunks(try KittyEncoder.bytes(of: image, form: .png))
    let payload = try #require(Data(base64Encoded: chunks.map(\.payload).joined()))
    #expect(try ImageFile(contents: [UInt8](payload)).image == image)
  }

  @Test("take each other's place by their number")
  func takeTheirPlace() throws {
    let image = Pictures.gradient(width: 2, height: 3)
    let place = KittyEncoder.Place(columns: 40, rows: 20, image: 7)
    let keys = chunks(try KittyEncoder.bytes(of: image, place: place))[0].keys
    #expect(keys == "a=T,f=24,s=2,v=3,q=2,i=7,p=7,c=40,r=20,C=1,m=0")
    let staying = try KittyEncoder.bytes(of: image, form: .png, place: .init(columns: 9))
    #expect(chunks(staying)[0].keys == "a=T,f=100,q=2,c=9,C=1,m=0")
  }

  @Test("are removed by their number")
  func areRemoved() {
    let text = String(decoding: KittyEncoder.deletion(ofImage: 7), as: UTF8.self)
    #expect(text == "\u{1B}_Ga=d,d=I,i=7,q=2\u{1B}\\")
  }
}

@Suite struct ThroughTmux {
  @Test(
    "go sequences, each by itself with every escape doubled",
    arguments: [
      ("", ""),
      ("\u{1B}_Ga;\u{1B}\\", "\u{1B}Ptmux;\u{1B}\u{1B}_Ga;\u{1B}\u{1B}\\\u{1B}\\"),
      (
        "\u{1B}P1\u{1B}\\\u{1B}_2\u{1B}\\",
        "\u{1B}Ptmux;\u{1B}\u{1B}P1\u{1B}\u{1B}\\\u{1B}\\"
          + "\u{1B}Ptmux;\u{1B}\u{1B}_2\u{1B}\u{1B}\\\u{1B}\\"
      ),
      ("plain", "\u{1B}Ptmux;plain\u{1B}\\"),
    ])
  func goSequences(plain: String, wrapped: String) {
    #expect(TmuxPassthrough.wrapped(Array(plain.utf8)) == Array(wrapped.utf8))
  }
}
