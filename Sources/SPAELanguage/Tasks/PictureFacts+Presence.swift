/// What the facts say to a question whether something is there.
package struct Presence: Hashable {
  package enum Verdict: Hashable { case yes, maybe, no }

  package let verdict: Verdict
  /// What is there, and where: "there is a tree at the top".
  package let clause: String

  /// The answer without a model.
  package var plainAnswer: String {
    switch verdict {
    case .yes: "Yes, \(clause)."
    case .maybe:
      clause.hasPrefix("there ") && !clause.contains("perhaps ")
        ? "Maybe \(clause)." : "Maybe: \(clause)."
    case .no: "No, \(clause)."
    }
  }

  /// What one of several says, behind the common verdict.
  fileprivate var part: String { verdict == .maybe ? "perhaps \(clause)" : clause }
}

extension PictureFacts {
  /// What the facts say to a question whether something is there; nil where they do not tell, or
  /// where it asks for anything else.
  ///
  /// Of several nouns each is looked for: with "and" all must be there, with "or" one.
  package func presence(in question: String) -> Presence? {
    guard let sought = SoughtNouns(question) else { return nil }
    let all = sought.nouns.map { presence(of: $0) }
    guard all.count > 1 else { return all[0] }
    let judged = all.compactMap { $0 }
    let deciding: Presence.Verdict = sought.needsAll ? .no : .yes
    let isDecided = judged.contains { $0.verdict == deciding }
    guard isDecided || judged.count == all.count else { return nil }
    let other: Presence.Verdict = sought.needsAll ? .yes : .no
    let rest: Presence.Verdict = judged.contains { $0.verdict == .maybe } ? .maybe : other
    let isMixed = Set(judged.map { $0.verdict == .no }).count > 1
    return Presence(
      verdict: isDecided ? deciding : rest,
      clause: judged.map(\.part).joined(separator: isMixed ? ", but " : " and "))
  }

  /// An answer of a model, without what the facts contradict.
  ///
  /// That something is not there which they state is replaced; what they do not tell of a noun
  /// becomes a "maybe".
  package func corrected(_ answer: String, to question: String) -> String {
    let denied = denied(by: answer)
    if !denied.isEmpty {
      let parts = denied.map { isUnsure($0) ? "maybe \(clause(of: $0))" : clause(of: $0) }
      let text = parts.joined(separator: " and ") + "."
      return text.prefix(1).uppercased() + text.dropFirst()
    }
    guard let sought = SoughtNouns(question), sought.isPlain else { return answer }
    return sought.areNamed(in: answer) ? doubted(answer) : "Maybe."
  }

  // MARK: Nouns

  /// A word of the picture that no branch could have seen is there if it stands there twice.
  private func presence(of noun: SoughtNoun) -> Presence? {
    if NeutralWords.areOfPeople(noun.name) { return presence(ofPeople: noun) }
    let other = otherNames.first { noun.isCalled($0.key) }?.value
    let named = things.filter { noun.isCalled($0.name) || $0.name == other }
    let thing = named.first { noun.colour.map($0.colours.contains) ?? true } ?? named.first
    if let thing { return presence(of: noun, as: thing) }
    if let member = things.first(where: { ThingKinds.isKind(noun.name, of: $0.name) }) {
      // There may be others of the kind.
      return presence(of: noun, as: member).flatMap { $0.verdict == .no ? nil : $0 }
    }
    let word = words.first { noun.isCalled($0.text) }
    switch (isAbsent: absent.contains(where: noun.isCalled), word?.count) {
    case (true, nil): return none(of: noun)
    case (false, let count?) where noun.isBare:
      return Presence(verdict: count > 1 ? .yes : .maybe, clause: clause(of: noun))
    default: return nil
    }
  }

  /// By colour and number, where these are asked for.
  private func presence(of noun: SoughtNoun, as thing: Thing) -> Presence? {
    let verdict: Presence.Verdict = isUnsure(thing) ? .maybe : .yes
    guard !noun.isBare else { return Presence(verdict: verdict, clause: clause(of: thing)) }
    guard noun.colour == nil || noun.number == nil else { return nil }
    if let number = noun.number {
      guard let count = thing.count else {
        return Presence(verdict: .maybe, clause: clause(of: thing) + ", but it is not counted")
      }
      guard count != number else { return Presence(verdict: verdict, clause: clause(of: thing)) }
      let counted = count == 1 ? "is only one \(thing.name)" : "are \(thing.counted)"
      return verdict == .yes ? Presence(verdict: .no, clause: "there \(counted)") : nil
    }
    guard let colour = noun.colour, !thing.colours.isEmpty else { return nil }
    if thing.colours.contains(colour) {
      return Presence(verdict: verdict, clause: clause(of: thing, colour: colour))
    }
    let place = thing.place == "everywhere" ? "" : " \(thing.place)"
    let verb = isSeveral(thing) ? "are" : "is"
    let colours = thing.colours.joined(separator: " and ")
    return verdict == .yes
      ? Presence(verdict: .no, clause: "the \(thing.counted)\(place) \(verb) \(colours)") : nil
  }

  /// Which people they are nothing tells.
  private func presence(ofPeople noun: SoughtNoun) -> Presence? {
    let isAny = NeutralWords.anybody.contains(noun.name)
    guard let people, noun.colour == nil else { return nil }
    if people == 0 { return none(of: noun) }
    guard isAny else { return nil }
    let place = things.first { NeutralWords.anybody.contains($0.name) }?.place
    let thing = Thing(name: "person", place: place ?? "everywhere", count: people)
    let isOther = noun.number.map { $0 != people } ?? false
    return Presence(verdict: isOther ? .no : .yes, clause: clause(of: thing))
  }

  private func none(of noun: SoughtNoun) -> Presence {
    let name = NeutralWords.anybody.contains(noun.name) ? "people" : noun.name
    let verb = noun.isSeveral || name.isPluralNoun ? "are" : "is"
    return Presence(verdict: .no, clause: "there \(verb) no \(name)")
  }

  // MARK: Clauses

  private func isUnsure(_ thing: Thing) -> Bool { thing == things.first && !isSure }

  private func isSeveral(_ thing: Thing) -> Bool {
    (thing.count ?? 1) > 1 || thing.name.isPluralNoun
  }

  /// "there is a blue balloon in the middle"; a counted thing that fills the picture has no place.
  private func clause(of thing: Thing, colour: String? = nil) -> String {
    var named = thing
    if let colour, !isSeveral(thing) { named.name = "\(colour) \(thing.name)" }
    let isMass = withArticle(thing) == thing.name
    let text = isMass ? named.name : withArticle(named)
    let several = colour.map { "\(thing.counted), \($0)," } ?? thing.counted
    let place = thing.place == "everywhere" && thing.count != nil ? "" : " \(thing.place)"
    return isSeveral(thing) ? "there are \(several)\(place)" : "there is \(text)\(place)"
  }

  private func clause(of noun: SoughtNoun) -> String {
    let text = withArticle(Thing(name: noun.name, place: ""))
    return "there \(noun.isSeveral ? "are" : "is") \(text)"
  }

  // MARK: Answers of a model

  /// Things that an answer says there is none of, in the order of the facts.
  private func denied(by answer: String) -> [Thing] {
    let said = answer.lowercased().split { !$0.isLetter }.map(String.init)
    let skipped: Set<String> = ["a", "an", "any", "such", "t"]
    let tails = said.indices.filter { ["no", "not", "isn", "aren"].contains(said[$0]) }.map {
      said[($0 + 1)...].drop(while: skipped.contains)
    }
    return things.filter { thing in
      tails.contains { tail in
        let isColoured = tail.first.map(thing.colours.contains) == true
        let rest = isColoured ? tail.dropFirst() : tail
        let called = [thing.name] + ThingKinds.kinds(of: thing.name)
        let names = (called + called.map(plural)).map { $0.split(separator: " ").map(String.init) }
        return names.contains(where: rest.starts)
      }
    }
  }

  /// "Maybe there is no castle.", of "No, there is no castle."
  private func doubted(_ answer: String) -> String {
    let first = answer.prefix(while: \.isLetter).lowercased()
    guard first != "maybe" else { return answer }
    let isVerdict = ["yes", "no"].contains(first)
    let rest =
      isVerdict
      ? answer.dropFirst(first.count).drop { !$0.isLetter && !$0.isNumber } : answer[...]
    return rest.isEmpty ? "Maybe." : "Maybe \(rest.prefix(1).lowercased())\(rest.dropFirst())"
  }
}
