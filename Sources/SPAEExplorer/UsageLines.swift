import SPAEScreen

/// What can be typed and what it does: in two columns, or below one another where a terminal is narrow.
func usageLines(
  _ usage: [(form: String, help: String)], beside formColumns: Int, columns: Int
) -> [String] {
  guard columns < 2 * formColumns + 10 else {
    return usage.map { $0.form.padded(to: formColumns) + $0.help }
  }
  return usage.flatMap { form, help in
    form.wrapped(to: columns) + help.wrapped(to: columns - 4).map { "    \($0)" }
  }
}
