import Dispatch
package import SPAEEngine
import SPAEPixels
package import SPAEPyramid
package import SPAESystem
import Synchronization

/// Turns many files into pyramids on all processors, and keeps what it made.
package struct PictureEncoder: Sendable {
  package let model: Model
  private let models: ModelLibrary
  package let cache: PyramidCache
  package let workers: Int
  package var size = 128
  /// As `spae encode --meaning`: next to 0, the first layers' words are the best fitting ones alone.
  package var semanticWeight: Float = 1

  /// Takes a model that uses one thread, and shares the pictures out to workers.
  package init(models: ModelLibrary, workers: Int) throws {
    let model = try models.chosen()
    (self.models, self.model) = (models, model)
    cache = PyramidCache(model: try model.name(), vocabulary: model.vocabulary)
    self.workers = workers
  }

  /// The pyramid of each file, or why there is none, with a progress bar for more than a few.
  package func pyramids(of paths: [String], isQuiet: Bool) -> [Result<Pyramid, Failure>] {
    let progress = ProgressBar(total: paths.count, isShown: !isQuiet && paths.count > 8)
    let found = Mutex<[Int: Result<Pyramid, Failure>]>([:])
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(workers, max(1, paths.count))) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < paths.count else { return }
        let result = Result { () throws(Failure) in try pyramid(of: paths[index]) }
        found.withLock { $0[index] = result }
        progress.advance()
      }
    }
    progress.finish()
    return found.withLock { found in paths.indices.compactMap { found[$0] } }
  }

  /// Reads a pyramid as it is, and encodes a picture unless that was done before.
  package func pyramid(of path: String) throws(Failure) -> Pyramid {
    do {
      let bytes = try ImageFile.bytes(path: path)
      let key = cache.key(of: bytes, size: size, semanticWeight: semanticWeight)
      if let known = cache.pyramid(key, shape: try model.shape(forSize: size)) { return known }
      switch try Input(bytes: bytes, path: path, models: models) {
      case .pyramid(let document, let own):
        guard own === model else { throw try foreign(document.model, path) }
        return document.pyramid
      case .picture(let file):
        let pyramid = try model.encode(file.image, size: size, semanticWeight: semanticWeight)
        cache.keep(pyramid, as: key)
        return pyramid
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  /// What the model's frozen classifier finds likeliest in a picture, as numbers of its classes.
  package func classes(of path: String) throws(Failure) -> [Int32] {
    do {
      switch try Input(bytes: try ImageFile.bytes(path: path), path: path, models: models) {
      case .pyramid:
        throw Failure("\(path): a pyramid has no pixels that a classifier could see; name pictures")
      case .picture(let file): return try model.classes(in: file.image, size: size)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  /// Words of two models are never compared with each other.
  private func foreign(
    _ name: PyramidDocument.ModelName, _ path: String
  ) throws -> Failure {
    Failure(
      "\(path): its words are those of the model \(name.label), and here words of"
        + " \(try model.name().label) are compared: spae convert \(path) moves it to that")
  }
}
