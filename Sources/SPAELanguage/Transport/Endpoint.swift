/// Where a language model's server is, and the key it wants.
package struct Endpoint: Sendable, Equatable {
  /// Without a slash at its end and without `/v1`.
  package let url: String
  package let key: APIKey?
  let host: String

  /// Reads an address like http://127.0.0.1:8080 or https://api.example.org/v1.
  package init(_ text: String, key: APIKey? = nil) throws(LanguageError) {
    var url = text
    while url.hasSuffix("/") { url.removeLast() }
    if url.hasSuffix("/v1") { url.removeLast(3) }
    guard let scheme = ["http://", "https://"].first(where: url.lowercased().hasPrefix) else {
      throw .endpoint(excerpt(text), reason: "it begins with neither http:// nor https://")
    }
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .endpoint(excerpt(text), reason: "it holds a character that no address has")
    }
    let authority = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    guard !authority.contains("@") else {
      throw .endpoint("...", reason: "a name or password does not belong into it; see --key-file")
    }
    host = Self.host(of: authority)
    guard !host.isEmpty else { throw .endpoint(excerpt(text), reason: "it names no host") }
    self.url = url
    self.key = key
    if key != nil, scheme == "http://", !isThisMachine { throw .keyInClear(url: url) }
  }

  /// Whether what is sent stays on this machine.
  package var isThisMachine: Bool {
    host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
  }

  private static func host(of authority: Substring) -> String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return String(authority[...end])
    }
    return authority.prefix { $0 != ":" }.lowercased()
  }
}
