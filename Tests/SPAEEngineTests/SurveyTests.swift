import SPAEColour
import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Testing

/// What the branches and the words say of whole pictures.
@Suite struct Surveys {
  private func survey(_ name: String) throws -> PictureSurvey {
    let model = try Model(folder: TheEngineAgreesWithPyTorch.root + "/Assets/models/small")
    let image = try ImageFile(
      path: TheEngineAgreesWithPyTorch.root + "/Assets/pictures/\(name).png"
    ).image
    return try model.survey(of: model.encode(image), in: image, fit: .whole)
  }

  @Test(
    "the main thing comes first",
    arguments: [
      ("balloon", ["balloon", "parachute"]), ("cat", ["cat", "kitten"]), ("dog", ["dog", "hound"]),
      ("sunflower", ["flower", "sunflower", "daisy"]), ("car", ["car", "automobile", "vehicle"]),
      ("mountain", ["mountain", "volcano"]),
    ])
  func main(name: String, names: [String]) throws {
    let first = try #require(try survey(name).things.first)
    #expect(names.contains(first.name), "\(first.name)")
    #expect(first.sureness >= 0.4)
  }

  @Test("the sky is blue and at the top, and nobody is there")
  func sky() throws {
    let survey = try survey("mountain")
    let sky = try #require(survey.things.first { $0.name == "sky" })
    #expect(sky.colours.first == .blue && sky.parts.contains(.top) && sky.y < 0.5)
    #expect(survey.countsPeople && !survey.things.contains { $0.kind == .people })
  }

  @Test("a model without a segmentation and a detection branch knows words and colours")
  func former() throws {
    let model = try Model(folder: TheEngineAgreesWithPyTorch.root + "/Assets/models/small-2026-11")
    let image = try ImageFile(path: TheEngineAgreesWithPyTorch.root + "/Assets/pictures/dog.png")
      .image
    let survey = try model.survey(of: model.encode(image), in: image, fit: .whole)
    #expect(survey.things.count == 1 && survey.things[0].kind == .subject)
    #expect(!survey.countsPeople && survey.colours[.whole] != nil)
  }

  @Test(
    "colours have the names that everybody gives them",
    arguments: [
      (RGB(0, 0, 0), BasicColour.black), (RGB(255, 255, 255), .white), (RGB(128, 128, 128), .grey),
      (RGB(255, 0, 0), .red), (RGB(255, 140, 0), .orange), (RGB(255, 230, 0), .yellow),
      (RGB(40, 140, 40), .green), (RGB(0, 0, 255), .blue), (RGB(135, 206, 235), .blue),
      (RGB(128, 0, 128), .purple), (RGB(255, 150, 190), .pink), (RGB(101, 55, 20), .brown),
      (RGB(225, 200, 160), .beige),
    ])
  func colours(colour: RGB, name: BasicColour) {
    #expect(BasicColour(CIELAB(colour)) == name)
  }
}
