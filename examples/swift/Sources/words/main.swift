// Prints the words of a picture's first three layers, and writes the picture that they give.
//
//   swift run words MODEL-FOLDER photo.jpg coarse.png
import Foundation
import SPAE

let arguments = CommandLine.arguments
guard arguments.count == 4 else { exit(2) }

let model = try Model(folder: arguments[1])
let pyramid = try model.encode(try ImageFile(path: arguments[2]).image)
for layer in 1...3 {
  let words = pyramid.shape.cells(ofLayer: layer).map { model.vocabulary[pyramid[$0]] }
  print("\(layer) ", words.joined(separator: " "))
}
let coarse = try model.decode(pyramid, depth: 3)
try Data(coarse.pngBytes()).write(to: URL(fileURLWithPath: arguments[3]))
