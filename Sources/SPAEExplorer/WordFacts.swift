import SPAEPyramid

/// What was found out of words and cells.
struct WordFacts {
  /// How well each word fits a cell, in hundredths of the best one; empty where nothing tells.
  var fits: [CellAddress: [UInt8]] = [:]
  /// In how many pictures of the library a word is; nil within where there is no library.
  var counts: [Int32: Int?] = [:]

  fileprivate var askedFits: Set<CellAddress> = []
  fileprivate var askedCount: Int32?
}

extension Explorer {
  /// The questions that are still to be asked of the cursor's word, once its picture is there.
  mutating func wantsFacts() -> [Effect] {
    guard decoded?.request == request, !isPlaying else { return [] }
    var effects: [Effect] = []
    let word = shown[cursor]
    // The library grows meanwhile, so that a word is asked about whenever the cursor comes to it.
    if facts.askedCount != word {
      facts.askedCount = word
      effects.append(.session(.countPictures(holding: word)))
    }
    if shape.paints(cursor.layer), facts.askedFits.insert(cursor).inserted {
      effects.append(.session(.findFits(cursor)))
    }
    return effects
  }

  /// How well a word fits a cell, from 0 to 1; nil where nothing tells, as of another model's words.
  func fit(of word: Int32, at cell: CellAddress) -> Double? {
    guard (history.model ?? document.model) == document.model, let fits = facts.fits[cell],
      fits.indices.contains(Int(word))
    else { return nil }
    return Double(fits[Int(word)]) / 100
  }

  /// How often a word stands in the pyramid.
  func count(of word: Int32) -> Int { shown.words.count { $0 == word } }
}

/// A number from 0 to 1 with two decimals, as ".61" or "1.00".
func share(_ value: Double) -> String {
  let text = decimal(value, 2)
  return text.hasPrefix("0") ? String(text.dropFirst()) : text
}
