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
    commandName: "compare", abstract: "Tell the words and the pictures of two pyramids apart.",
    discussion: "Rows and columns are counted from 1. A picture is encoded first.")

  @OptionGroup var model: ModelOption

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
    let model = try model.load()
    let pyramids = try [first, second].map { try pyramid($0, model) }
    let shape = pyramids[0].shape
    guard shape == pyramids[1].shape else {
      throw Failure(
        "\(first) has a grid of \(shape.grid) cells, \(second) of \(pyramids[1].shape.grid);"
          + " only pyramids of one size can be compared")
    }
    let pictures = try pyramids.map { try model.decode($0) }
    let psnr = pictures[0].psnr(to: pictures[1])
    let report = Report(
      differences: differences(pyramids, model.vocabulary), psnr: psnr.isFinite ? psnr : nil,
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

  private func pyramid(_ path: String, _ model: Model) throws -> Pyramid {
    switch try Input(path: path, model: model) {
    case .pyramid(let document): document.pyramid
    case .picture(let file): try model.encode(file.image)
    }
  }

  private func differences(_ pyramids: [Pyramid], _ vocabulary: Vocabulary) -> [Difference] {
    let shape = pyramids[0].shape
    return (1...shape.depth).flatMap { layer in
      shape.cells(ofLayer: layer).filter { pyramids[0][$0] != pyramids[1][$0] }.map {
        Difference(
          layer: layer, row: $0.row + 1, column: $0.column + 1,
          first: vocabulary[pyramids[0][$0]], second: vocabulary[pyramids[1][$0]])
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
