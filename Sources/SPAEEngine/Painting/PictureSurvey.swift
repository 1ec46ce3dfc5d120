package import SPAEColour

/// What a picture shows: which things, where, how many, of which colours, and how sure that is.
package struct PictureSurvey: Hashable, Sendable {
  /// Something that has a name.
  package struct Thing: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// The word of the upper layers that fits best what the classifier sees.
      case subject
      /// What the detection branch found.
      case people, object
      /// What the segmentation branch saw: sky, grass, buildings ...
      case stuff
    }

    package var name: String
    package var kind: Kind
    /// 0 to 1.
    package var sureness: Float
    /// How much of the picture it fills, 0 to 1.
    package var share: Float
    /// Its middle, in shares of the picture's sides.
    package var x: Float
    package var y: Float
    /// How many there are; nil for what is not counted.
    package var count: Int?
    /// What most of it has, the commonest first; none where it has many.
    package var colours: [BasicColour]
    /// Where much of it is, or what it fills.
    package var parts: [Part]
  }

  /// A part of the picture.
  package enum Part: String, CaseIterable, Sendable {
    case whole, top, middle, bottom, left, right

    /// The rows and columns in shares of the sides.
    var box: (rows: ClosedRange<Float>, columns: ClosedRange<Float>) {
      switch self {
      case .whole: (0...1, 0...1)
      case .top: (0...0.33, 0...1)
      case .middle: (0.33...0.67, 0.33...0.67)
      case .bottom: (0.67...1, 0...1)
      case .left: (0...1, 0...0.33)
      case .right: (0...1, 0.67...1)
      }
    }
  }

  /// The most important first.
  package var things: [Thing]
  package var colours: [Part: [BasicColour]]
  /// Whether people are counted: a model without a detection branch finds none.
  package var countsPeople: Bool
  /// Names of what the frozen branches know and see nothing of.
  package var absent: [String]
  /// Names of such classes that what is seen has, too: water where the sea is.
  package var otherNames: [String: String]
}
