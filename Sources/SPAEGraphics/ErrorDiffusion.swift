import CKernels
import SPAEPixels

/// Pictures in a palette of their own, each pixel's error handed on to its neighbours
/// (Floyd and Steinberg, 1976), every second row from right to left.
///
/// A pixel waits for the one before it. So a large picture is four bands, which the kernel works on
/// in turn; each begins some rows early, that its errors have settled where it counts.
enum ErrorDiffusion {
  /// The picture in at most `colours` colours, 2 to 256.
  static func indexed(_ image: PixelImage, colours: Int) -> IndexedPicture {
    let palette = AdaptivePalette.colours(of: image, count: colours)
    let count = image.width * image.height
    let indices = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      unsafe diffuse(image, palette.map(\.shown), into: target.baseAddress)
      filled = count
    }
    return IndexedPicture(
      width: image.width, height: image.height, indices: indices, palette: palette)
  }

  private static func diffuse(
    _ image: PixelImage, _ palette: [SIMD4<Float>], into indices: UnsafeMutablePointer<UInt8>?
  ) {
    // What is missing at the end is so far away that it is never chosen.
    let far = repeatElement(SIMD4<Float>(repeating: 1e9), count: (16 - palette.count % 16) % 16)
    let padded = palette + far
    let axes = (0..<3).flatMap { axis in padded.map { $0[axis] } }
    var known = [Int16](repeating: -1, count: 1 << 15)
    var errors = [Float](
      repeating: 0, count: 8 * Int(spae_bands) * (image.width + 2))
    unsafe padded.withUnsafeBytes { palette in
      unsafe image.pixels.withUnsafeBufferPointer { pixels in
        unsafe axes.withUnsafeBufferPointer { axes in
          unsafe known.withUnsafeMutableBufferPointer { known in
            unsafe errors.withUnsafeMutableBufferPointer { errors in
              var task = unsafe spae_diffusion(
                pixels: pixels.baseAddress, width: image.width, height: image.height,
                palette: palette.bindMemory(to: Float.self).baseAddress,
                axes: axes.baseAddress, colours: padded.count, known: known.baseAddress,
                errors: errors.baseAddress, indices: indices)
              unsafe spae_fastest_kernels().pointee.diffuse(&task)
            }
          }
        }
      }
    }
  }
}
