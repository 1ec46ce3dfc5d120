import Foundation
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// A folder with two models: `first`, with the sums of its files and links to those of `present`,
/// which has other weights.
final class Models {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  static let picture = root + "/Assets/pictures/cat.png"
  static let shipped = root + "/Assets/models/small-2026-11"

  let folder = FileManager.default.temporaryDirectory.path + "/spae-models-" + UUID().uuidString
  let environment: [String: String]

  init() throws {
    environment = ["HOME": folder + "/home", "XDG_CACHE_HOME": folder + "/cache"]
    let files = FileManager.default
    for (name, others) in [("present", Self.shipped), ("first", "../present")] {
      try files.createDirectory(atPath: path(name), withIntermediateDirectories: true)
      for file in ["codebook.safetensors", "semantic.safetensors", "vocabulary.txt"] {
        try files.createSymbolicLink(
          atPath: "\(path(name))/\(file)", withDestinationPath: "\(others)/\(file)")
      }
      for file in ["config.json", "weights.safetensors"] {
        try files.copyItem(atPath: "\(Self.shipped)/\(file)", toPath: "\(path(name))/\(file)")
      }
    }
    try files.copyItem(
      atPath: Self.shipped + "/SHA256SUMS", toPath: path("first") + "/SHA256SUMS")
    try change(path("present") + "/weights.safetensors")
    // Its words are others: it goes by no identity of the first model's earlier forms.
    try replace(path("present") + "/config.json", "f5565de794ff", "000000000000")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func library(_ name: String = "present", isFixed: Bool = false) -> ModelLibrary {
    ModelLibrary(folder: path(name), isFixed: isFixed, environment: environment)
  }

  func model(_ name: String) throws -> Model { try Model(folder: path(name)) }

  /// Writes the cat's words, made by a model and then changed, and gives the file's name.
  func pyramid(
    _ name: String, by model: String, as format: DocumentFormat = .text, of picture: String? = nil,
    fit: Fit = .crop, edit: (inout Pyramid, Vocabulary) -> Void = { _, _ in }
  ) throws -> String {
    let model = try self.model(model)
    let picture = picture ?? Self.picture
    let image = try ImageFile(path: picture).image
    var pyramid = try model.encode(image, fit: fit)
    edit(&pyramid, model.vocabulary)
    let document = PyramidDocument(
      model: try model.name(),
      source: .init(
        name: FileName.label(of: picture), width: image.width, height: image.height),
      pyramid: pyramid, comments: [.init(before: 5, text: "# mine")])
    let bytes = try document.bytes(as: format, vocabulary: model.vocabulary)
    try AtomicFile.write(bytes, to: path(name))
    return path(name)
  }

  /// Puts the bundled cat beside the pyramids.
  func bringPicture(_ picture: String = Models.picture, as name: String = "cat.png") throws {
    try FileManager.default.copyItem(atPath: picture, toPath: path(name))
  }

  /// Changes one weight in seven by up to an eighth.
  private func change(_ path: String) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let header = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    for index in stride(from: 8 + header, to: bytes.count, by: 14) { bytes[index] ^= 0x80 }
    try AtomicFile.write(bytes, to: path)
  }

  /// Replaces a text in a file.
  func replace(_ path: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try AtomicFile.write(Array(text.replacing(old, with: new).utf8), to: path)
  }
}
