import Foundation
package import SPAEFiles
import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// A folder of folders: each is a label, and the pictures within are its examples.
package struct LabelFolders {
  package struct Label {
    package let name: String
    package let folder: String
    package let paths: [String]
  }

  package let labels: [Label]

  private static let suffixes = PictureFormat.suffixes + ["spae"]

  /// Lists the label folders of a folder, in the order of their names; `names` renames them.
  ///
  /// Refused: no label folders, one without pictures, two labels that differ in capitals and spaces
  /// alone. Hidden files and files of other kinds are passed over. A folder of pictures alone is one
  /// label of its own name where that is allowed.
  package init(
    _ folder: String, names: [String: String] = [:], allowsPictures: Bool = false
  ) throws(Failure) {
    let contents = try Self.contents(
      of: folder, expected: allowsPictures ? "pictures" : "a folder of pictures for each label")
    var inner = contents.filter { FileSystem.isFolder($0) }
    if inner.isEmpty, allowsPictures, contents.contains(where: Self.isExample) { inner = [folder] }
    guard !inner.isEmpty || !allowsPictures else { throw Self.noPictures(in: folder) }
    guard !inner.isEmpty else {
      throw Failure(
        "\(folder): no label folders: make a folder for each label, with its pictures in it")
    }
    let loose = inner == [folder] ? 0 : contents.count(where: Self.isExample)
    if loose > 0 {
      print(
        "spae: \(folder): \(loose.counted("picture")) beside the folders of labels; left out",
        toStandardError: true)
    }
    labels = try inner.map { path throws(Failure) in
      let own = FileName.last(of: path)
      return Label(
        name: Self.spoken(names[own] ?? own), folder: path,
        paths: try Self.contents(of: path, expected: "pictures").filter(Self.isExample))
    }
    try refuseEmptyAndEqual()
  }

  /// Takes all pictures of a folder, and of the folders in it, as one label.
  init(picturesOf folder: String) throws(Failure) {
    let contents = try Self.contents(of: folder, expected: "pictures")
    let inner = try contents.filter { FileSystem.isFolder($0) }
      .map { folder throws(Failure) in try Self.contents(of: folder, expected: "pictures") }
    let paths = (contents + inner.joined()).filter(Self.isExample)
    guard !paths.isEmpty else { throw Self.noPictures(in: folder) }
    labels = [Label(name: Self.spoken(FileName.last(of: folder)), folder: folder, paths: paths)]
  }

  private static func noPictures(in folder: String) -> Failure {
    Failure("\(folder): no pictures in it, nor folders of pictures: put some in")
  }

  private func refuseEmptyAndEqual() throws(Failure) {
    if let empty = labels.first(where: { $0.paths.isEmpty }) {
      throw Failure(
        "\(empty.folder): no pictures (\(Self.suffixes.joined(separator: ", ")));"
          + " put some in, or remove the folder")
    }
    let folded = Dictionary(grouping: labels) { $0.name.lowercased() }
    let same = folded.values.filter { $0.count > 1 }.min { $0[0].folder < $1[0].folder }
    if let same {
      throw Failure(
        "\(same[0].folder) and \(same[1].folder): the same label '\(same[0].name)';"
          + " rename one, or put their pictures together")
    }
  }

  /// The label of a name, whatever its capitals and spaces.
  package func label(named name: String) throws(Failure) -> Int {
    let wanted = Self.spoken(name).lowercased()
    guard let found = labels.firstIndex(where: { $0.name.lowercased() == wanted }) else {
      throw Failure(
        "no label '\(name)'; there are \(labels.map(\.name).joined(separator: ", "))")
    }
    return found
  }

  /// A folder's name as one says it: `_` and runs of spaces are one space.
  private static func spoken(_ name: String) -> String {
    name.split { $0 == "_" || $0.isWhitespace }.joined(separator: " ")
  }

  private static func contents(
    of folder: String, expected: String
  ) throws(Failure) -> [String] {
    do {
      return try FileSystem.names(in: folder)
        .filter { $0.utf8.first != UInt8(ascii: ".") }.map { "\(folder)/\($0)" }
    } catch {
      throw Failure(
        "\(folder): \(FileSystem.exists(folder) ? "not a folder that can be read" : "no such folder");"
          + " name one with \(expected)")
    }
  }

  private static func isExample(_ path: String) -> Bool {
    suffixes.contains(FileName.ending(of: path)) && !FileSystem.isFolder(path)
  }
}

extension LabelFolders {
  /// Reads a table of folder names and the labels they stand for: `folder TAB label`, of which what
  /// follows a comma is another name and left out.
  package static func names(from path: String?) throws(Failure) -> [String: String] {
    guard let path else { return [:] }
    guard let text = FileSystem.text(of: path) else {
      throw Failure("\(path): cannot be read, or is no text")
    }
    var names: [String: String] = [:]
    for (number, line) in text.textLines.enumerated() where !line.isEmpty {
      let parts = line.split(separator: "\t")
      guard parts.count == 2, let first = parts[1].split(separator: ",").first else {
        throw Failure("\(path): line \(number + 1): expected FOLDER, a tab, LABEL")
      }
      names[String(parts[0])] = first.trimmingCharacters(in: .whitespaces)
    }
    return names
  }
}

/// The pyramids of label folders, less the files that cannot be read.
package struct LabelledPyramids {
  package struct Label {
    package let name: String
    package var pyramids: [Pyramid] = []
    package var paths: [String] = []

    /// The first words of each picture.
    package func words(toDepth depth: Int) -> LabelledWords {
      LabelledWords(
        label: name,
        pictures: pyramids.map { Array($0.words.prefix($0.shape.wordCount(toDepth: depth))) })
    }
  }

  package let labels: [Label]

  /// The first classes of each picture, by the model's frozen classifier.
  package func classes(
    first count: Int, by encoder: PictureEncoder, isQuiet: Bool
  ) throws(Failure) -> [LabelledWords] {
    let progress = ProgressBar(
      total: labels.reduce(0) { $0 + $1.paths.count }, isShown: !isQuiet)
    var found: [LabelledWords] = []
    for label in labels {
      var pictures: [[Int32]] = []
      for path in label.paths {
        pictures.append(Array(try encoder.classes(of: path).prefix(count)))
        progress.advance()
      }
      found.append(LabelledWords(label: label.name, pictures: pictures))
    }
    progress.finish()
    return found
  }

  /// Encodes the first `each` pictures of each label, or all; what cannot be read is named and
  /// passed over, and a label with fewer than `least` left is refused.
  package init(
    _ folders: LabelFolders, each: Int? = nil, least: Int = 1, by encoder: PictureEncoder,
    isQuiet: Bool
  ) throws(Failure) {
    let paths = folders.labels.map { Array($0.paths.prefix(each ?? .max)) }
    var results = encoder.pyramids(of: paths.flatMap { $0 }, isQuiet: isQuiet)[...]
    var labels: [Label] = []
    for (label, paths) in zip(folders.labels, paths) {
      let own = Self.label(label.name, paths, results.prefix(paths.count))
      results = results.dropFirst(paths.count)
      guard own.pyramids.count >= least else {
        throw Failure(
          "\(label.folder): \(own.pyramids.count.counted("picture")) that can be read, \(least) are needed"
        )
      }
      labels.append(own)
    }
    self.labels = labels
  }

  private static func label(
    _ name: String, _ paths: [String], _ results: ArraySlice<Result<Pyramid, Failure>>
  ) -> Label {
    var own = Label(name: name)
    for (path, result) in zip(paths, results) {
      switch result {
      case .success(let pyramid):
        own.pyramids.append(pyramid)
        own.paths.append(path)
      case .failure(let failure):
        for line in failure.lines { print("spae: \(line); left out", toStandardError: true) }
      }
    }
    return own
  }
}

extension LabelledPyramids {
  /// The pyramids of a folder of pictures at large, whatever its folders are; nil for none.
  package static func background(
    _ folder: String?, by encoder: PictureEncoder, isQuiet: Bool
  ) throws(Failure) -> [Pyramid]? {
    guard let folder else { return nil }
    let folders = try LabelFolders(picturesOf: folder)
    return try LabelledPyramids(folders, by: encoder, isQuiet: isQuiet).labels
      .flatMap(\.pyramids)
  }
}

/// Refuses pyramids of different sizes, which cannot stand in one context.
package func requireOneShape(_ pyramids: [Pyramid], of paths: [String]) throws(Failure) {
  guard let first = pyramids.first,
    let odd = pyramids.firstIndex(where: { $0.shape != first.shape })
  else { return }
  throw Failure(
    "\(paths[odd]) has a grid of \(pyramids[odd].shape.grid.text) cells, \(paths[0]) of"
      + " \(first.shape.grid.text); examples must be of one size")
}
