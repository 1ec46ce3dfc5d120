import CKernels
import SPAEPyramid
import Testing

@Suite("SHA-256")
struct FingerprintSuite {
  /// By the processor's instructions, where it has them, and by those that every processor has.
  enum Way: CaseIterable { case fastest, portable }

  private func hexadecimal(_ bytes: [UInt8], by way: Way) -> String {
    digest(bytes, by: way).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func digest(_ bytes: [UInt8], by way: Way) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe bytes.withUnsafeBytes { bytes in
      switch way {
      case .fastest: unsafe spae_sha256(bytes.baseAddress, bytes.count, &digest)
      case .portable: unsafe spae_sha256_portable(bytes.baseAddress, bytes.count, &digest)
      }
    }
    return digest
  }

  @Test(
    "gives the sums of the standard's examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
          + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ])
  func examples(text: String, sum: String) {
    #expect(Fingerprint.hexadecimal(of: text) == sum)
    for way in Way.allCases { #expect(hexadecimal(Array(text.utf8), by: way) == sum) }
  }

  @Test("gives the sum of a million letters")
  func million() {
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    for way in Way.allCases {
      #expect(
        hexadecimal(letters, by: way)
          == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
  }

  /// The sum of all the sums, by Python's hashlib:
  /// `sha256(b"".join(sha256(bytes((i * 37 + 11) % 256 for i in range(n))).digest() for n in
  /// range(301)))`
  @Test("gives the sums of every length to 300 bytes")
  func lengths() {
    for way in Way.allCases {
      let sums = (0...300).flatMap { count in
        digest((0..<count).map { UInt8(($0 * 37 + 11) % 256) }, by: way)
      }
      #expect(hexadecimal(sums, by: way) == Self.ofLengths)
    }
  }

  private static let ofLengths = "04fb0a96a55968fbda07295fecba14af486380896cc1d6946aa2da7478e5d0ba"
}
