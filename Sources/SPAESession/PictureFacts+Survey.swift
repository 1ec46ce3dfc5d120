import SPAEColour
package import SPAEEngine
package import SPAEFiles
package import SPAELanguage
import SPAEPixels
package import SPAEPyramid

extension OpenedPicture {
  /// What is known of the picture, or of what the words decode to if the file holds words.
  package func facts(layers: ClosedRange<Int>) throws -> PictureFacts {
    let image = if let image { image } else { try model.decode(pyramid) }
    let survey = try model.withoutReuse {
      try model.survey(of: pyramid, in: image, fit: .whole, layers: layers)
    }
    return PictureFacts(of: pyramid, survey, layers: layers, vocabulary: model.vocabulary)
  }
}

extension PictureFacts {
  /// From how sure it is a caption says what the main thing is, without a "maybe".
  private static let sure: Float = 0.4

  /// States what is known of a pyramid and of its picture, by words of some layers.
  package init(
    of pyramid: Pyramid, _ survey: PictureSurvey, layers: ClosedRange<Int>, vocabulary: Vocabulary
  ) {
    let things = survey.things
    self.init(
      things: things.map(Self.fact),
      isSure: (things.first?.sureness ?? 0) >= Self.sure,
      people: survey.countsPeople ? things.first { $0.kind == .people }?.count ?? 0 : nil,
      parts: PictureSurvey.Part.allCases.map { part in
        (
          part.rawValue, things.filter { $0.parts.contains(part) }.map(\.name),
          (survey.colours[part] ?? []).map(\.rawValue)
        )
      }, words: Self.words(of: pyramid, layers: layers, vocabulary: vocabulary))
    (absent, otherNames) = (Set(survey.absent), survey.otherNames)
    second = Self.second(of: things)
  }

  private static func fact(_ thing: PictureSurvey.Thing) -> Thing {
    Thing(
      name: thing.name, place: place(of: thing), colours: thing.colours.map(\.rawValue),
      count: thing.count)
  }

  /// Classes of the segmentation branch that a caption names beside a main thing.
  private static let notable: Set<String> = ["mountain", "building", "house", "water", "sea"]

  /// Another name for the main thing, or a thing beside it of which a branch is sure.
  private static func second(of things: [PictureSurvey.Thing]) -> Second? {
    guard let main = things.first else { return nil }
    let other = things.dropFirst().first { thing in
      switch thing.kind {
      case .subject: thing.sureness >= sure || main.kind == .subject
      case .people, .object: thing.sureness >= 0.6
      case .stuff: notable.contains(thing.name) && thing.share >= 0.15 && main.kind != .people
      }
    }
    return other.map { other in
      let isOtherName =
        main.kind == .subject && other.kind == .subject
        && abs(main.x - other.x) + abs(main.y - other.y) < 0.3
      return Second(fact(other), isOtherName: isOtherName)
    }
  }

  /// Where a thing is, as one says it.
  private static func place(of thing: PictureSurvey.Thing) -> String {
    if thing.share > 0.6 { return "everywhere" }
    let row = thing.y < 0.38 ? "top" : thing.y > 0.62 ? "bottom" : ""
    let column = thing.x < 0.38 ? "left" : thing.x > 0.62 ? "right" : ""
    switch (row, column) {
    case ("", ""): return "in the middle"
    case ("", _): return "on the \(column)"
    case (_, ""): return "at the \(row)"
    default: return "at the \(row) \(column)"
    }
  }

  private static func words(
    of pyramid: Pyramid, layers: ClosedRange<Int>, vocabulary: Vocabulary
  ) -> [Word] {
    var counts: [Int32: Int] = [:]
    for layer in layers {
      for cell in pyramid.shape.cells(ofLayer: layer) { counts[pyramid[cell], default: 0] += 1 }
    }
    return pyramid.wordsByArea(ofLayers: layers).map {
      Word(vocabulary[$0], count: counts[$0] ?? 0)
    }
  }
}
