package import SPAEPyramid

/// What the index keeps of a picture.
package struct EncodedPicture: Hashable, Sendable {
  package let pyramid: Pyramid
  package let upper: UpperLayers
  /// The direction of the mean of its upper words' text vectors, 8 bits a number, [text].
  package let meaning: [Int8]

  package init(pyramid: Pyramid, upper: UpperLayers, meaning: [Int8]) {
    (self.pyramid, self.upper, self.meaning) = (pyramid, upper, meaning)
  }
}

/// Whose words the index holds, and how they were made.
package struct PictureEncoding: Hashable, Sendable {
  /// The model's identity.
  package let model: String
  package let name: String
  /// The size and the fit, such as "128 whole".
  package let form: String
  package let vocabulary: Vocabulary

  package init(model: String, name: String, form: String, vocabulary: Vocabulary) {
    (self.model, self.name, self.form) = (model, name, form)
    self.vocabulary = vocabulary
  }

  package static func == (a: Self, b: Self) -> Bool { a.model == b.model && a.form == b.form }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(model)
    hasher.combine(form)
  }
}
