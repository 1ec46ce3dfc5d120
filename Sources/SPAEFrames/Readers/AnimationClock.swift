import SPAEPyramid

/// Gives each frame of an animation its time.
struct AnimationClock {
  let times: FrameTimes
  let rate: FrameRate
  private(set) var count = 0
  private var milliseconds = 0

  init(_ times: FrameTimes, format: String) throws(FrameError) {
    guard !times.durations.isEmpty else { throw .noFrames(format: format) }
    guard let rate = times.rate else { throw .noRate(format: format) }
    (self.times, self.rate) = (times, rate)
  }

  /// The seconds of the next frame's beginning, and of its length.
  mutating func next() -> (time: Double, duration: Double) {
    let own = times.durations[min(count, times.durations.count - 1)]
    defer {
      count += 1
      milliseconds += own
    }
    guard times.isSteady else { return (Double(milliseconds) / 1000, Double(own) / 1000) }
    let step = 1 / rate.framesPerSecond
    let isLast = count >= times.durations.count - 1
    return (rate.seconds(toFrame: count), isLast ? max(step, Double(own) / 1000) : step)
  }

  /// The seconds of all frames.
  var duration: Double { Double(times.total) / 1000 }

  /// Says that frames are shown for different times; nothing for a steady film.
  var notices: [String] {
    times.isSteady
      ? [] : ["its frames are shown for different times: \(rate) a second show each in time"]
  }
}
