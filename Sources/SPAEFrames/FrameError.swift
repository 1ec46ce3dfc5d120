import SPAEPixels
import SPAESystem

/// Why a clip cannot be read or written, or only in part; the file's name is the caller's to add.
package enum FrameError: Error, Hashable, Sendable {
  case unreadable(String)
  case empty
  case notAClip
  case still
  /// The beginning says what cannot be.
  case corrupt(format: String, reason: String)
  case unsupported(format: String, reason: String)
  case noFrames(format: String)
  /// The clip ends too early, or is damaged, behind so many whole frames.
  case cutShort(format: String, frames: Int, reason: String)
  case noRate(format: String)
  /// The clip ends, after so many seconds, before the first frame that is wanted.
  case nothingSelected(seconds: Double)
  case tooLarge(width: Int, height: Int, limit: Int)
  case tooManyBytes(format: String, limit: Int)
  case needsFile
  case ffmpegMissing
  /// ffprobe finds no film in the file.
  case notOpened(log: [String])
  case ffmpegFailed(frames: Int, status: Int32, log: [String])
  case ffmpegSilent(frames: Int, seconds: Int, log: [String])
  case unwritable(String)
}

extension FrameError {
  /// Why a file that begins so is no film.
  package static func noFilm(_ prefix: some Collection<UInt8>) -> FrameError {
    PictureFormat.isRead(prefix) ? .still : .notAClip
  }

  /// The same error, behind so many whole frames.
  func behind(_ frames: Int) -> FrameError {
    switch self {
    case .ffmpegSilent(_, let seconds, let log):
      .ffmpegSilent(frames: frames, seconds: seconds, log: log)
    case .ffmpegFailed(_, let status, let log):
      .ffmpegFailed(frames: frames, status: status, log: log)
    default: self
    }
  }

  /// How many frames were whole before the error, where some may have been.
  package var wholeFrames: Int {
    switch self {
    case .cutShort(_, let frames, _), .ffmpegFailed(let frames, _, _),
      .ffmpegSilent(let frames, _, _):
      frames
    default: 0
    }
  }
}

extension FrameError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let reason): reason
    case .empty: "the file is empty; expected a film"
    case .still: "a picture with one frame, not a film"
    case .notAClip: "not a film: neither its content nor the ending of its name is one's"
    case .corrupt(let format, let reason): "the \(format) film is damaged: \(reason)"
    case .unsupported(let format, let reason):
      "the \(format) film is of a kind that is not read (\(reason)); make a usual one of it:"
        + " ffmpeg -i FILE -pix_fmt yuv420p NEW.y4m"
    case .noFrames(let format): "the \(format) film has no frame"
    case .cutShort(let format, let frames, let reason):
      "the \(format) film is cut short or damaged"
        + " \(frames == 0 ? "in its first frame" : "behind frame \(frames)"): \(reason)"
    case .noRate(let format):
      "the \(format) film does not say its frame rate; say it with --fps, such as --fps 25"
    case .nothingSelected(let seconds):
      "no frame is chosen: the film ends after \((seconds * 100).rounded() / 100) s;"
        + " --from names an earlier time"
    case .tooLarge(let width, let height, let limit):
      "its frames have \(width) x \(height) pixels; at most \(limit) pixels,"
        + " and \(Self.greatestSide) a side, are read, so make it smaller first: ffmpeg -i FILE -vf scale=640:-2 NEW.mp4"
    case .tooManyBytes(let format, let limit):
      "the \(format) film has more than \(limit) bytes; cut it first, or make an MP4 of it"
    case .needsFile:
      "on standard input films are read as y4m, GIF or WebP; for others name the file, or put"
        + " ffmpeg -i FILE -f yuv4mpegpipe - before it"
    case .ffmpegMissing, .notOpened, .ffmpegFailed, .ffmpegSilent: ofFFmpeg
    case .unwritable(let reason): "the film cannot be written: \(reason)"
    }
  }

  private var ofFFmpeg: String {
    switch self {
    case .notOpened(let log):
      "ffmpeg finds no film in it: it is none, or was cut short or damaged\(Self.lines(log))"
    case .ffmpegFailed(let frames, let status, let log):
      "ffmpeg ended with status \(status)\(Self.place(frames))\(Self.lines(log))"
    case .ffmpegSilent(let frames, let seconds, let log):
      "ffmpeg did nothing for \(seconds) s\(Self.place(frames)) and was ended\(Self.lines(log))"
    default:
      "films of this format need the program ffmpeg; install it with apt install ffmpeg"
    }
  }

  private static func place(_ frames: Int) -> String { frames > 0 ? " behind frame \(frames)" : "" }

  private static func lines(_ log: [String]) -> String {
    log.isEmpty ? "" : "; its last lines: " + log.map(withoutAddress).joined(separator: " / ")
  }

  /// A line without the address of the part of ffmpeg that wrote it: "[mov @ 0x5604]".
  private static func withoutAddress(_ line: String) -> String {
    line.replacing(/\ @ 0x[0-9a-f]+\]/, with: "]")
  }
}
