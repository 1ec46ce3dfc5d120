import CSPAE
import SPAEEngine
import SPAEPixels
import SPAEPyramid

/// What a C caller did wrong; the engine's own errors say the rest.
enum CallError: Error, CustomStringConvertible {
  case missing(String)
  case wordCount(Int, of: PyramidShape)
  case pictureSize(width: Int32, height: Int32)
  case layer(Int32, depth: Int)
  case capacity(given: Int, needed: Int)
  case picture(width: Int32, height: Int32, rowBytes: Int)
  case fit(Int32)
  case semanticWeight(Float)
  case outOfMemory

  var description: String {
    switch self {
    case .missing(let argument): "\(argument) is NULL"
    case .wordCount(let count, let shape):
      "\(count) words: a pyramid over a grid of \(shape.grid.text) cells has \(shape.wordCount)"
    case .pictureSize(let width, let height):
      "no pyramid decodes to \(width)x\(height) pixels: both are multiples of 8, the shorter one is"
        + " 64, 128, 256 or 512, the other at most four times as long"
    case .layer(let layer, let depth): "layer \(layer): this pyramid has layers 1 to \(depth)"
    case .capacity(let given, let needed): "room for \(given), but \(needed) are needed"
    case .picture(let width, let height, let rowBytes):
      "a picture of \(width)x\(height) pixels in rows of \(rowBytes) bytes"
    case .fit(let fit):
      "fit \(fit): SPAE_FIT_WHOLE, SPAE_FIT_CROP, SPAE_FIT_PAD or SPAE_FIT_STRETCH"
    case .semanticWeight(let weight): "a semantic weight of \(weight): 0 to 1000"
    case .outOfMemory: "out of memory"
    }
  }
}

/// Runs a call: SPAE_OK, or SPAE_FAILED with the reason kept for this thread.
func answered(_ body: () throws -> Void) -> Int32 {
  do {
    try body()
    return Int32(SPAE_OK)
  } catch {
    unsafe spae_keep_error("\(error)")
    return Int32(SPAE_FAILED)
  }
}

/// The value of an argument that must not be NULL.
func given<Value>(_ value: Value?, _ name: String) throws -> Value {
  guard let value else { throw CallError.missing(name) }
  return value
}

/// Throws where the caller's memory is too small; a `size_t` may be above `Int.max`.
func require(_ needed: Int, in capacity: Int) throws {
  guard UInt(bitPattern: capacity) >= UInt(needed) else {
    throw CallError.capacity(given: capacity, needed: needed)
  }
}

/// A class instance behind an opaque pointer, which the caller holds and closes.
enum Handle {
  static func open(_ object: AnyObject) -> OpaquePointer {
    unsafe OpaquePointer(Unmanaged.passRetained(object).toOpaque())
  }

  static func object<Object: AnyObject>(
    _ handle: OpaquePointer?, as type: Object.Type, _ name: String
  ) throws -> Object {
    let handle = unsafe try given(handle, name)
    return unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
  }

  static func close<Object: AnyObject>(_ handle: OpaquePointer?, as type: Object.Type) {
    guard let handle = unsafe handle else { return }
    unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release()
  }
}

extension Pyramid {
  /// The pyramid of a shape that the caller's words make.
  init(_ words: UnsafePointer<Int32>?, count: Int, shape: PyramidShape) throws {
    let words = unsafe try given(words, "words")
    guard count == shape.wordCount,
      let pyramid = Pyramid(
        shape: shape, words: unsafe Array(UnsafeBufferPointer(start: words, count: count)))
    else { throw CallError.wordCount(count, of: shape) }
    self = pyramid
  }
}

extension PixelImage {
  /// Copies rows of RGB pixels.
  init(
    _ pixels: UnsafePointer<UInt8>?, width: Int32, height: Int32, rowBytes: Int
  ) throws {
    let pixels = unsafe try given(pixels, "pixels")
    let row = 3 * Int(width)
    guard width > 0, height > 0, rowBytes >= row, rowBytes <= Int.max / Int(height),
      Int(width) * Int(height) <= ImageFile.greatestPixels
    else { throw CallError.picture(width: width, height: height, rowBytes: rowBytes) }
    var copied: [UInt8] = []
    copied.reserveCapacity(row * Int(height))
    for y in 0..<Int(height) {
      unsafe copied.append(
        contentsOf: UnsafeBufferPointer(start: pixels + y * rowBytes, count: row))
    }
    self.init(width: Int(width), height: Int(height), pixels: copied)
  }

  /// Copies all pixels to the caller's memory.
  func copy(to target: UnsafeMutablePointer<UInt8>?, capacity: Int) throws {
    let target = unsafe try given(target, "pixels")
    try require(pixels.count, in: capacity)
    unsafe target.update(from: pixels, count: pixels.count)
  }
}
