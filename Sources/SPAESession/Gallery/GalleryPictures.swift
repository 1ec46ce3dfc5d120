import Foundation
import SPAEExplorer
import SPAELibrary
import SPAEPyramid
import SPAESystem

/// The pictures of a gallery by their numbers and by their paths, as far as they are known.
struct GalleryPictures {
  private let subject: GallerySubject
  private let vocabulary: Vocabulary
  private(set) var pictures: [Gallery.Picture] = []
  private var paths: [String] = []
  private var numbers: [Data: Int] = [:]
  private var reasons: [Data: String] = [:]

  /// How many words of a picture are shown.
  private static let words = 6

  init(_ subject: GallerySubject, vocabulary: Vocabulary) {
    (self.subject, self.vocabulary) = (subject, vocabulary)
    for path in subject.named { _ = add(GallerySubject.wholePath(path), time: 0) }
  }

  func path(of number: Int) -> String { paths[number] }
  func number(of path: String) -> Int? { numbers[Data(FileName.bytes(path))] }

  /// The numbers in the order of the paths' bytes; a list of files keeps its order, whichever of them
  /// the index has already.
  var byName: [Int] {
    guard !subject.named.isEmpty else {
      return numbers.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }
    var listed: Set<Int> = []
    return subject.named.compactMap { number(of: GallerySubject.wholePath($0)) }
      .filter { listed.insert($0).inserted }
  }

  var unreadable: [Gallery.Unreadable] {
    reasons.filter { !Self.isReadable($0.value) }.sorted {
      $0.key.lexicographicallyPrecedes($1.key)
    }.map { path, reason in
      Gallery.Unreadable(name: subject.name(of: FileName.text(path)), reason: reason)
    }
  }

  private mutating func add(_ path: String, time: Int64) -> Int {
    if let number = number(of: path) { return number }
    numbers[Data(FileName.bytes(path))] = paths.count
    paths.append(path)
    pictures.append(Gallery.Picture(name: subject.name(of: path), time: time))
    return paths.count - 1
  }

  /// Takes what the index has, and gives the numbers of those of which something else was known.
  mutating func take(_ known: [IndexedPicture]) -> [Int] {
    known.compactMap { picture in
      let number = add(picture.path, time: picture.time)
      let before = pictures[number]
      reasons[Data(FileName.bytes(picture.path))] = nil
      describe(number, picture.upper)
      return pictures[number] == before ? nil : number
    }
  }

  /// Files that could not be read before: they are tried again, and not shown until then.
  mutating func take(unreadable known: [(path: String, reason: String)]) {
    for (path, reason) in known { refuse(path, reason) }
  }

  /// Takes all files that there are; others are gone.
  mutating func take(found: [(path: String, time: Int64)]) {
    for number in pictures.indices { pictures[number].isListed = false }
    for (path, time) in found {
      let number = add(path, time: time)
      pictures[number].time = time
      if let reason = reasons[Data(FileName.bytes(path))] {
        refuse(path, reason)
      } else {
        pictures[number].isListed = true
      }
    }
    let there = Set(found.map { Data(FileName.bytes($0.path)) })
    listOthers(than: there)
    reasons = reasons.filter { there.contains($0.key) }
  }

  /// Files that were named stay in their list, whatever their names end in.
  private mutating func listOthers(than found: Set<Data>) {
    for path in subject.named.map(GallerySubject.wholePath) {
      let number = add(path, time: 0)
      // What the index had and is not found is gone.
      guard !found.contains(Data(FileName.bytes(path))), !pictures[number].isEncoded else {
        continue
      }
      pictures[number].isListed = true
      pictures[number].note = "not indexed, for its name does not end as a picture's"
      pictures[number].label = "not indexed"
    }
  }

  /// Takes what has become of some files, and gives their numbers.
  mutating func take(_ outcomes: [LibraryIndexer.Outcome]) -> [Int] {
    outcomes.map { outcome in
      let number = add(outcome.path, time: outcome.time)
      switch outcome.picture {
      case .success(let picture):
        reasons[Data(FileName.bytes(outcome.path))] = nil
        describe(number, picture.upper)
      case .failure(let failure): refuse(outcome.path, failure.line)
      }
      return number
    }
  }

  /// A file or a folder that cannot be read; of a list it stays, for whoever goes past it to be told.
  mutating func refuse(_ path: String, _ reason: String) {
    reasons[Data(FileName.bytes(path))] = reason
    guard let number = number(of: path) else { return }
    let isReadable = Self.isReadable(reason)
    pictures[number].isListed = isReadable || !subject.named.isEmpty
    pictures[number].note = pictures[number].isListed ? reason : nil
    pictures[number].label = isReadable ? "another model" : "unreadable"
  }

  /// Whether a file is only not indexed: it opens with its own model.
  private static func isReadable(_ reason: String) -> Bool {
    reason.hasPrefix(PictureLibrary.otherModel)
  }

  private mutating func describe(_ number: Int, _ upper: UpperLayers) {
    let words = upper.weightiest.filter { vocabulary.words.indices.contains(Int($0)) }
    pictures[number].words = words.prefix(Self.words).map { vocabulary[$0] }
    (pictures[number].isEncoded, pictures[number].note) = (true, nil)
    pictures[number].isListed = true
  }
}
