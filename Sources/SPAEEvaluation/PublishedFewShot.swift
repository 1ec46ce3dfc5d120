/// Few-shot figures of mini-ImageNet as they were published, in per cent.
///
/// From table 1 of Yu et al., "SPAE" (NeurIPS 2023, arXiv 2306.17842), which repeats Frozen
/// (Tsimpoukelli et al., 2021) and LQAE (Liu et al., 2023). Greedy answers of the language model; the
/// settings are `FewShotSetting.protocolOrder`. Other pictures, classes and episodes than ours.
package struct PublishedFewShot: Hashable, Sendable {
  package let name: String
  /// Two labels to tell apart, by setting, [7].
  package let twoWay: [Double]
  /// Five labels, [7].
  package let fiveWay: [Double]

  package static let all = [
    PublishedFewShot(
      name: "Frozen",
      twoWay: [1.7, 33.7, 66.0, 66.0, 63.0, 65.0, 63.7],
      fiveWay: [0.9, 14.5, 34.7, 33.8, 33.8, 33.3, 32.8]),
    PublishedFewShot(
      name: "LQAE, GPT-3.5",
      twoWay: [1.5, 35.2, 68.2, 69.8, 68.5, 68.7, 65.9],
      fiveWay: [1.0, 15.7, 35.9, 36.5, 31.9, 36.4, 45.9]),
    PublishedFewShot(
      name: "SPAE, GPT-3.5",
      twoWay: [5.3, 77.2, 84.4, 86.0, 79.4, 77.2, 77.1],
      fiveWay: [4.3, 63.0, 63.4, 60.6, 61.9, 62.1, 62.1]),
    PublishedFewShot(
      name: "SPAE, PaLM 2",
      twoWay: [32.2, 84.0, 88.5, 88.4, 85.1, 83.6, 82.4],
      fiveWay: [23.6, 64.2, 68.0, 69.9, 63.4, 62.0, 60.2]),
  ]

  /// The figures for some number of labels; only two and five were published.
  package func figures(ways: Int) -> [Double]? {
    switch ways {
    case 2: twoWay
    case 5: fiveWay
    default: nil
    }
  }
}
