import SPAELanguage
import Testing

/// Whether something is there, by facts, and answers of models that keep to them.
@Suite struct PresenceOfThings {
  private func facts(isSure: Bool = true, people: Int? = 0) -> PictureFacts {
    var facts = PictureFacts(
      things: [
        .init(name: "dog", place: "everywhere", colours: ["brown"], count: 1),
        .init(name: "mountain", place: "in the middle", colours: ["brown", "grey"]),
        .init(name: "eagle", place: "at the top right", colours: ["black"], count: 2),
        .init(name: "grass", place: "at the bottom", colours: ["green"]),
        .init(name: "sky", place: "at the top", colours: ["blue"]),
        .init(name: "balloon", place: "on the left"),
      ], isSure: isSure, people: people, parts: [],
      words: [
        .init("dog", count: 3), .init("wing", count: 1), .init("clouds", count: 2),
        .init("rock", count: 1),
      ])
    facts.absent = ["tree", "snow", "rock", "cat"]
    facts.otherNames = ["air": "sky"]
    return facts
  }

  @Test(
    "facts tell whether something is there, by colour and number, and of several nouns",
    arguments: [
      ("Is there a sky?", "Yes, there is sky at the top."),
      ("Is there a blue sky?", "Yes, there is blue sky at the top."),
      ("Is there a green sky?", "No, the sky at the top is blue."),
      ("Is there a gray mountain?", "Yes, there is a grey mountain in the middle."),
      ("Is there a blue mountain", "No, the mountain in the middle is brown and grey."),
      ("Is there any air?", "Yes, there is sky at the top."),
      ("Can you see a mountain in the picture?", "Yes, there is a mountain in the middle."),
      ("Is the mountain visible?", "Yes, there is a mountain in the middle."),
      ("Is there a dog?", "Yes, there is a dog."), ("Is there one dog?", "Yes, there is a dog."),
      ("Is there an animal?", "Yes, there is a dog."),
      ("Isn't there an animal?", "Yes, there is a dog."),
      ("Aren\u{2019}t there two dogs?", "No, there is only one dog."),
      ("Can't you see the sky?", "Yes, there is sky at the top."),
      ("Doesn't it show a cat?", "No, there is no cat."),
      ("Are there two dogs?", "No, there is only one dog."),
      ("Are there 2 eagles?", "Yes, there are 2 eagles at the top right."),
      ("Are there three eagles?", "No, there are 2 eagles."),
      ("Are there black eagles?", "Yes, there are 2 eagles, black, at the top right."),
      (
        "Are there two balloons?", "Maybe there is a balloon on the left, but it is not counted."
      ),
      (
        "is there grass and a mountain?",
        "Yes, there is grass at the bottom and there is a mountain in the middle."
      ),
      ("Is there grass or snow?", "Yes, there is grass at the bottom, but there is no snow."),
      ("Is there grass and snow?", "No, there is grass at the bottom, but there is no snow."),
      ("Is there grass or a castle?", "Yes, there is grass at the bottom."),
      ("Are there trees or a cat?", "No, there are no trees and there is no cat."),
      ("Is there a red tree?", "No, there is no tree."),
      ("Is there a wing?", "Maybe there is a wing."),
      ("Is there a cloud?", "Yes, there is a cloud."),
      ("Are there clouds?", "Yes, there are clouds."),
      ("Is anybody there?", "No, there are no people."),
      ("Is there a man?", "No, there is no man."),
      ("Are there three men?", "No, there are no men."),
      ("Are there 0 dogs?", nil),
      // Unknown, said of by a branch and the words otherwise, or another question.
      ("Are there two animals?", nil), ("Is there a castle?", nil), ("Is there a rock?", nil),
      ("Is there a red balloon?", nil),
      ("Is there grass and a castle?", nil), ("Is there snow or a castle?", nil),
      ("Is there a balloon in the sky?", nil),
      ("There is a dog, right?", nil), ("Is there a dog, right?", nil), ("Is there no dog?", nil),
      ("Is the dog brown?", nil), ("What is there?", nil), ("Is it there?", nil),
      ("Is there?", nil), ("Is there a dog and?", nil), ("", nil),
    ])
  func presence(question: String, answer: String?) {
    #expect(facts().presence(in: question)?.plainAnswer == answer)
  }

  @Test("of people facts know the number, and an unsure main thing may be there")
  func unsurePresence() {
    let two = facts(isSure: false, people: 2)
    func answer(_ question: String) -> String? { two.presence(in: question)?.plainAnswer }
    #expect(answer("Is there a person?") == "Yes, there are 2 people.")
    #expect(answer("Are there three people?") == "No, there are 2 people.")
    #expect(answer("Is there a woman?") == nil)
    #expect(facts(people: nil).presence(in: "Are there people?") == nil)
    #expect(answer("Is there a dog?") == "Maybe there is a dog.")
    #expect(
      answer("Is there a dog and a sky?")
        == "Maybe: perhaps there is a dog and there is sky at the top.")
    #expect(answer("Is there a black dog?") == nil)
  }

  @Test(
    "an answer of a model never denies what the facts state, and is a maybe where they do not tell",
    arguments: [
      ("What does the animal do?", "There is no animal.", "There is a dog."),
      (
        "Is there a balloon in the sky?", "No, there is no balloon.",
        "There is a balloon on the left."
      ),
      ("It isn't a dog, is it?", "No, there is no dog.", "There is a dog."),
      ("There is a dog, right?", "No, there isn't any brown dog.", "There is a dog."),
      ("Where are birds?", "There are no eagles.", "There are 2 eagles at the top right."),
      ("Is there no snow?", "No, there is no snow.", "No, there is no snow."),
      ("Is the sky red?", "No, it is blue.", "No, it is blue."),
      ("Is there a castle?", "Yes.", "Maybe."),
      ("Is there a castle?", "Yes, there is a dog.", "Maybe."),
      ("Is there a castle?", "It is a dog.", "Maybe."),
      ("Is there a castle?", "No, there is no castle.", "Maybe there is no castle."),
      ("Is there an old castle?", "It is old.", "Maybe it is old."),
      ("Is there a red balloon?", "No, there is no red balloon.", "Maybe there is no red balloon."),
      ("Is there a boat on the sea?", "No.", "No."),
    ])
  func corrected(question: String, answer: String, says: String) {
    #expect(facts().corrected(answer, to: question) == says)
  }

  @Test("where the facts make the answer no model is asked")
  func modelIsNotAsked() throws {
    let file = try ExampleFile(
      text: "facts: people: 3\nquestion: How many?\nanswer: Three.", path: "mine.txt", asks: true)
    let model = ScriptedModel(answer: { _ in "No." })
    func answer(_ question: String) throws -> String {
      try PictureQuestion(file: file, words: ["wing"], facts: facts(), question: question)
        .answer(by: model).text
    }
    #expect(try answer("Is there a sky?") == "Yes, there is sky at the top.")
    #expect(model.prompts.isEmpty)
    #expect(try answer("Is there a castle?") == "Maybe.")
    #expect(model.prompts.count == 1)
  }
}
