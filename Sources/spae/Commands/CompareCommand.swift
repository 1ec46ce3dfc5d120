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
    commandName: "compare", abstract: "Compare two pyramids: their words and decoded pictures.",
    discussion: """
      Rows and columns are counted from 1. Each pyramid is decoded with the model that it names. A \
      picture is encoded first, with the model of the pyramid that it is compared with.
      """)

  @OptionGroup var models: ModelsOption

  @OptionGroup var input: PictureOptions

  @Option(help: ArgumentHelp("Write a picture of the difference.", valueName: "file"))
  var image: String?

  @OptionGroup var overwriting: OverwriteOption

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: ArgumentHelp("A pyramid or a picture.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("Another.", valueName: "b"))
  var second: String

  func validate() throws {
    if let image, ImageEncoding(path: image) == nil {
      throw ValidationError("\(image): a picture's name ends in one of \(ImageEncoding.endings)")
    }
  }

  func run() throws {
    let sides = try sides()
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

  private func sides() throws -> [Side] {
    let models = try models.library()
    let inputs = try [first, second].map {
      try Input(path: $0, models: models, films: .firstFrame)
    }
    let pyramidModels = inputs.compactMap {
      if case .pyramid(_, let model) = $0 { model } else { nil }
    }
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
