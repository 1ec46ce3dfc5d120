import Foundation

extension Error {
  /// What is wrong with JSON, and where, in a few words.
  package func reason(in json: [UInt8]) -> String {
    switch self as? DecodingError {
    case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context): "\(place(context.codingPath)) is null"
    case .typeMismatch(_, let context): "\(place(context.codingPath)) is of another type"
    case .dataCorrupted(let context):
      damage(of: json) ?? "\(place(context.codingPath)): \(context.debugDescription)"
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
