import SPAESystem

/// A format in which films are written, by the ending of a file's name.
package enum FilmEncoding: Hashable, Sendable {
  case y4m, gif, webP
  /// A picture for each frame.
  case folder
  /// One that ffmpeg writes.
  case foreign(Container)

  /// A container, and what it is filled with.
  package struct Container: Hashable, Sendable {
    /// The name that ffmpeg has for it.
    let format: String
    let arguments: [String]
  }

  /// nil for any other ending; a folder's name ends in a slash.
  package init?(path: String) {
    let ending = FileName.ending(of: path)
    if path.utf8.last == UInt8(ascii: "/") {
      self = .folder
    } else if path == "-" || ending == "y4m" {
      self = .y4m
    } else if ending == "gif" {
      self = .gif
    } else if ending == "webp" {
      self = .webP
    } else if let container = Self.containers[ending] {
      self = .foreign(container)
    } else {
      return nil
    }
  }

  /// Every ending as people write it.
  package static let endings =
    ".y4m, .gif, .webp, " + containers.keys.sorted().map { ".\($0)" }.joined(separator: ", ")
    + ", or / (a folder of PNG)"

  private static let containers: [String: Container] = [
    "mp4": h264("mp4"), "m4v": h264("mp4"), "mov": h264("mov"), "mkv": h264("matroska"),
    "webm": Container(
      format: "webm",
      arguments: usual + ["-c:v", "libvpx-vp9", "-crf", "18", "-b:v", "0", "-row-mt", "1"]),
    "avi": Container(format: "avi", arguments: usual + ["-c:v", "mpeg4", "-q:v", "2"]),
    "apng": Container(format: "apng", arguments: ["-c:v", "apng", "-plays", "0"]),
  ]

  /// Every player shows these pixels, whose sides are even.
  private static let usual = [
    "-vf",
    "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:flags=accurate_rnd,format=yuv420p",
    "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc",
    "bt709",
  ]

  /// Good enough for the eye; the head of an MP4 stands at its beginning.
  private static func h264(_ format: String) -> Container {
    let start = format == "matroska" ? [] : ["-movflags", "+faststart"]
    return Container(
      format: format, arguments: usual + ["-c:v", "libx264", "-crf", "14"] + start)
  }
}
