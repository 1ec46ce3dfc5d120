// Prints the words of a picture's first three layers, and writes the picture that they give.
//
//   swift run words MODEL-FOLDER photo.jpg coarse.png
import Foundation
import SPAE

let arguments = CommandLine.arguments
guard arguments.count == 4 else { exit(2) }

let model = try Model(folder: arguments[1])
let pyramid = try model.encode(try ImageFile(path: arguments[2]).image, fit: .whole)
for layer in 1...3 {
  for row in pyramid.rows(ofLayer: layer, vocabulary: model.vocabulary) {
    print("\(layer) ", row.joined(separator: " "))
  }
}
let coarse = try model.decode(pyramid, depth: 3)
try Data(coarse.pngBytes()).write(to: URL(fileURLWithPath: arguments[3]))
