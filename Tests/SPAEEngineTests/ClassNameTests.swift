import Foundation
import SPAEEngine
import SPAEPixels
import Testing

@Suite("The classes of the frozen classifier")
struct ClassNameTests {
  @Test(
    "The likeliest class of a picture has the name that stands at its number",
    arguments: [
      ("goldfish", "goldfish"), ("balloon", "balloon"), ("coffee", "espresso"),
      ("parrot", "macaw"),
    ])
  func likeliest(picture: String, name: String) throws {
    let root = TheEngineAgreesWithPyTorch.root
    let text = try String(contentsOfFile: root + "/Assets/language/classes.txt", encoding: .utf8)
    let names = text.split(separator: "\n").map(String.init)
    #expect(names.count == 1000)
    let model = try Model(folder: root + "/Assets/models/small")
    let image = try ImageFile(path: root + "/Assets/pictures/\(picture).png").image
    let classes = try model.classes(in: image)
    #expect(classes.count == 24)
    #expect(Set(classes).count == 24)
    #expect(classes.prefix(3).map { names[Int($0)] }.contains(name))
  }
}
