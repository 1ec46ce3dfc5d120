import SPAEColour
package import SPAEPixels
import SPAEPyramid

extension UpperLayers {
  /// The colours of layer 3 as a picture of a pixel a position: what it looks like from afar.
  package var picture: PixelImage {
    let size = shape.size(ofLayer: Self.depth)
    let colours = colours.dropFirst(shape.wordCount(toDepth: Self.depth - 1))
    return PixelImage(
      width: size.columns, height: size.rows,
      pixels: colours.flatMap { [$0.red, $0.green, $0.blue] })
  }
}
