/// How a camera was held: the eight orientations of EXIF.
enum Orientation: Int {
  case upright = 1
  case mirrored, halfTurn, flipped, transposed, quarterTurn, transverse, threeQuarterTurn

  /// What a careful person would like to know of it.
  var notes: [String] {
    self == .upright ? [] : ["it was turned as its orientation tag says"]
  }

  /// The picture upright.
  func applied(to image: PixelImage) -> PixelImage {
    guard self != .upright else { return image }
    let turned = rawValue >= 5
    let (width, height) = turned ? (image.height, image.width) : (image.width, image.height)
    var result = PixelImage(width: width, height: height, colour: .white)
    for row in 0..<height {
      for column in 0..<width {
        let (y, x) = source(row, column, width, height)
        for channel in 0..<3 { result[row, column, channel] = image[y, x, channel] }
      }
    }
    return result
  }

  private func source(_ row: Int, _ column: Int, _ width: Int, _ height: Int) -> (Int, Int) {
    switch self {
    case .upright: (row, column)
    case .mirrored: (row, width - 1 - column)
    case .halfTurn: (height - 1 - row, width - 1 - column)
    case .flipped: (height - 1 - row, column)
    case .transposed: (column, row)
    case .quarterTurn: (width - 1 - column, row)
    case .transverse: (width - 1 - column, height - 1 - row)
    case .threeQuarterTurn: (column, height - 1 - row)
    }
  }
}
