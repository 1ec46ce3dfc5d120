import Glibc
import SPAESystem

/// The programs ffmpeg and ffprobe, where they are installed.
///
/// They are started without a shell, read nothing but the one file, and ask nobody.
package struct FFmpeg: Sendable {
  package let program: String
  package let probe: String

  /// How long it may do nothing before it is ended.
  package let patience: Duration

  package init(patience: Duration = .seconds(60)) throws(FrameError) {
    guard let program = FileSystem.program("ffmpeg"), let probe = FileSystem.program("ffprobe")
    else { throw .ffmpegMissing }
    (self.program, self.probe, self.patience) = (program, probe, patience)
  }

  /// Takes other programs of the same arguments.
  package init(program: String, probe: String, patience: Duration) {
    (self.program, self.probe, self.patience) = (program, probe, patience)
  }

  var milliseconds: Int32 { Int32(patience / .milliseconds(1)) }

  /// Arguments that name a file to read: whatever its name, it is a file, and so is all that it
  /// leads to.
  static func input(_ path: String) -> [String] {
    ["-protocol_whitelist", "file", "-i", "file:\(path)"]
  }

  func start(
    _ arguments: [String], by program: String? = nil,
    _ connections: ChildProcess.Connections = .init()
  ) throws(FrameError) -> ChildProcess {
    let program = program ?? self.program
    do throws(SystemError) {
      let log = try FileSystem.unnamedFile()
      return try ChildProcess([program] + arguments, log: log, connections)
    } catch {
      throw .unreadable("\(program) cannot be started: \(error)")
    }
  }

  /// What a child writes to its standard output.
  ///
  /// Its errors do not count frames.
  func reader(of child: ChildProcess) -> ByteReader {
    ByteReader { bytes, start throws(FrameError) in
      do throws(SystemError) {
        return try child.read(into: &bytes, from: start, milliseconds: milliseconds)
      } catch {
        throw failure(error, of: child, behind: 0)
      }
    }
  }

  /// What goes wrong between it and us, with what it said.
  func failure(
    _ error: SystemError, of child: ChildProcess, behind frames: Int
  ) -> FrameError {
    if error.code == ETIMEDOUT {
      child.kill()
      return .ffmpegSilent(
        frames: frames, seconds: Int(patience / .seconds(1)), log: child.lastLines(3))
    }
    return ending(of: child, behind: frames) ?? .unreadable("\(error)")
  }

  /// Why it ended; nil where it did its work.
  func ending(of child: ChildProcess, behind frames: Int) -> FrameError? {
    guard child.hasEnded(within: patience) else {
      return failure(SystemError(code: ETIMEDOUT), of: child, behind: frames)
    }
    guard let status = child.exitStatus else { return nil }
    // A limit on the size of files has ended it.
    if status == 128 + SIGXFSZ { return .unwritable(by: SystemError(code: EFBIG)) }
    let log = child.lastLines(50)
    if let lack = Self.lackOfSpace(in: log) { return .unwritable(by: lack) }
    if status == 0, !log.contains(where: Self.isCutShort) { return nil }
    return .ffmpegFailed(frames: frames, status: status, log: child.lastLines(3))
  }

  /// Whether a line says that the end of the file could not be written: for some formats ffmpeg ends
  /// with status 0 even then.
  private static func isCutShort(_ line: String) -> Bool {
    ["Error writing trailer of /dev/fd/3", "Error closing file /dev/fd/3"]
      .contains(where: line.hasPrefix)
  }

  /// What keeps ffmpeg from writing a file on, as it repeats the system's words.
  private static func lackOfSpace(in log: [String]) -> SystemError? {
    [ENOSPC, EDQUOT, EFBIG].map(SystemError.init).first { error in
      log.contains { $0.lowercased().contains("\(error)") }
    }
  }
}
