import SPAEPyramid

/// A grid as one number, as the table of documents has it: the side of a square, else rows and, from
/// bit 16 on, columns.
extension GridSize {
  var number: Int { isSquare ? rows : columns << 16 | rows }

  init(number: Int) {
    let columns = number >> 16
    self.init(rows: number & 0xFFFF, columns: columns == 0 ? number : columns)
  }
}
