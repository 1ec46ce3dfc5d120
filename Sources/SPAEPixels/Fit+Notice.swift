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
