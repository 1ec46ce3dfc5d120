import SPAEPixels
import SPAEPyramid

// What the linear decoder is to give, and what it is short of.
extension Refinement {
  /// Sets the linear decoder's targets: its prediction plus the error of the decoded picture.
  ///
  /// If nothing was decoded, the target is the picture itself.
  func note(
    _ picture: PixelImage, in space: Workspace, decodedIn decoded: Decoder.Workspace?,
    with context: Context
  ) {
    space.forget(space.targets.bounds, reach: 0)
    if decoded == nil, space.targetPixels == picture.pixels { return }
    space.targetPixels = decoded == nil ? picture.pixels : []
    let (width, targets) = (picture.width, space.targets)
    let (patch, weights) = (width / targets.width, weights ?? [])
    context.parallel.forEachPart(of: targets.height, work: 32 * width * picture.height) { rows in
      unsafe withPointers(picture.pixels, Self.colours, weights) { pixels, colours, weights in
        for row in rows.lowerBound * patch..<rows.upperBound * patch {
          for column in 0..<targets.width {
            // Rows of a patch's pixels, of one channel each.
            let number = row % patch * patch
            let first = row * width + column * patch
            for channel in 0..<3 {
              let offset = number + channel * patch * patch
              let own = unsafe targets.pixel(row / patch, column) + offset
              let bytes = unsafe pixels + first * 3 + channel
              for i in 0..<patch { unsafe own[i] = colours[Int(bytes[3 * i])] }
              guard let decoded else { continue }
              let linear = unsafe decoded.linear.patches.pixel(row / patch, column) + offset
              let found = unsafe decoded.picture.baseAddress.unsafelyUnwrapped + first * 3 + channel
              unsafe Self.add(
                linear, less: found, count: patch, weights: weights.map { unsafe $0 + first },
                to: own)
            }
          }
        }
      }
    }
  }

  /// Adds a prediction less the decoded numbers, of which every third counts, to a row of targets.
  private static func add(
    _ linear: UnsafePointer<Float>, less found: UnsafePointer<Float>, count: Int,
    weights: UnsafePointer<Float>?, to own: UnsafeMutablePointer<Float>
  ) {
    guard let weights = unsafe weights else {
      for i in 0..<count { unsafe own[i] += linear[i] - found[3 * i] }
      return
    }
    for i in 0..<count {
      let missing = unsafe own[i] - found[3 * i]
      unsafe own[i] += linear[i] - found[3 * i]
      let more = unsafe weights[i] - 1
      if more != 0 { unsafe own[i] += more * missing }
    }
  }

  /// Lends pixels, colours and weights without the checks that would cost more than the work on them;
  /// no weights where there are none.
  private func withPointers(
    _ pixels: [UInt8], _ colours: [Float], _ weights: [Float],
    _ body: (UnsafePointer<UInt8>, UnsafePointer<Float>, UnsafePointer<Float>?) -> Void
  ) {
    unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe colours.withUnsafeBufferPointer { colours in
        unsafe weights.withUnsafeBufferPointer { weights in
          guard let pixels = pixels.baseAddress, let colours = colours.baseAddress
          else { return }
          unsafe body(pixels, colours, weights.isEmpty ? nil : weights.baseAddress)
        }
      }
    }
  }

  /// A byte's numbers in [-1, 1].
  private static let colours = (0...255).map { Float($0) / 127.5 - 1 }

  /// Sets the errors of the patches, unless they are there: targets less the linear decoder's
  /// prediction.
  func compare(_ prediction: Plane, in space: Workspace, with context: Context) {
    guard !space.hasErrors else { return }
    space.hasErrors = true
    let (errors, targets) = (space.gradient.errors, space.targets)
    let work = prediction.height * prediction.width * prediction.channels
    context.parallel.forEachPart(of: prediction.height, work: 16 * work) { rows in
      for row in rows {
        for column in 0..<prediction.width {
          let error = unsafe errors.pixel(row, column)
          let target = unsafe targets.pixel(row, column)
          let linear = unsafe prediction.pixel(row, column)
          for i in 0..<prediction.channels { unsafe error[i] = target[i] - linear[i] }
        }
      }
    }
  }
}
