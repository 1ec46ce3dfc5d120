import Foundation

extension Error {
  /// What is wrong with JSON, and where, in a few words.
  package func reason(in json: [UInt8]) -> String {
    switch self as? DecodingError {
    case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context): "\(place(context.codingPath)) is null"
    case .typeMismatch(_, let context): "\(place(context.codingPath)) is of another type"
    case .dataCorrupted(let context):
      damage(of: json) ?? fraction(in: json, context)
        ?? "\(place(context.codingPath)): \(context.debugDescription)"
    default: localizedDescription
    }
  }
}

/// The keys and numbers that lead to a value, as in layers[2].words.
private func place(_ path: [any CodingKey]) -> String {
  guard !path.isEmpty else { return "the value" }
  return path.reduce(into: "") { text, key in
    if let index = key.intValue {
      text += "[\(index)]"
    } else {
      text += (text.isEmpty ? "" : ".") + key.stringValue.prefix(40)
    }
  }
}

/// Where it is no JSON, which the decoder does not say; nil where it is.
private func damage(of json: [UInt8]) -> String? {
  do {
    _ = try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
    return nil
  } catch {
    guard let text = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String else {
      return nil
    }
    let sentence = text.hasSuffix(".") ? String(text.dropLast()) : text
    return sentence.prefix(1).lowercased() + sentence.dropFirst()
  }
}

/// Where a number has a fraction that is to be whole: the decoder says neither its name nor that it
/// is JSON.
private func fraction(in json: [UInt8], _ context: DecodingError.Context) -> String? {
  guard let object = try? JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
  else { return nil }
  let (found, text) = (fractions(in: object, at: ""), "\(context)")
  let one = found.first { text.contains("\($0.number)") } ?? found.first
  return one.map { "\($0.path) is \($0.number): a whole number is expected" }
}

private func fractions(in value: Any, at path: String) -> [(path: String, number: Double)] {
  switch value {
  case let object as [String: Any]:
    object.sorted { $0.key < $1.key }.flatMap { key, value in
      fractions(in: value, at: path + (path.isEmpty ? "" : ".") + key.prefix(40))
    }
  case let list as [Any]:
    list.enumerated().flatMap { fractions(in: $1, at: path + "[\($0)]") }
  case let number as Double where number != number.rounded(): [(path, number)]
  default: []
  }
}
