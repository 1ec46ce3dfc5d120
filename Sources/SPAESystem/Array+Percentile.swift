extension Array where Element: Comparable {
  /// The least element that so many per cent of all are no larger than, by the nearest rank: the
  /// 99th of 100. Traps where there is none.
  package func percentile(_ percent: Int) -> Element {
    let rank = (count * percent + 99) / 100
    return sorted()[Swift.min(Swift.max(rank, 1), count) - 1]
  }
}
