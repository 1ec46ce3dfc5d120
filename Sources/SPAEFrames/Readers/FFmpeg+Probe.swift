import FoundationEssentials
import SPAEPyramid

extension FFmpeg {
  /// What a file says of its film.
  struct Facts {
    let rate: FrameRate
    /// Whether its frames come at other times than those of the rate.
    let isVarying: Bool
    let duration: Double?
  }

  private struct Answer: Decodable {
    struct Stream: Decodable {
      var r_frame_rate: String?
      var avg_frame_rate: String?
      var duration: String?
    }

    struct Container: Decodable { var duration: String? }

    var streams: [Stream]?
    var format: Container?
  }

  /// Asks ffprobe; `format` names the film in errors.
  func facts(of path: String, format: String) throws(FrameError) -> Facts {
    let entries = "stream=r_frame_rate,avg_frame_rate,duration:format=duration"
    let child = try start(
      ["-v", "error", "-select_streams", "V:0", "-show_entries", entries, "-of", "json"]
        + Self.input(path), by: probe)
    let reader = reader(of: child)
    let bytes = try reader.rest(limit: Self.longestAnswer, format: format)
    if let failure = ending(of: child, behind: 0) {
      guard case .ffmpegFailed(_, let status, let log) = failure,
        Self.statusesOfInvalidFiles.contains(status)
      else { throw failure }
      throw .notOpened(log: log)
    }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)),
      let stream = answer.streams?.first
    else { throw .noFrames(format: format) }
    guard let rate = Self.rate(of: stream) else { throw .noRate(format: format) }
    let duration = (stream.duration ?? answer.format?.duration).flatMap { Double($0) }
    return Facts(rate: rate.rate, isVarying: rate.isVarying, duration: duration)
  }

  private static let longestAnswer = 1 << 20

  /// With what ffprobe ends where a file is not what it can read: 1, or the last byte of its error.
  private static let statusesOfInvalidFiles: Set<Int32> = [1, 183]

  /// The least rate at which all frames come in time; where that is much more than they are, their
  /// mean, as a whole number. A rate beyond `--fps` is a container's clock (100,000 of an APNG), not
  /// that of pictures.
  private static func rate(of stream: Answer.Stream) -> (rate: FrameRate, isVarying: Bool)? {
    let exact = stream.r_frame_rate.flatMap { FrameRate($0) }
    let mean = stream.avg_frame_rate.flatMap { FrameRate($0) }
    guard let mean else {
      let isClock = exact.map { $0.framesPerSecond > 1000 } ?? false
      return isClock ? FrameRate(25).map { ($0, true) } : exact.map { ($0, false) }
    }
    guard let exact else { return (mean, false) }
    let ratio = mean.framesPerSecond / exact.framesPerSecond
    if (0.97...1.03).contains(ratio) { return (exact, false) }
    let rounded = FrameRate(Int(max(1, mean.framesPerSecond.rounded())))
    return rounded.map { ($0, true) }
  }
}
