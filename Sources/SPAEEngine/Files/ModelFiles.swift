import SPAEPyramid
import SPAESystem

/// The files of a model's folder that make its identity.
///
/// The folder of a published model holds their SHA-256 sums too, in `SHA256SUMS` as `sha256sum`
/// writes them, and may hold links to files of another model's folder in place of equal ones. Where
/// the sums are there, the files must agree: a shared file that became another is an error.
struct ModelFiles: Sendable {
  /// A file's name and its SHA-256, 64 hexadecimal digits.
  struct Sum: Hashable, Sendable {
    let name: String
    let hash: String

    /// As `sha256sum` writes it.
    var line: String { "\(hash)  \(name)\n" }
  }

  static let sumsName = "SHA256SUMS"

  let folder: String
  /// In the order in which they count.
  let names: [String]

  init(folder: String, configuration: ModelConfiguration) {
    self.folder = folder
    names =
      ["config.json", "weights.safetensors", "codebook.safetensors"]
      + (configuration.semantic == nil ? [] : ["semantic.safetensors"])
      + ["vocabulary.txt"] + configuration.branchFiles
  }

  /// The SHA-256 of the files' sums, one line each.
  static func identity(_ sums: [Sum]) -> String {
    Fingerprint.hexadecimal(of: sums.map(\.line).joined())
  }

  /// Reads every file: 40 MB of the bundled model, 25 ms.
  func sums() throws(EngineError) -> [Sum] {
    var sums: [Sum] = []
    for name in names {
      let file = try MappedFile(path: "\(folder)/\(name)")
      let hash = unsafe file.withBytes { unsafe Fingerprint.hexadecimal(of: $0) }
      sums.append(Sum(name: name, hash: hash))
    }
    return sums
  }

  /// The text of `SHA256SUMS`; nil where the folder has none.
  static func published(in folder: String) -> String? {
    FileSystem.text(of: "\(folder)/\(sumsName)")
  }

  /// The identity, if the folder holds sums; throws where a file differs from its sum.
  func verifiedIdentity() throws(EngineError) -> String? {
    guard let text = Self.published(in: folder) else { return nil }
    let found = try sums()
    if text == found.map(\.line).joined() { return Self.identity(found) }
    let listed = Set(text.split(whereSeparator: \.isNewline).map { "\($0)\n" })
    let other = found.first { !listed.contains($0.line) }
    guard let other else {
      throw .modelFile(
        path: "\(folder)/\(Self.sumsName)",
        problem: "it must list \(names.joined(separator: ", ")), in this order and nothing else")
    }
    throw .modelFile(
      path: "\(folder)/\(other.name)",
      problem: "not the file that this model was published with: its SHA-256 is"
        + " \(other.hash.prefix(12))..., which \(Self.sumsName) does not list\(advice(other.name))")
  }

  private func advice(_ name: String) -> String {
    guard let target = FileSystem.linkTarget(of: "\(folder)/\(name)") else {
      return "; restore it"
    }
    return "; it is a link to \(target), which has changed: put the published file in its place"
  }
}

extension Model {
  /// The identities that a folder's pyramids may name: its own, then those of its earlier forms.
  ///
  /// Costs a reading of all files, 25 ms for the bundled model; of a folder with `SHA256SUMS` that
  /// file is believed, because loading the model checks it.
  package static func identities(ofFolder folder: String) throws(EngineError) -> [String] {
    let configuration = try ModelConfiguration(folder: folder)
    let former = configuration.formerIdentities ?? []
    if let sums = ModelFiles.published(in: folder) {
      return [Fingerprint.hexadecimal(of: sums)] + former
    }
    let files = ModelFiles(folder: folder, configuration: configuration)
    return [ModelFiles.identity(try files.sums())] + former
  }
}

extension ModelConfiguration {
  /// Reads `config.json` of a model's folder.
  package init(folder: String) throws(EngineError) {
    let path = folder + "/config.json"
    let file = try MappedFile(path: path)
    let contents = unsafe file.withBytes { unsafe [UInt8]($0) }
    try self.init(path: path, contents: contents)
  }
}
