extension Fit {
  /// Says what of a picture of `width` x `height` pixels is left out where its shorter side becomes
  /// `size` pixels; nil where nothing is, or less than a pixel.
  package func notice(width: Int, height: Int, size: Int) -> String? {
    let (short, long) = (min(width, height), max(width, height))
    switch self {
    case .pad, .stretch: return nil
    case .crop:
      guard (long - short) * size >= short else { return nil }
      return "only the middle square of \(width)x\(height) is used;"
        + " --fit whole, pad or stretch uses all of it"
    case .whole:
      guard (long - Self.greatestAspect * short) * size >= short else { return nil }
      let kept = Self.greatestAspect * short
      return "only the middle \(width > height ? "\(kept)x\(short)" : "\(short)x\(kept)")"
        + " of \(width)x\(height) is used: a pyramid is at most four times as long as high;"
        + " --fit pad or stretch uses all of it"
    }
  }
}

extension ImageFile {
  /// What a person should know of how the picture was read, and of what is left out.
  package func notices(size: Int, fit: Fit) -> [String] {
    let cut = fit.notice(width: image.width, height: image.height, size: size)
    return notes + (cut.map { [$0] } ?? [])
  }
}
