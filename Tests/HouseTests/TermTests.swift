import Foundation
import Testing

/// Home-made names that terms of the field have replaced (docs/glossary.md).
private enum FormerName {
  /// Nowhere an identifier.
  static let everywhere = [
    "LabelledLinearPath", "FixedLinearPath", "LinearPath", "DirectPath", "NormalMatrices",
    "normal_matrices", "PyramidFill", "LayerLog", "PictureShelf", "LanguageDesk",
    "SettledExplorer", "OutsideEditor", "StandingServer", "ShowingModel", "HistoryLookCommands",
    "HistoryWorkCommands", "TOMLMoment", "Patience", "Team", "Metric", "Pool", "PoolRequest",
    "SEMANTIC_POOLS", "nearest_in_pool", "forHalfPrice", "for_half_price", "price", "prices",
    "chosen_again", "chosenAgain", "layers_chosen_again", "Again", "likeness", "likenesses",
    "offersLikenesses", "takers", "taker", "mirrored_loss", "holdOn", "goOn", "labelsOfStride",
    "LABELS_A_STRIDE", "filled_transposed", "told",
  ]

  /// No identifiers of the search for words, in either language.
  static let ofSearch = [
    "pool", "pools", "cost", "costs", "contrast", "meaning", "label", "labels", "share", "shares",
    "fill", "said", "wanted", "given", "awake", "dismiss", "place", "places",
  ]
}

/// The code of a file: comments, texts of tests and documentation are left out.
private func identifiers(of text: String, isPython: Bool) -> Set<Substring> {
  let aside =
    isPython
    ? #/(?s)""".*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/#
    : #/(?s)""".*?"""|"(?:[^"\\\n]|\\.)*"|//[^\n]*/#
  let code = text.replacing(aside, with: " ")
  return Set(code.matches(of: #/[A-Za-z_][A-Za-z_0-9]*/#).map(\.0).map { Substring(String($0)) })
}

@Suite("Names")
struct TermSuite {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func files(in folders: [String]) -> [String] {
    folders.flatMap { folder in
      let base = Self.root.appendingPathComponent(folder)
      let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
      return (paths ?? []).filter { $0.hasSuffix(".swift") || $0.hasSuffix(".py") }
        .map { "\(folder)/\($0)" }
    }
  }

  private func identifiers(of path: String) throws -> Set<Substring> {
    let text = try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
    return HouseTests.identifiers(of: text, isPython: path.hasSuffix(".py"))
  }

  @Test("are read from code alone")
  func parser() {
    let swift = HouseTests.identifiers(of: "let pool = \"price\"  // cost\n", isPython: false)
    #expect(swift == ["let", "pool"])
    let python = HouseTests.identifiers(of: "pool = 'price'  # cost\n", isPython: true)
    #expect(python == ["pool"])
  }

  @Test("are those of the field, everywhere", arguments: ["Sources", "Tests", "Training/spae"])
  func everywhere(_ folder: String) throws {
    let files = files(in: [folder, folder == "Training/spae" ? "Training/tests" : folder])
    #expect(files.count > 50)
    for path in files {
      let former = try identifiers(of: path).intersection(FormerName.everywhere.map { $0[...] })
      #expect(former.isEmpty, "\(path)")
    }
  }

  @Test("are those of the field, in the search for words")
  func search() throws {
    let python = ["codebook", "quantizer", "refinement"].map { "Training/spae/model/\($0).py" }
    let files = files(in: ["Sources/SPAEEngine/Words"]) + python
    #expect(files.count > 10)
    for path in files where !path.hasSuffix("LatentCells.swift") {
      let former = try identifiers(of: path).intersection(FormerName.ofSearch.map { $0[...] })
      #expect(former.isEmpty, "\(path)")
    }
  }
}
