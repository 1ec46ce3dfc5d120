package import SPAEPyramid
import SPAESystem

extension PictureLibrary {
  /// All words of the pictures below some folders, each picture once, by the folders and the paths.
  package func pyramids(
    in folders: [String]
  ) throws(LibraryError) -> [(path: String, pyramid: Pyramid)] {
    var seen: Set<String> = []
    var found: [(path: String, pyramid: Pyramid)] = []
    for folder in folders {
      let paths = try store.pictures(below: folder, encoding: encoding).map(\.path)
      for path in paths.sorted(by: FileName.precedes) where seen.insert(path).inserted {
        if let pyramid = try store.pyramid(at: path, encoding: encoding) {
          found.append((path, pyramid))
        }
      }
    }
    return found
  }
}
