/// Where a key of a TOML document, its value, and the keys within that stand.
struct TOMLSite: Hashable, Sendable {
  let key: TextPlace
  let value: TextPlace
  /// The keys of the table, or of all tables of the list.
  var inner: [String: TOMLSite]
}

extension [String: TOMLSite] {
  /// Adds the keys that only the other has; of the same key the first place counts.
  ///
  /// It works in place, so that a long list costs no more than its tables together.
  mutating func add(_ other: Self) {
    for (name, site) in other {
      if self[name] == nil {
        self[name] = site
      } else {
        self[name]?.inner.add(site.inner)
      }
    }
  }
}
