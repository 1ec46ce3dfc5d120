extension PictureFacts {
  /// What takes no article.
  private static let masses: Set<String> = [
    "water", "grass", "sky", "sea", "earth", "snow", "sand", "ice", "corn", "food", "people",
    "cattle", "fruit", "wood", "rock", "scuba", "surf", "makeup", "clothing", "wildlife",
  ]

  /// Whether a caption names the main thing and the second one, and says "maybe" where it must.
  func accept(caption: String) -> Bool {
    guard let main = things.first else { return true }
    let said = caption.lowercased().split { !$0.isLetter }.map(String.init)
    let named = ([main] + (second.map { [$0.thing] } ?? [])).allSatisfy { thing in
      let forms = thing.name.split(separator: " ").flatMap { [String($0), plural(String($0))] }
      return forms.contains(where: said.contains) || isPeople(thing) && said.contains("people")
    }
    return named && (isSure || said.first == "maybe")
  }

  private func isPeople(_ thing: Thing) -> Bool { ["person", "people"].contains(thing.name) }

  /// The first words of a caption that does so: "maybe an eagle or a hawk".
  var captionOpening: String? {
    guard let main = things.first else { return nil }
    let rest = second.map { " \($0.isOtherName ? "or" : "and") \(withArticle($0.thing))" } ?? ""
    return (isSure ? "" : "maybe ") + withArticle(main) + rest
  }

  /// A caption of given first words and a model's answer to them.
  ///
  /// A model of chats does not go on from the first words: it begins again, with an article.
  func caption(opening: String, answer: String) -> String {
    let beginnings: Set<Substring> = ["a", "an", "the", "maybe"]
    let beginsAgain = answer.lowercased().split(separator: " ").first.map(beginnings.contains)
    let whole = beginsAgain == true ? [answer, "maybe " + answer] : []
    return whole.first { accept(caption: $0) }
      ?? (answer.isEmpty ? opening : "\(opening) \(answer)")
  }

  func withArticle(_ thing: Thing) -> String {
    let isOne =
      (thing.count ?? 1) == 1 && !Self.masses.contains(thing.name)
      && plural(thing.name) != thing.name
    let vowel = thing.name.first.map { "aeiou".contains($0) } == true
    return (isOne ? (vowel ? "an " : "a ") : "") + thing.counted
  }
}
