import Foundation
import SPAEHistory
import SPAEPyramid
import Testing

/// What a history must be, as plainly as it can be said.
private struct Model {
  var parents: [Int: Int] = [:]
  var words: [Int: [Int32]]
  var favourites: [Int: Int] = [:]
  var names: [Int: String] = [:]
  var head = 1

  var last: Int { words.keys.max() ?? 0 }

  func way(to id: Int) -> [Int] {
    sequence(first: id) { parents[$0] }.reversed()
  }

  mutating func commit(_ new: [Int32]) {
    let id = last + 1
    (parents[id], words[id], favourites[head]) = (head, new, id)
    head = id
  }

  mutating func jump(to id: Int) {
    let old = Set(way(to: head))
    for step in way(to: id) where !old.contains(step) {
      if let parent = parents[step] { favourites[parent] = step }
    }
    head = id
  }

  func commonAncestor(_ a: Int, _ b: Int) -> Int {
    Set(way(to: a)).intersection(way(to: b)).max() ?? 0
  }

  var leaves: [Int] { words.keys.filter { !parents.values.contains($0) }.sorted() }
}

@Suite struct ARandomWalk {
  private enum Operation: CaseIterable {
    case commit, commitMany, undo, redo, jump, earlier, later, name, reopen, ask
  }

  @Test("leads to the same state as a plain model, step by step", arguments: [nil, "history.db"])
  func walk(file: String?) throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(file.map { folder($0) })
    var history = try store.open(try pyramid())
    var model = Model(words: [1: history.pyramid.words])
    var dice = Dice(seed: 7)
    for step in 0..<(file == nil ? 10_000 : 2000) {
      let operation = Operation.allCases.randomElement(using: &dice) ?? .undo
      if operation == .reopen {
        history = try store.history(of: try #require(store.documents().first))
      } else {
        try perform(operation, history, &model, &dice)
      }
      try #require(history.head.id == model.head, "step \(step), \(operation)")
      try #require(history.head.parent == model.parents[model.head])
      try #require(history.pyramid.words == model.words[model.head])
      try #require(history.position == (model.head, model.last))
      try #require(history.head.name == model.names[model.head])
    }
    #expect(try history.tree().revisions.count == model.words.count)
    for (id, words) in model.words {
      try #require(history.pyramid(of: id).words == words)
    }
    #expect(try store.check().problems == [])
  }

  private func perform(
    _ operation: Operation, _ history: DocumentHistory, _ model: inout Model, _ dice: inout Dice
  ) throws {
    let any = Int.random(in: 1...model.last, using: &dice)
    let count = Int.random(in: 1...9, using: &dice)
    switch operation {
    case .commit: try commit(1, history, &model, &dice)
    case .commitMany: try commit(40, history, &model, &dice)
    case .undo:
      let moved = try history.undo()
      #expect(moved?.id == model.parents[model.head])
      model.head = moved?.id ?? model.head
    case .redo:
      let moved = try history.redo()
      #expect(moved?.id == model.favourites[model.head])
      model.head = moved?.id ?? model.head
    case .jump:
      #expect(try history.jump(to: any).id == any)
      model.jump(to: any)
    case .earlier:
      let moved = try history.earlier(.count(count))
      #expect(moved?.id == (model.head == 1 ? nil : max(1, model.head - count)))
      if let moved { model.jump(to: moved.id) }
    case .later:
      let moved = try history.later(.count(count))
      #expect(moved?.id == (model.head == model.last ? nil : min(model.last, model.head + count)))
      if let moved { model.jump(to: moved.id) }
    case .name:
      let name = "name-\(count)"
      try history.name(any, name)
      for (id, known) in model.names where known == name { model.names[id] = nil }
      model.names[any] = name
    case .reopen: break
    case .ask:
      let (a, b) = (any, Int.random(in: 1...model.last, using: &dice))
      #expect(try history.commonAncestor(a, b).id == model.commonAncestor(a, b))
      let edit = try history.diff(a, b)
      #expect(edit.applied(to: try history.pyramid(of: a))?.words == model.words[b])
      if count == 1 { #expect(try history.leaves().map(\.id) == model.leaves) }
      #expect(try history.newRevisions() == [])
    }
  }

  private func commit(
    _ cells: Int, _ history: DocumentHistory, _ model: inout Model, _ dice: inout Dice
  ) throws {
    var words = history.pyramid.words
    for _ in 0..<cells {
      let index = words.indices.randomElement(using: &dice) ?? 0
      words[index] = Int32.random(in: 0..<16_384, using: &dice)
    }
    let changes = words != history.pyramid.words
    try history.commit(
      try #require(Pyramid(shape: history.pyramid.shape, words: words)), verb: "replace")
    if changes { model.commit(words) }
  }
}
