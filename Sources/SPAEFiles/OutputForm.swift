package import SPAEPixels
import SPAESystem

/// What the ending of a file's name asks for: words, or a picture.
package enum OutputForm {
  case words(DocumentFormat)
  case picture(ImageEncoding)

  /// nil for an ending that asks for nothing that is written here.
  package init?(path: String) {
    switch (FileName.ending(of: path), ImageEncoding(path: path)) {
    case ("spae", _): self = .words(.text)
    case ("json", _): self = .words(.json)
    case (_, let encoding?): self = .picture(encoding)
    default: return nil
    }
  }

  /// Every ending as people write it.
  package static var endings: String { ".spae, .json, \(ImageEncoding.endings)" }

  /// Whether a name is a picture's, of whatever format: words never go there.
  package static func isPictureName(_ path: String) -> Bool {
    PictureFormat.recognisedSuffixes.contains(FileName.ending(of: path))
  }
}
