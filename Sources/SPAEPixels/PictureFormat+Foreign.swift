extension PictureFormat {
  /// Formats that are not read.
  static let foreign: [PictureFormat] = [
    raw("Canon raw", "cr2") { $0.has("II*\0") && $0.has("CR", at: 8) },
    raw("Canon raw", "cr3") { HEIFBrands($0).contain("crx ") },
    raw("Fujifilm raw", "raf") { $0.has("FUJIFILMCCD-RAW") },
    raw("Olympus raw", "orf") { $0.has("IIRO") || $0.has("IIRS") || $0.has("MMOR") },
    raw("Panasonic raw", "rw2") { $0.has("IIU\0") },
    .init("TIFF", "tiff", "tif") {
      $0.has("II*\0") || $0.has("MM\0*") || $0.has("II+\0") || $0.has("MM\0+")
    },
    .init("BMP", "bmp", "dib") {
      $0.has("BM") && [12, 40, 52, 56, 64, 108, 124].contains($0.at(14))
    },
    .init("PSD", "psd", "psb", command: "convert 'x.psd[0]' x.png") { $0.has("8BPS") },
    .init("XCF", "xcf", command: "convert x.xcf -flatten x.png") { $0.has("gimp xcf") },
    .init("JPEG XL", "jxl", command: "djxl x.jxl x.png", of: "libjxl-tools") {
      $0.starts(with: [0xFF, 0x0A]) || $0.has("JXL \r\n\u{87}\n", at: 4)
    },
    .init(
      "JPEG 2000", "jp2", "j2k", "jpx", command: "opj_decompress -i x.jp2 -o x.png",
      of: "libopenjp2-tools"
    ) {
      $0.has("jP  \r\n\u{87}\n", at: 4) || $0.starts(with: [0xFF, 0x4F, 0xFF, 0x51])
    },
    .init("SVG", "svg", command: "rsvg-convert x.svg -o x.png", of: "librsvg2-bin", matches: isSVG),
    .init("PDF", "pdf", command: "pdftoppm -png -singlefile x.pdf x", of: "poppler-utils") {
      $0.has("%PDF")
    },
    .init(
      "PostScript", "eps", "ps", command: "gs -q -sDEVICE=png16m -o x.png x.eps", of: "ghostscript"
    ) {
      $0.has("%!PS") || $0.starts(with: [0xC5, 0xD0, 0xD3, 0xC6])
    },
    .init("ICO", "ico", "cur", command: "convert 'x.ico[0]' x.png") {
      $0.count > 22 && ($0.starts(with: [0, 0, 1, 0]) || $0.starts(with: [0, 0, 2, 0]))
        && $0[9] == 0
    },
    .init("PNM", "ppm", "pgm", "pbm", "pnm", "pam") {
      $0.count > 2 && $0.has("P") && (0x31...0x37).contains($0[1])
        && [9, 10, 13, 32].contains($0[2])
    },
    .init("OpenEXR", "exr") { $0.starts(with: [0x76, 0x2F, 0x31, 0x01]) },
    .init("DDS", "dds") { $0.has("DDS ") },
    .init("FITS", "fits", command: "convert 'x.fits[0]' x.png") { $0.has("SIMPLE  =") },
    .init("PCX", "pcx") { $0.starts(with: [10, 5, 1, 8]) },
  ]

  private static func raw(
    _ name: String, _ suffix: String, matches: @escaping @Sendable ([UInt8]) -> Bool
  ) -> PictureFormat {
    PictureFormat(
      name, suffix, command: "dcraw -c x.\(suffix) | convert - x.png", of: "dcraw and imagemagick",
      matches: matches)
  }

  /// Perhaps behind a declaration and comments.
  private static func isSVG(_ bytes: [UInt8]) -> Bool {
    let start = bytes.prefix(1024)
    return start.first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "<")
      && !start.ranges(of: Array("<svg".utf8)).isEmpty
  }

  private static let film = "a film; use spae encode"

  /// The words that a person would use for what the bytes are, if no picture and plain to see.
  static func guess(_ bytes: [UInt8]) -> String? {
    let known: [(String, String)] = [
      ("PK\u{3}\u{4}", "a zip archive"), ("\u{1F}\u{8B}", "a gzip file"), ("<?xml", "XML"),
      ("<!DOCTYPE html", "a web page"), ("<html", "a web page"), ("\u{1A}E\u{DF}\u{A3}", film),
      ("spae film ", "a film of words; use spae decode"),
      ("spae ", "a pyramid of words; use spae decode"), ("{", "JSON"),
    ]
    let cut = [("\u{89}PNG", "a PNG"), ("\u{FF}\u{D8}\u{FF}", "a JPEG")]
    if let (_, name) = known.first(where: { bytes.has($0.0) }) { return name }
    if bytes.has("ftyp", at: 4) || bytes.has("RIFF") && bytes.has("AVI ", at: 8) { return film }
    if let (_, name) = cut.first(where: { bytes.count < 4 && bytes.isBeginning(of: $0.0) }) {
      return name + " that was cut short"
    }
    return bytes.areText ? "text" : nil
  }
}

extension [UInt8] {
  /// Whether some bytes, each a scalar of the text, are at a place.
  fileprivate func has(_ text: String, at start: Int = 0) -> Bool {
    dropFirst(start).starts(with: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
  }

  /// Whether there are some, and all of them are the first of a text's, each a scalar.
  fileprivate func isBeginning(of text: String) -> Bool {
    !isEmpty && text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }.starts(with: self)
  }

  /// Whether they begin as a text in UTF-8 does; the last character may be cut.
  fileprivate var areText: Bool {
    let start = prefix(512)
    guard start.allSatisfy({ $0 >= 32 || (9...13).contains($0) }) else { return false }
    return (0...3).contains { cut in
      cut < Swift.max(1, start.count)
        && String(validating: start.dropLast(cut), as: UTF8.self) != nil
    }
  }

  /// The byte at a place, or -1 beyond the end.
  fileprivate func at(_ place: Int) -> Int { place < count ? Int(self[place]) : -1 }
}
