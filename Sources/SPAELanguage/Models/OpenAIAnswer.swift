/// What a server that speaks as OpenAI's does answers to completions and to chat.
struct OpenAIAnswer: Decodable {
  struct Choice: Decodable {
    /// Of a completion.
    var text: String?
    /// Of a chat.
    var message: Message?
    var logprobs: Scores?
    var finish_reason: String?
    /// OpenRouter's, where the server behind it failed in the middle.
    var error: JSONValue?
  }

  /// Of the tokens of the text; the first has no score.
  struct Scores: Decodable {
    var token_logprobs: [Double?]?
    var text_offset: [Int]?
  }

  struct Usage: Decodable {
    var prompt_tokens: Int?
    var completion_tokens: Int?
  }

  var choices: [Choice]
  var usage: Usage?
}

extension OpenAIAnswer {
  /// What the model says in a chat, and beside it.
  struct Message: Decodable {
    /// The text, or all of its parts that are text.
    var content = ""
    /// What it thinks to itself, where the server keeps that apart.
    var reasoning = ""
    /// Why it does not answer.
    var refusal = ""

    private enum CodingKeys: String, CodingKey {
      case content, reasoning, reasoning_content, refusal
    }

    init(from decoder: any Decoder) throws {
      let message = try decoder.container(keyedBy: CodingKeys.self)
      let content = try message.decodeIfPresent(JSONValue.self, forKey: .content) ?? .null
      switch content {
      case .null: break
      case .string(let text): self.content = text
      case .array(let parts): parts.forEach { take($0) }
      default:
        throw DecodingError.dataCorruptedError(
          forKey: .content, in: message, debugDescription: "'content' is neither text nor parts")
      }
      // DeepSeek, llama.cpp and vLLM have the one name, OpenRouter and Groq the other.
      for key in [CodingKeys.reasoning_content, .reasoning] where reasoning.isEmpty {
        reasoning = try message.decodeIfPresent(JSONValue.self, forKey: key)?.text ?? ""
      }
      refusal += try message.decodeIfPresent(JSONValue.self, forKey: .refusal)?.text ?? ""
    }

    /// Takes a part by its kind; pictures and calls of tools are no text.
    private mutating func take(_ part: JSONValue) {
      switch part["type"].text {
      case nil, "text", "output_text": content += part["text"].text ?? part.text ?? ""
      case "refusal": refusal += part["refusal"].text ?? ""
      case "thinking", "reasoning":
        let inner = part["thinking"].text ?? part["text"].text
        reasoning += inner ?? part["thinking"].elements.compactMap { $0["text"].text }.joined()
      default: break
      }
    }
  }
}
