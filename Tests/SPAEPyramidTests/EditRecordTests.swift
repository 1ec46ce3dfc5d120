import SPAEPyramid
import Testing

@Suite struct TheVerbOfAnEditedState {
  private let shape: PyramidShape
  private let vocabulary: Vocabulary

  init() throws {
    shape = try #require(PyramidShape(grid: 16))
    vocabulary = try Vocabulary(text: "grass\nsnow\nsunset\nsand\n")
  }

  private func record(_ verb: String) -> EditRecord? {
    EditRecord(verb: verb, shape: shape, vocabulary: vocabulary)
  }

  @Test(
    "tells the edits and how they were done",
    arguments: [
      ("grass -> snow", 1, EditRecord.Manner.painted, nil),
      ("grass -> snow; 3:1-2,1-4 = sand", 2, .painted, nil),
      ("substitute: grass -> snow", 1, .painted, nil), ("edit: 2:1,2 = sunset", 1, .painted, nil),
      ("revise: a sea: of snow: grass -> snow", 1, .painted, nil),
      ("revise: in winter: exact: grass -> snow; snow -> sand", 2, .exact, nil),
      ("revise: exact: grass -> snow", 1, .painted, nil),
      ("bring: 2:1,2 = sunset", 1, .brought, nil), ("exact: grass -> snow", 1, .exact, nil),
      ("layer 2: grass -> snow", 1, .painted, 2), ("layer 3 exact: grass -> snow", 1, .exact, 3),
    ])
  func reading(verb: String, count: Int, manner: EditRecord.Manner, layer: Int?) throws {
    let found = try #require(record(verb))
    #expect(found.changes.count == count)
    #expect(found.manner == manner && found.layer == layer)
  }

  @Test(
    "tells of no edits where it is another, or is cut",
    arguments: [
      "", "edit", "open", "paste", "substitute", "revise: in winter", "grass -> snow; gra…",
      "grass -> xylophone", "edit: 9:1,1 = snow", "exact: ",
    ])
  func none(verb: String) { #expect(record(verb) == nil) }

  @Test(
    "is read back as it was written",
    arguments: ["grass -> snow", "2:1,2 = sunset", "3:1-2,1-4 = sand", "3:1,2 4,4 = sand"])
  func text(line: String) throws {
    let edit = try #require(
      try WordEdit(line: line, number: 1, shape: shape, vocabulary: vocabulary))
    #expect(edit.change.text(vocabulary) == line)
    for manner in [EditRecord.Manner.painted, .exact, .brought] {
      let read = try #require(record(EditRecord.verb([line, line], manner)))
      #expect(read.changes == [edit.change, edit.change] && read.manner == manner)
    }
    for manner in [EditRecord.Manner.painted, .exact] {
      let verb = EditRecord.verb(granting: "snow; and: sand", [line, line], manner)
      let read = try #require(record(verb))
      #expect(read.changes == [edit.change, edit.change] && read.manner == manner)
    }
    let layered = try #require(record(EditRecord.verb([line], .exact, layer: 2)))
    #expect(layered.layer == 2 && layered.manner == .exact)
  }
}
