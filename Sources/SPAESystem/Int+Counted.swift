extension Int {
  /// This many of something: "1 frame", "24 frames"; the plural is named where it is not made by an s.
  package func counted(_ noun: String, _ plural: String? = nil) -> String {
    "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
  }
}
