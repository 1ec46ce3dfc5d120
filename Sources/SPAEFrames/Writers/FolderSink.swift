package import SPAEPixels
package import SPAESystem

/// Writes each frame as a PNG into a folder: `000001.png`, `000002.png` and so on.
package final class FolderSink: FrameSink {
  private let folder: String
  private let mayReplace: Bool
  /// The folders that it has made, which go again where no frame comes into them.
  private let made: [String]
  private var count = 0

  /// Makes the folder, or takes one that is there; frames in it are replaced only if they may be.
  package init(_ folder: String, mayReplace: Bool) throws(Failure) {
    self.folder = folder.hasSuffix("/") ? folder : folder + "/"
    self.mayReplace = mayReplace
    do throws(SystemError) { made = try FileSystem.makeFolder(folder) } catch {
      throw Failure("\(folder): the folder cannot be made: \(error)")
    }
    let names = (try? FileSystem.names(in: folder)) ?? []
    if !mayReplace, let taken = names.first(where: { $0.hasSuffix(".png") }) {
      throw Failure(
        "\(folder): holds pictures already, \(taken) among them; name another folder, or replace"
          + " them with --force")
    }
  }

  deinit { FileSystem.removeEmptyFolders(made) }

  package func put(_ image: PixelImage) throws(FrameError) {
    count += 1
    let number = String(count)
    let name = String(repeating: "0", count: max(0, 6 - number.utf8.count)) + number + ".png"
    do {
      let bytes = try image.bytes(as: .png)
      try OutputFile(folder + name, mayReplace: mayReplace).write(bytes)
    } catch let failure as Failure {
      throw .unwritable(failure.lines.joined(separator: "; "))
    } catch {
      throw .unwritable("\(error)")
    }
  }

  package func finish() throws(FrameError) {
    if count == 0 { throw .unwritable("it has no frame") }
  }
}
