import Foundation
import SPAEGraphics
import SPAEPixels

/// `spae-bench graphics`: how long a picture takes to become escape sequences, beside libsixel and
/// libchafa where their programs are installed.
///
/// It is the processor's time that counts: on a busy machine the clock on the wall would tell more of
/// the others. A peer's is its program's, less what it takes for start-up and reading: img2sixel on a
/// picture of one pixel, chafa on the same picture drawn as one character.
struct GraphicsBench {
  struct Figures: Encodable {
    let work: String
    let runs: Int
    let medianMilliseconds: Double
    let bytes: Int
    var peers: [Peer] = []
  }

  struct Peer: Encodable {
    let command: String
    let medianMilliseconds: Double
    /// The peer's time over ours.
    let ratio: Double
  }

  /// A piece of work, and how others are asked for the same.
  private struct Work {
    let name: String
    let bytes: () -> [UInt8]
    var peers: [(command: [String], base: [String])] = []
  }

  private static let side = 640
  private static let (columns, rows) = (80, 40)
  private static let peerRuns = 15

  let image: PixelImage
  let runs: Int

  /// Takes the picture's middle, at the size that is measured.
  init(_ image: PixelImage, runs: Int) {
    self.image = image.fitted(to: Self.side, fit: .crop)
    self.runs = runs
  }

  /// All figures; the peers' pictures are in a folder of its own, which is removed again.
  func figures() throws -> [Figures] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("spae-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let picture = folder.appendingPathComponent("picture")
    try Data(image.pngBytes()).write(to: picture.appendingPathExtension("png"))
    try Data(portablePixmap(image)).write(to: picture.appendingPathExtension("ppm"))
    let pixel = folder.appendingPathComponent("pixel.ppm")
    try Data(portablePixmap(image.resampled(width: 1, height: 1))).write(to: pixel)
    return works(picture: picture.path, pixel: pixel.path).map(measured)
  }

  /// The figures as lines.
  static func table(_ figures: [Figures]) -> [String] {
    figures.flatMap { work in
      let name = work.work.padding(toLength: 46, withPad: " ", startingAt: 0)
      let time = String(format: "%8.2f ms", work.medianMilliseconds)
      return ["\(name)\(time)  \(work.bytes) bytes"]
        + work.peers.map { peer in
          let command = "  \(peer.command)".padding(toLength: 46, withPad: " ", startingAt: 0)
          return command
            + String(format: "%8.2f ms  %.1f times ours", peer.medianMilliseconds, peer.ratio)
        }
    }
  }

  private func works(picture: String, pixel: String) -> [Work] {
    let (png, ppm) = (picture + ".png", picture + ".ppm")
    let read = ["chafa", "-f", "symbols", "-s", "1x1", png]
    // Of 80 x 80 cells chafa makes 640 x 636 pixels.
    let sixels = ["chafa", "-f", "sixel", "-s", "80x80", "--stretch", png]
    func symbols(_ colours: String) -> [String] {
      ["chafa", "-f", "symbols", "--symbols", "quad", "-c", colours, "-s", "80x40", png]
    }
    return [
      Work(
        name: "sixel 640 x 640",
        bytes: { SixelEncoder.bytes(of: image) },
        peers: [
          (["img2sixel", "-b", "xterm256", ppm], ["img2sixel", "-b", "xterm256", pixel]),
          (sixels, read),
        ]),
      Work(
        name: "sixel 640 x 640, fine",
        bytes: { SixelEncoder.bytes(of: image, quality: .fine(colours: 256)) },
        peers: [(["img2sixel", ppm], ["img2sixel", pixel]), (sixels, read)]),
      Work(
        name: "quadrants 80 x 40, all colours", bytes: { blocks(.quadrants, .trueColour) },
        peers: [(symbols("full"), read)]),
      Work(
        name: "quadrants 80 x 40, 256 colours", bytes: { blocks(.quadrants, .palette256) },
        peers: [(symbols("256"), read)]),
      Work(
        name: "quadrants 80 x 40, 16 colours", bytes: { blocks(.quadrants, .palette16) },
        peers: [(symbols("16"), read)]),
      Work(name: "half blocks 80 x 40, all colours", bytes: { blocks(.halfBlocks, .trueColour) }),
      Work(
        name: "kitty 640 x 640, as it is", bytes: { (try? KittyEncoder.bytes(of: image)) ?? [] }),
    ]
  }

  private func blocks(_ style: BlockStyle, _ colours: ColourDepth) -> [UInt8] {
    let grid = BlockRenderer.cells(
      of: image, columns: Self.columns, rows: Self.rows, style: style, colours: colours)
    return Array(grid.lines.joined(separator: "\n").utf8)
  }

  private func measured(_ work: Work) -> Figures {
    let bytes = work.bytes().count
    let time = Self.median(
      (0..<runs).map { _ in
        let start = Self.processorTime(of: RUSAGE_SELF)
        _ = work.bytes()
        return Self.processorTime(of: RUSAGE_SELF) - start
      })
    var figures = Figures(work: work.name, runs: runs, medianMilliseconds: time, bytes: bytes)
    for (command, base) in work.peers {
      guard let peer = Self.peerTime(command, base: base) else { continue }
      figures.peers.append(
        Peer(
          command: command.dropLast().joined(separator: " "), medianMilliseconds: peer,
          ratio: peer / time))
    }
    return figures
  }

  /// A program's median less its base's, run in turn; nil where it is missing or fails.
  private static func peerTime(_ command: [String], base: [String]) -> Double? {
    var times: (whole: [Double], base: [Double]) = ([], [])
    for _ in 0..<peerRuns {
      guard let whole = time(of: command), let start = time(of: base) else { return nil }
      times.whole.append(whole)
      times.base.append(start)
    }
    return median(times.whole) - median(times.base)
  }

  /// What a program takes, in milliseconds.
  private static func time(of command: [String]) -> Double? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let start = processorTime(of: RUSAGE_CHILDREN)
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? processorTime(of: RUSAGE_CHILDREN) - start : nil
  }

  /// The processor's time so far, of this process or of those it started, in milliseconds.
  private static func processorTime(of whom: __rusage_who) -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(whom.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
    return Double(seconds) * 1000 + Double(microseconds) / 1000
  }

  private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

  /// A picture in the form that costs least to read.
  private func portablePixmap(_ image: PixelImage) -> [UInt8] {
    Array("P6\n\(image.width) \(image.height)\n255\n".utf8) + image.pixels
  }
}
