public import CSPAE
import Glibc
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Synchronization

// The functions of spae.h that load a model, and that encode and decode with it.

/// A model with the C strings that it has handed out.
@safe
final class OpenModel: @unchecked Sendable {
  let model: Model
  private let strings: Mutex<[String: UnsafeMutablePointer<CChar>]>

  init(_ model: Model) {
    self.model = model
    unsafe strings = Mutex([:])
  }

  deinit { unsafe strings.withLock { unsafe $0.values.forEach { unsafe free($0) } } }

  /// A text as a C string that lives as long as the model.
  func string(_ text: String) -> UnsafePointer<CChar>? {
    unsafe strings.withLock { strings in
      if let known = unsafe strings[text] { return unsafe UnsafePointer(known) }
      let copy = unsafe strdup(text)
      unsafe strings[text] = copy
      return unsafe UnsafePointer(copy)
    }
  }
}

/// Opens a model's folder; 0 threads: all processors.
@c @implementation
public func spae_model_open(
  _ folder: UnsafePointer<CChar>?, _ threads: Int32,
  _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  answered {
    let folder = unsafe FileName.text(at: try given(folder, "folder"))
    let target = unsafe try given(model, "model")
    unsafe target.pointee = nil
    let parallel = threads > 0 ? Parallel(threads: Int(threads)) : Parallel()
    unsafe target.pointee = Handle.open(
      OpenModel(try Model(folder: folder, parallel: parallel)))
  }
}

/// Closes a model; null is allowed.
@c @implementation
public func spae_model_close(_ model: OpaquePointer?) {
  unsafe Handle.close(model, as: OpenModel.self)
}

/// The identity, 64 hexadecimal digits; null on an error. The model owns the text.
@c @implementation
public func spae_model_identity(_ model: OpaquePointer?) -> UnsafePointer<CChar>? {
  var text: UnsafePointer<CChar>?
  _ = answered {
    let open = unsafe try Handle.object(model, as: OpenModel.self, "model")
    unsafe text = open.string(try open.model.identity())
  }
  return unsafe text
}

/// The number of words of the vocabulary; 0 on an error.
@c @implementation
public func spae_model_word_count(_ model: OpaquePointer?) -> Int32 {
  let open = unsafe try? Handle.object(model, as: OpenModel.self, "model")
  return Int32(open?.model.vocabulary.count ?? 0)
}

/// A word by its number, from 0; null on an error. The model owns the text.
@c @implementation
public func spae_model_word(_ model: OpaquePointer?, _ number: Int32) -> UnsafePointer<CChar>? {
  guard let open = unsafe try? Handle.object(model, as: OpenModel.self, "model"),
    (0..<Int32(open.model.vocabulary.count)).contains(number)
  else { return nil }
  return unsafe open.string(open.model.vocabulary[number])
}

/// The number of a word; an error if the vocabulary lacks it.
@c @implementation
public func spae_model_word_number(
  _ model: OpaquePointer?, _ word: UnsafePointer<CChar>?
) -> Int32 {
  guard let open = unsafe try? Handle.object(model, as: OpenModel.self, "model"),
    let word = unsafe word
  else { return -1 }
  return unsafe open.model.vocabulary.number(of: String(cString: word)) ?? -1
}

@c @implementation
package func spae_layer_count(_ width: Int32, _ height: Int32) -> Int32 {
  Int32((try? PyramidShape(width: width, height: height))?.depth ?? 0)
}

@c @implementation
package func spae_word_count(_ width: Int32, _ height: Int32, _ depth: Int32) -> Int32 {
  guard let shape = try? PyramidShape(width: width, height: height),
    (1...shape.depth).contains(Int(depth))
  else { return 0 }
  return Int32(shape.wordCount(toDepth: Int(depth)))
}

@c @implementation
package func spae_layer_size(
  _ width: Int32, _ height: Int32, _ layer: Int32, _ rows: UnsafeMutablePointer<Int32>?,
  _ columns: UnsafeMutablePointer<Int32>?
) -> Int32 {
  answered {
    let (rows, columns) = unsafe (try given(rows, "rows"), try given(columns, "columns"))
    let shape = try PyramidShape(width: width, height: height)
    guard (1...shape.depth).contains(Int(layer)) else {
      throw CallError.layer(layer, depth: shape.depth)
    }
    let size = shape.size(ofLayer: Int(layer))
    unsafe (rows.pointee, columns.pointee) = (Int32(size.rows), Int32(size.columns))
  }
}

@c @implementation
package func spae_encoded_size(
  _ width: Int32, _ height: Int32, _ encoding: UnsafePointer<spae_encoding>?,
  _ encodedWidth: UnsafeMutablePointer<Int32>?, _ encodedHeight: UnsafeMutablePointer<Int32>?
) -> Int32 {
  answered {
    let targets = unsafe (
      try given(encodedWidth, "encoded_width"), try given(encodedHeight, "encoded_height")
    )
    let wish = unsafe encoding?.pointee ?? spae_encoding_default
    let grid = try PyramidShape(of: wish, width: width, height: height).grid.scaled(by: patch)
    unsafe (targets.0.pointee, targets.1.pointee) = (Int32(grid.columns), Int32(grid.rows))
  }
}

/// Pixels a side of a latent cell, in every model.
private let patch = 8

extension PyramidShape {
  /// The shape of the pyramid that decodes to a picture of so many pixels.
  init(width: Int32, height: Int32) throws {
    let grid = GridSize(rows: Int(height) / patch, columns: Int(width) / patch)
    guard width % Int32(patch) == 0, height % Int32(patch) == 0, let shape = Self(grid: grid)
    else { throw CallError.pictureSize(width: width, height: height) }
    self = shape
  }

  /// The shape of the pyramid of a picture of so many pixels that is encoded so.
  fileprivate init(of wish: spae_encoding, width: Int32, height: Int32) throws {
    let size = Int(wish.size)
    guard width > 0, height > 0 else {
      throw CallError.picture(width: width, height: height, rowBytes: 3 * Int(width))
    }
    let shape =
      try fit(wish.fit) == .whole
      ? Self(shorterSide: size / patch, width: Int(width), height: Int(height))
      : Self(grid: size / patch)
    guard size % patch == 0, let shape else { throw EngineError.pictureSize(size) }
    self = shape
  }
}

/// Reads a picture file as RGB, [height, width, 3]; the caller frees the pixels.
@c @implementation
public func spae_picture_read(
  _ path: UnsafePointer<CChar>?, _ pixels: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?,
  _ width: UnsafeMutablePointer<Int32>?, _ height: UnsafeMutablePointer<Int32>?
) -> Int32 {
  answered {
    let path = unsafe try given(path, "path")
    let target = unsafe try given(pixels, "pixels")
    let (width, height) = unsafe (try given(width, "width"), try given(height, "height"))
    let image = unsafe try picture(path)
    let count = image.pixels.count
    guard let memory = unsafe malloc(count) else { throw CallError.outOfMemory }
    let copy = unsafe memory.bindMemory(to: UInt8.self, capacity: count)
    unsafe copy.update(from: image.pixels, count: count)
    unsafe (target.pointee, width.pointee, height.pointee) = (
      copy, Int32(image.width), Int32(image.height)
    )
  }
}

/// Reads a file whose name may be any bytes.
private func picture(_ path: UnsafePointer<CChar>) throws -> PixelImage {
  let name = unsafe FileName.text(at: path)
  do throws(ImageError) { return try ImageFile(path: name).image } catch {
    throw PictureError(name.printable, error)
  }
}

/// A picture's file with what is wrong with it.
private struct PictureError: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ error: ImageError) { description = "\(path): \(error)" }
}

/// Frees the pixels of `spae_picture_read`; null is allowed.
@c @implementation
public func spae_pixels_free(_ pixels: UnsafeMutablePointer<UInt8>?) { unsafe free(pixels) }

/// Encodes RGB, [height, width, 3], as numbers of words, layer after layer.
@c @implementation
public func spae_encode(
  _ model: OpaquePointer?, _ pixels: UnsafePointer<UInt8>?, _ width: Int32, _ height: Int32,
  _ rowBytes: Int, _ encoding: UnsafePointer<spae_encoding>?,
  _ words: UnsafeMutablePointer<Int32>?, _ capacity: Int
) -> Int32 {
  answered {
    let open = unsafe try Handle.object(model, as: OpenModel.self, "model")
    let target = unsafe try given(words, "words")
    let wish = unsafe encoding?.pointee ?? spae_encoding_default
    let weight = wish.semantic_weight
    guard weight >= 0, weight <= 1000 else { throw CallError.semanticWeight(weight) }
    let shape = try PyramidShape(of: wish, width: width, height: height)
    try require(shape.wordCount, in: capacity)
    let image = unsafe try PixelImage(pixels, width: width, height: height, rowBytes: rowBytes)
    let pyramid = try open.model.encode(
      image, size: Int(wish.size), fit: try fit(wish.fit), semanticWeight: weight)
    unsafe target.update(from: pyramid.words, count: pyramid.words.count)
  }
}

private func fit(_ number: Int32) throws -> Fit {
  switch Int(number) {
  case SPAE_FIT_CROP: .crop
  case SPAE_FIT_PAD: .pad
  case SPAE_FIT_STRETCH: .stretch
  case SPAE_FIT_WHOLE: .whole
  default: throw CallError.fit(number)
  }
}

/// Decodes words to RGB, [size, size, 3], in the caller's memory.
@c @implementation
public func spae_decode(
  _ model: OpaquePointer?, _ words: UnsafePointer<Int32>?, _ count: Int, _ width: Int32,
  _ height: Int32, _ depth: Int32, _ pixels: UnsafeMutablePointer<UInt8>?, _ capacity: Int
) -> Int32 {
  answered {
    let open = unsafe try Handle.object(model, as: OpenModel.self, "model")
    let shape = try PyramidShape(width: width, height: height)
    let pyramid = unsafe try Pyramid(words, count: count, shape: shape)
    let picture = try open.model.decode(pyramid, depth: depth == 0 ? nil : Int(depth))
    unsafe try picture.copy(to: pixels, capacity: capacity)
  }
}
