extension Fit {
  /// Says what of a picture of `width` x `height` pixels is not in the square of `size` pixels that it
  /// becomes; nil where nothing is left out, or less than a pixel of the square.
  public func notice(width: Int, height: Int, size: Int) -> String? {
    let side = min(width, height)
    guard self == .crop, (max(width, height) - side) * size >= side else { return nil }
    return "only the middle square of \(width)x\(height) is used;"
      + " --fit pad or --fit stretch uses all of it"
  }
}

extension ImageFile {
  /// What a person should know of how the picture was read, and of what is left out of its square.
  public func notices(size: Int, fit: Fit) -> [String] {
    let cut = fit.notice(width: image.width, height: image.height, size: size)
    return notes + (cut.map { [$0] } ?? [])
  }
}
