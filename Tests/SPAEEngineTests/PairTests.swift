import Dispatch
import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Synchronization
import Testing

/// Two threads take a frozen branch or two each; what they find depends on nothing else.
@Suite struct TwoThreads {
  private static let pictures = ModelCopy.shipped.deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "pictures")

  private func image(_ name: String) throws -> PixelImage {
    try ImageFile(path: Self.pictures.appending(path: "\(name).png").path).image
  }

  private func model(threads: Int) throws -> Model {
    try Model(folder: ModelCopy.shipped.path, parallel: Parallel(threads: threads))
  }

  @Test func findTheWordsOfOneAndOfThree() throws {
    let models = try [1, 2, 3].map { try model(threads: $0) }
    for name in ["sunflower", "dog"] {
      let image = try image(name)
      for (size, fit) in [(64, Fit.crop), (128, .whole), (256, .crop)] {
        let words = try models.map { try $0.encode(image, size: size, fit: fit).words }
        #expect(words[0] == words[1] && words[0] == words[2], "\(name), \(size) px")
      }
    }
  }

  /// Helpers that other pictures keep busy come late, or not at all.
  @Test func findTheSameForManyAtOnce() throws {
    let (image, model) = (try image("cat"), try model(threads: 2))
    let words = try model.encode(image).words
    let same = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 24) { _ in
      if (try? model.encode(image).words) == words { same.add(1, ordering: .relaxed) }
    }
    #expect(same.load(ordering: .relaxed) == 24)
  }
}
