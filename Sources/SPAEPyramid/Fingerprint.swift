import CKernels

/// The SHA-256 of bytes: how a model, a vocabulary or a pyramid is known.
public enum Fingerprint {
  /// The sum of all the bytes: 32 bytes.
  public static func bytes(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe spae_sha256(bytes.baseAddress, bytes.count, &digest)
    return digest
  }

  /// The sum of all the bytes, 64 hexadecimal digits.
  public static func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
    unsafe Self.bytes(of: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The sum of a text's UTF-8.
  public static func hexadecimal(of text: String) -> String {
    var text = text
    return text.withUTF8 { unsafe hexadecimal(of: UnsafeRawBufferPointer($0)) }
  }
}
