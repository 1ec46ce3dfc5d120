package import SPAEPyramid

/// Which frames of a clip are taken.
package struct FrameSelection: Hashable, Sendable {
  /// nil: that of the clip.
  package var rate: FrameRate?

  /// Seconds since the clip's beginning.
  package var from: Double
  /// nil: the clip's end.
  package var to: Double?

  package init(rate: FrameRate? = nil, from: Double = 0, to: Double? = nil) {
    (self.rate, self.from, self.to) = (rate, from, to)
  }

  /// Reads seconds, `12.5`, or minutes and hours with them, `1:02` and `1:02:03.5`.
  package static func seconds(_ text: some StringProtocol) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count) else { return nil }
    let isPlain = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.count <= 15
        && part.allSatisfy { ("0"..."9").contains($0) || $0 == "." }
    }
    guard isPlain, let last = parts.last.flatMap({ Double($0) }) else { return nil }
    let whole = parts.dropLast().map { Int($0) }
    guard whole.allSatisfy({ $0 != nil }) else { return nil }
    guard parts.count == 1 || last < 60, parts.count < 3 || (whole[1] ?? 60) < 60 else {
      return nil
    }
    return whole.reduce(0) { 60 * $0 + Double($1 ?? 0) } * (parts.count == 1 ? 1 : 60) + last
  }
}

/// The chosen frames of a clip at a constant rate: each is the one that is shown at its time.
package final class SelectedFrames: FrameSource {
  package let rate: FrameRate
  package var format: String { source.format }
  package var notices: [String] { source.notices }

  private let source: any FrameSource
  private let selection: FrameSelection
  private var shown: Frame?
  private var coming: Frame?
  private var failure: FrameError?
  private var hasBegun = false
  private var count = 0

  package init(_ source: any FrameSource, _ selection: FrameSelection) {
    (self.source, self.selection) = (source, selection)
    rate = selection.rate ?? source.rate
  }

  package var duration: Double? {
    let end = [selection.to, source.duration].compactMap { $0 }.min()
    return end.map { max(0, $0 - selection.from) }
  }

  package func next() throws(FrameError) -> Frame? {
    if !hasBegun { try begin() }
    let time = selection.from + rate.seconds(toFrame: count)
    if let to = selection.to, time >= to - Self.tolerance { return nil }
    while let coming, coming.time <= time + Self.tolerance { advance(to: coming) }
    guard let shown, time < shown.end - Self.tolerance || coming != nil else {
      if let failure { throw failure }
      if count == 0, shown != nil { throw .nothingSelected(seconds: shown?.end ?? 0) }
      return nil
    }
    defer { count += 1 }
    return Frame(
      image: shown.image, time: rate.seconds(toFrame: count), duration: 1 / rate.framesPerSecond)
  }

  /// Times are compared with so many seconds of grace, for they are sums of fractions.
  private static let tolerance = 1e-6

  private func begin() throws(FrameError) {
    hasBegun = true
    coming = try source.next()
  }

  /// Reads one frame ahead: what breaks behind it is said when the frames before have been given.
  private func advance(to frame: Frame) {
    shown = frame
    do throws(FrameError) { coming = try source.next() } catch { (coming, failure) = (nil, error) }
  }
}
