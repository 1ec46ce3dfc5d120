import Glibc

/// A file that a command writes: the one place that decides what it may replace.
///
/// A file is new, or holds the very same already and is left as it is, or is one that the caller
/// knows to be its own. Whatever else has the name stays, unless `mayReplace`. Pipes and devices are
/// written to.
package struct OutputFile {
  /// What a file of that name turns out to be.
  package enum Finding {
    /// It says the same: it is left as it is.
    case same
    /// Nobody has changed it since this program made it.
    case unedited
    /// Why it must stay: "it is ..."
    case foreign(String)
  }

  package let path: String
  package let mayReplace: Bool
  /// Whether other processes of this program wait already.
  private var isHeld = false

  package init(_ path: String, mayReplace: Bool = false) {
    self.path = path
    self.mayReplace = mayReplace
  }

  /// Throws where the name is taken: before a long work whose outcome could then not be written.
  package func refuseTaken() throws(Failure) {
    // A link to nowhere holds nothing yet: what it leads to is made.
    guard !mayReplace, !isSpecial, FileSystem.exists(path) else { return }
    throw refusal("it exists")
  }

  /// Throws where the name is taken, or has no folder: before a work that asks others first.
  package func refuseUnwritable() throws(Failure) {
    try refuseTaken()
    guard !isSpecial, !FileSystem.exists(FileName.folder(of: path)) else { return }
    let missing = SystemError(code: ENOENT)
    throw Failure("\(path): cannot be written: \(missing)\(AtomicFile.remedy(for: missing))")
  }

  /// Does something while no other process of this program looks at the file to replace it.
  package func held<Result>(_ body: (OutputFile) throws -> Result) throws -> Result {
    var file = self
    file.isHeld = true
    return try isSpecial ? body(file) : FileLock.holding(path) { try body(file) }
  }

  /// Writes the file whole, or throws and leaves what is there.
  package func write(
    _ bytes: [UInt8],
    unless judge: ([UInt8]) throws(Failure) -> Finding = { _ in .foreign("it exists") }
  ) throws(Failure) {
    if isSpecial { return try AtomicFile.writeThrough(bytes, to: path) }
    if mayReplace { return try AtomicFile.write(bytes, to: path) }
    if try AtomicFile.create(bytes, at: path) { return }
    if isHeld { return try replace(by: bytes, unless: judge) }
    try FileLock.holding(path) { () throws(Failure) in try replace(by: bytes, unless: judge) }
  }

  private func replace(
    by bytes: [UInt8], unless judge: ([UInt8]) throws(Failure) -> Finding
  ) throws(Failure) {
    let found = try? FileSystem.bytes(of: path, limit: Self.longestCompared)
    if found == bytes { return }
    guard let found else { throw refusal("it exists") }
    switch try judge(found) {
    case .same: break
    case .unedited:
      guard FileSystem.isWritable(path) else { throw refusal("it is read-only") }
      try AtomicFile.write(bytes, to: path)
    case .foreign(let reason): throw refusal(reason)
    }
  }

  /// A longer file is none that this program has made.
  private static let longestCompared = 256 << 20

  /// Whether it is a pipe, a device or a folder.
  package var isSpecial: Bool {
    FileSystem.status(of: path).map { $0.st_mode & S_IFMT != S_IFREG } ?? false
  }

  package func refusal(_ reason: String) -> Failure {
    Failure("\(path): not replaced: \(reason); --force replaces it")
  }
}
