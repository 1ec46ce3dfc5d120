import CPicture

extension PictureFormat {
  static let gif = PictureFormat(
    "GIF", suffixes: ["gif"], mayMove: { !GIFBlocks($0).areStill }, signature: Array("GIF8".utf8),
    read: ImageFile.gif)
}

extension ImageFile {
  /// Reads the first frame of a GIF; what is transparent is laid on white.
  static func gif(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    let picture = try unsafe DecodedPicture(bytes, format: "GIF") {
      unsafe spae_gif_read($0, $1, $2, $3)
    }
    return ImageFile(
      picture, format: "GIF", notes: picture.pictureCount > 1 ? [firstFrameNote] : [])
  }
}

extension GIFBlocks {
  /// Whether there is one frame, and all of it.
  fileprivate var areStill: Bool { isWhole && times.count == 1 }
}
