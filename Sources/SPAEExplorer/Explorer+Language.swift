import SPAEPyramid
import SPAEScreen

extension Explorer {
  /// Asks the language model; the question before is given up.
  mutating func consult(_ question: LanguageQuestion) -> [Effect] {
    consultations += 1
    let request = LanguageRequest(number: consultations, question: question, pyramid: pyramid)
    consultation = Consultation(request)
    return [.session(.consult(request))]
  }

  /// Asks for words for cells; what was marked is marked no more.
  mutating func fill(_ cells: [CellAddress]) -> [Effect] {
    mode = .browsing
    return consult(.fill(cells))
  }

  /// Gives the question up; an answer that comes later is not heard.
  mutating func giveUpConsultation() -> [Effect] {
    consultation = nil
    say("the question is cancelled")
    return [.session(.giveUpConsultation)]
  }

  mutating func hear(_ note: String, on number: Int) -> [Effect] {
    if consultation?.request.number == number { consultation?.note = note }
    return []
  }

  mutating func hear(_ answer: LanguageAnswer, to number: Int) -> [Effect] {
    if consultation?.request.number == number { consultation?.answer = answer }
    return []
  }

  /// Shows an answer as soon as it interrupts nothing.
  mutating func showAnswer() {
    guard mode == .browsing, !isPending,
      let request = consultation?.request, let answer = consultation?.answer
    else { return }
    consultation = nil
    switch (answer, request.question) {
    case (.failure(let reason), _): complain(reason)
    case (.notSent(let reason), _): say(reason)
    case (.proposals(let proposals), .fill(let cells)):
      show(proposals, for: cells, of: request.pyramid)
    case (.revision(let revised), .revise(let wish)):
      show(revised, for: wish, of: request.pyramid)
    case (.text(let text), .ask(let question)):
      mode = .reading(Reading(title: "Answer", text: "\(question)\n\n\(text)"))
    case (.text(let text), _): mode = .reading(Reading(title: "Caption", text: text))
    case (.proposals, _), (.revision, _): break
    }
  }

  private mutating func complain(_ reason: String) {
    // It comes while other keys are pressed: one line is read by the way, more are not.
    tell(Notice(reason, kind: .error), title: "No answer", lines: 1)
  }

  private mutating func show(
    _ proposals: [[Int32]], for cells: [CellAddress], of words: Pyramid
  ) {
    guard words == pyramid else {
      return say(
        "the words have changed since then; \(dialect.command(.fill)) asks again", .warning)
    }
    let fitting = proposals.filter { $0.count == cells.count }
    guard !fitting.isEmpty else {
      return say("the language model proposes nothing but what is there", .warning)
    }
    mode = .filling(WordFill(cells: cells, proposals: fitting, origin: cursor))
    if !cells.contains(cursor) { cursor = cells[0] }
  }

  /// What is told of a question while it is not answered, or its answer cannot be shown yet.
  var consultationLine: String? {
    guard let consultation else { return nil }
    return consultation.answer == nil
      ? "\(consultation.note) ...  Esc cancels"
      : "the language model has answered: Esc shows it"
  }

  // MARK: Proposals

  mutating func turnProposal(by step: Int) -> [Effect] {
    guard case .filling(var fill) = mode else { return [] }
    fill.move(by: step)
    mode = .filling(fill)
    return []
  }

  mutating func accept(_ fill: WordFill) -> [Effect] {
    mode = .browsing
    if let revision = fill.revision { return accept(fill, revision) }
    let words = fill.proposals[fill.selection]
    let columns = Set(fill.cells.map(\.column)).count
    let rows = stride(from: 0, to: words.count, by: columns).map {
      Array(words[$0..<$0 + columns])
    }
    lastChange = words.count == 1 ? .word(words[0]) : .block(Block(rows: rows))
    return commit(fill.preview(on: pyramid), verb: "fill")
  }

  // MARK: Reading

  /// The lines above those in sight at the end of a text.
  func lastScroll(of reading: Reading) -> Int {
    let room = Popups.room(Layout(self).popup)
    return max(0, reading.lines(width: room.columns).count - room.rows)
  }

  mutating func scroll(_ reading: Reading, _ action: Action) -> [Effect] {
    let last = lastScroll(of: reading)
    let page = max(1, Popups.room(Layout(self).popup).rows / 2)
    let (line, times) = (count, takeCount())
    let wanted =
      switch action {
      case .up, .previousItem: reading.scroll - times
      case .down, .nextItem: reading.scroll + times
      case .halfPageUp: reading.scroll - times * page
      case .halfPageDown: reading.scroll + times * page
      case .pageUp: reading.scroll - times * 2 * page
      case .pageDown: reading.scroll + times * 2 * page
      case .top: (line ?? 1) - 1
      case .bottom: line.map { $0 - 1 } ?? last
      default: reading.scroll
      }
    var reading = reading
    reading.scroll = min(max(0, wanted), last)
    mode = .reading(reading)
    return []
  }
}
