import SPAEPyramid

/// Words for kinds of what a class of the segmentation branch is: a palace is a building.
///
/// No picture is given such a word for the class; but an edit of one that a picture has means the class.
/// The same as `Training/spae/tables/class-kinds.tsv`.
enum ClassKinds {
  /// Names of classes, and words.
  static let table: [(classes: [String], words: String)] = [
    (
      ["building", "house"],
      """
      palace castle temple church cathedral chapel mosque synagogue monastery convent abbey \
      shrine sanctuary manor mansion hotel inn tavern pub museum library theater theatre \
      hospital school courthouse embassy observatory barn shed stable greenhouse garage hut \
      shack dorm casino cafeteria dwelling housing fortress stronghold turret lighthouse \
      garrison
      """
    ),
    (
      ["water", "sea"],
      """
      lagoon canal creek inlet estuary gulf tributary waterway waterfall
      """
    ),
    (
      ["tree"],
      """
      willow elm cedar mangrove evergreen
      """
    ),
    (
      ["road"],
      """
      alley bypass interstate avenue
      """
    ),
    (
      ["mountain"],
      """
      volcano
      """
    ),
  ]

  /// The numbers of the classes of which each word is a kind.
  static func numbers(
    of classes: [ModelConfiguration.SeenClass], in vocabulary: Vocabulary
  ) -> [Int32: [Int]] {
    var found: [Int32: [Int]] = [:]
    for (names, words) in table {
      let numbers = names.compactMap { name in classes.firstIndex { $0.name == name } }
      for word in words.split(separator: " ") {
        if let number = vocabulary.number(of: word) { found[number] = numbers }
      }
    }
    return found
  }
}
