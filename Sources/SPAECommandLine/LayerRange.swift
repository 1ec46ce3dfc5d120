package import ArgumentParser
package import SPAEPyramid
package import SPAESystem

/// Layers of a pyramid as a person names them: 2, or 1-3.
package struct LayerRange: ExpressibleByArgument {
  package let layers: ClosedRange<Int>

  package init(_ layers: ClosedRange<Int>) { self.layers = layers }

  package init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
      first >= 1, first <= last
    else { return nil }
    layers = first...last
  }

  package var defaultValueDescription: String { text }

  private var text: String {
    layers.count == 1 ? "\(layers.lowerBound)" : "\(layers.lowerBound)-\(layers.upperBound)"
  }

  /// Refuses layers that do not begin with the first.
  package func validateFromFirst() throws(ValidationError) {
    guard layers.lowerBound == 1 else { throw ValidationError("--layers must begin with 1") }
  }

  /// The layers, where the pyramid of a file has them all.
  package func within(_ shape: PyramidShape, of file: String) throws(Failure) -> ClosedRange<Int> {
    guard layers.upperBound <= shape.depth else {
      throw Failure("\(file): its layers are 1 to \(shape.depth), not \(text)")
    }
    return layers
  }
}
