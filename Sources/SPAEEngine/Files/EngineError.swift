public import SPAEPyramid

/// What can be wrong with a model's files, or with what the engine is asked to do.
public enum EngineError: Error, Hashable, Sendable {
  case unreadable(path: String, reason: String)
  case configuration(path: String, key: String, problem: String)
  case safetensors(path: String, problem: String)
  case tensorMissing(path: String, tensor: String)
  case tensorType(path: String, tensor: String, expected: String, got: String)
  case tensorShape(path: String, tensor: String, expected: [Int], got: [Int])
  case tensorNotFinite(path: String, tensor: String, index: Int)
  case tensorUnknown(path: String, tensor: String)
  case vocabulary(path: String, problem: String)
  case modelFile(path: String, problem: String)
  case instructionSet(name: String, available: [String])
  case pictureSize(Int)
  case depth(Int, greatest: Int)
  case word(Int32, vocabulary: Int)
  case grid(GridSize, expected: GridSize)
  case target(width: Int, height: Int, expected: GridSize)
  case cancelled
}

extension EngineError: CustomStringConvertible {
  /// One line for a person, with the file, the place in it and the remedy.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): \(reason)"
    case .configuration(let path, let key, let problem):
      "\(path): \(key.isEmpty ? "" : "\(key): ")\(problem)"
    case .safetensors(let path, let problem):
      "\(path): not a valid safetensors file: \(problem)"
    case .tensorMissing(let path, let tensor):
      "\(path): tensor \(tensor) is missing; config.json asks for it"
    case .tensorType(let path, let tensor, let expected, let got):
      "\(path): tensor \(tensor): expected \(expected), got \(got)"
    case .tensorShape(let path, let tensor, let expected, let got):
      "\(path): tensor \(tensor): expected shape \(expected), got \(got)"
    case .tensorNotFinite(let path, let tensor, let index):
      "\(path): tensor \(tensor): element \(index) is not a finite number"
    case .tensorUnknown(let path, let tensor):
      "\(path): tensor \(tensor) is not part of the model that config.json describes"
    case .vocabulary(let path, let problem), .modelFile(let path, let problem):
      "\(path): \(problem)"
    case .instructionSet(let name, let available):
      "SPAE_ISA: this processor does not run '\(name)'; it runs \(available.joined(separator: ", "))"
    case .pictureSize(let size):
      "a picture of \(size) pixels: the size must be 64, 128, 256 or 512"
    case .depth(let depth, let greatest):
      "depth \(depth): this pyramid has depths 1 to \(greatest)"
    case .word(let word, let vocabulary):
      "word number \(word): the vocabulary has \(vocabulary) words"
    case .grid(let grid, let expected):
      "a pyramid over a grid of \(grid.text) cells: expected one of \(expected.text)"
    case .target(let width, let height, let expected):
      "a target picture of \(width) x \(height) pixels: expected"
        + " \(expected.columns) x \(expected.rows)"
    case .cancelled:
      "the work was cancelled"
    }
  }
}
