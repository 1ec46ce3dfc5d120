import FoundationEssentials

/// A JSON document without a type of its own, to tell what a typed reader did not expect.
enum JSONValue: Codable {
  case object([String: JSONValue])
  case array([JSONValue])
  case number(Double)
  case other

  init(from decoder: any Swift.Decoder) throws {
    let container = try decoder.singleValueContainer()
    // What there is most of comes first: to be told of another type takes long.
    if container.decodeNil() || (try? container.decode(String.self)) != nil {
      self = .other
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else if let object = try? container.decode([String: JSONValue].self) {
      self = .object(object)
    } else {
      self = .other
    }
  }

  func encode(to encoder: any Swift.Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .object(let object): try container.encode(object)
    case .array(let array): try container.encode(array)
    case .number(let number): try container.encode(number)
    case .other: try container.encodeNil()
    }
  }
}

extension JSONValue {
  /// The first key, in order, that `known` lacks.
  func unknownKey(known: JSONValue, at place: String = "") -> String? {
    switch (self, known) {
    case (.object(let given), .object(let known)):
      for (key, value) in given.sorted(by: { $0.key < $1.key }) {
        let here = place.isEmpty ? key : "\(place).\(key)"
        guard let other = known[key] else { return here }
        if let found = value.unknownKey(known: other, at: here) { return found }
      }
    case (.array(let given), .array(let known)):
      for (index, (value, other)) in zip(given, known).enumerated() {
        if let found = value.unknownKey(known: other, at: "\(place)[\(index)]") { return found }
      }
    default: break
    }
    return nil
  }

  /// The first number that `problem` finds fault with, and its key.
  func firstNumber(
    at place: String = "", where problem: (_ key: String, _ number: Double) -> String?
  ) -> (key: String, problem: String)? {
    switch self {
    case .object(let object):
      for (key, value) in object.sorted(by: { $0.key < $1.key }) {
        let here = place.isEmpty ? key : "\(place).\(key)"
        if let found = value.firstNumber(at: here, where: problem) { return found }
      }
    case .array(let array):
      for (index, value) in array.enumerated() {
        let here = "\(place)[\(index)]"
        if let found = value.firstNumber(at: here, where: problem) { return found }
      }
    case .number(let number): return problem(place, number).map { (place, $0) }
    case .other: break
    }
    return nil
  }
}
