import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae compare`: how two pyramids, or pictures, differ.
struct CompareCommand: ParsableCommand {
  struct Difference: Encodable {
    let layer: Int
    let row: Int
    let column: Int
    let first: String
    let second: String
  }

  struct Report: Encodable {
    let differences: [Difference]
    let psnr: Double?
    let ssim: Double
  }

  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two pyramids or films: their words and decoded pictures.",
    discussion: """
      Rows and columns are counted from 1. Each pyramid is decoded with the model that it names. A \
      picture is encoded first, with the model of the pyramid that it is compared with.

      A clip and the film of words that was made of it, or two of either, are compared frame by \
      frame: PSNR, the words that the film writes, and flicker, which is how much pixels that stand \
      still in the first film change from frame to frame (a mean squared error). Frames of the clip \
      become as large as those of the film. A film that was made with --from is compared with its \
      clip from there on; --from and --to are times of the film.
      """)

  @OptionGroup var models: ModelsOption

  @OptionGroup var input: PictureOptions

  @OptionGroup var frames: FrameOptions

  @Option(help: ArgumentHelp("Write a picture of the difference.", valueName: "file"))
  var image: String?

  @OptionGroup var overwriting: OverwriteOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        An object: differences, each with layer, row, column, first and second; psnr, which \
        equal pictures do not have; ssim. Of films: frames, each with psnr and words; psnr, \
        wordsPerFrame, flicker with first and second, differsInLength.
        """))
  var json = false

  @Argument(help: ArgumentHelp("A pyramid, a film of words, a picture or a clip.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("What it is compared with: another of these.", valueName: "b"))
  var second: String

  func validate() throws {
    try overwriting.validate(for: image)
    if let image, ImageEncoding(path: image) == nil {
      throw ValidationError("\(image): a picture's name ends in one of \(ImageEncoding.endings)")
    }
  }

  func run() throws {
    let models = try models.library()
    if let comparison = try comparison(with: models) {
      if json { try putJSON(comparison) } else { comparison.lines.forEach { print($0) } }
      return
    }
    guard !frames.areGiven else {
      throw Failure("\(first): no film; leave out --fps, --from and --to")
    }
    let sides = try sides(with: models)
    let shape = sides[0].pyramid.shape
    guard shape == sides[1].pyramid.shape else {
      throw Failure(
        "\(first) has a grid of \(shape.grid.text) cells, \(second) of"
          + " \(sides[1].pyramid.shape.grid.text); only pyramids of one size can be compared"
          + " (--size and --fit say how a picture is encoded)")
    }
    let pictures = try sides.map { try $0.model.decode($0.pyramid) }
    let psnr = pictures[0].psnr(to: pictures[1])
    let report = Report(
      differences: differences(sides), psnr: psnr.isFinite ? psnr : nil,
      ssim: pictures[0].ssim(to: pictures[1]))
    if let image, let encoding = ImageEncoding(path: image) {
      let difference = pictures[0].difference(to: pictures[1])
      try overwriting.file(image).write(try difference.bytes(as: encoding))
    }
    if json {
      try putJSON(report)
    } else {
      printed(report, shape)
    }
  }

  /// A pyramid with the model of its words.
  private struct Side {
    let pyramid: Pyramid
    let model: Model

    subscript(cell: CellAddress) -> String { model.vocabulary[pyramid[cell]] }
  }

  /// The comparison of two films; nil where neither is one.
  private func comparison(with models: ModelLibrary) throws -> FilmComparison? {
    let films = try [first, second].map { path in
      try OpenedFilm(path: path, models: models).map { FilmComparison.Side.words($0) }
        ?? (FilmComparison.isClip(path) ? .clip(path: path) : nil)
    }
    guard films.contains(where: { $0 != nil }) else { return nil }
    guard let one = films[0], let other = films[1] else {
      let other = films[0] == nil ? first : second
      let isEmpty = FileSystem.start(of: other, count: 1).isEmpty
      throw Failure(
        "\(other): \(isEmpty ? "the file is empty" : "no film"); a film is compared with a film")
    }
    if image != nil { throw Failure("--image is for pictures; leave it out for films") }
    try input.refuse("\(first): a film has its own size")
    return try FilmComparison(one, other, frames.selection, showsProgress: true)
  }

  private func sides(with models: ModelLibrary) throws -> [Side] {
    let inputs = try [first, second].map {
      try Input(path: $0, models: models)
    }
    let pyramidModels = inputs.compactMap {
      if case .pyramid(_, let model) = $0 { model } else { nil }
    }
    if pyramidModels.count == 2 { try input.refuse("both are pyramids, which have their own size") }
    return try zip(inputs, [first, second]).map { file, path in
      let opened = try OpenedPicture(
        file, path: path, size: input.size, fit: input.fit ?? .whole,
        by: try pyramidModels.first ?? models.chosen())
      return Side(pyramid: opened.pyramid, model: opened.model)
    }
  }

  private func differences(_ sides: [Side]) -> [Difference] {
    let shape = sides[0].pyramid.shape
    return (1...shape.depth).flatMap { layer in
      shape.cells(ofLayer: layer).compactMap { cell in
        let (first, second) = (sides[0][cell], sides[1][cell])
        if first == second { return nil }
        return Difference(
          layer: layer, row: cell.row + 1, column: cell.column + 1, first: first, second: second)
      }
    }
  }

  private func printed(_ report: Report, _ shape: PyramidShape) {
    for each in report.differences {
      print("\(each.layer) (\(each.row),\(each.column))  \(each.first) -> \(each.second)")
    }
    let psnr = report.psnr.map { String(format: "%.2f dB", $0) } ?? "equal"
    print(
      "\(report.differences.count) of \(shape.wordCount) words differ;"
        + " pictures: PSNR \(psnr), SSIM \(String(format: "%.4f", report.ssim))")
  }
}

extension PixelImage {
  /// Grey where two pictures agree, lighter and darker by twice their difference.
  fileprivate func difference(to other: PixelImage) -> PixelImage {
    var result = self
    for index in pixels.indices {
      result.pixels[index] = UInt8(
        clamping: 128 + 2 * (Int(other.pixels[index]) - Int(pixels[index])))
    }
    return result
  }
}
