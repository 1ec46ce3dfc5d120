/// Finds the rows of tables in the bytes of a damaged SQLite database and its log.
///
/// It follows no tree and believes no header: every page that looks like a leaf of a table is read
/// cell by cell (sqlite.org/fileformat2.html, sections 1.6 and 2.1), and what does not fit is left.
struct PageCarver {
  /// A value of a row.
  enum Value: Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
    case other
  }

  /// A row as it stood in a leaf.
  struct Row {
    let id: Int64
    let values: [Value]
  }

  private static let pageSize = 4096
  private static let frameHeader = 24
  private static let logHeader = 32
  private static let tableLeaf: UInt8 = 0x0D

  private let file: [UInt8]
  private let log: [UInt8]
  /// Where each page's latest copy in the log begins.
  private var logged: [Int: Int] = [:]

  /// Takes the whole file and the whole log; either may be anything.
  init(file: [UInt8], log: [UInt8]) {
    self.file = file
    self.log = log
    for start in frames { logged[number(log, start - Self.frameHeader, count: 4)] = start }
  }

  /// Hands out every row that can be read, those of the log after those of the file.
  func forEachRow(_ body: (Row) -> Void) {
    for start in stride(from: 0, to: file.count, by: Self.pageSize) { carve(file, start, body) }
    for start in frames { carve(log, start, body) }
  }

  /// Where the pages in the log begin.
  private var frames: some Sequence<Int> {
    let step = Self.frameHeader + Self.pageSize
    let starts = stride(from: Self.logHeader + Self.frameHeader, to: log.count, by: step)
    return starts.lazy.filter { $0 + Self.pageSize <= log.count }
  }

  // MARK: Pages

  private func carve(_ bytes: [UInt8], _ start: Int, _ body: (Row) -> Void) {
    let page = bytes[start..<min(start + Self.pageSize, bytes.count)]
    // The first page begins with the header of the file.
    let header = start + (page.starts(with: "SQLite format 3\0".utf8) ? 100 : 0)
    guard header + 8 <= page.endIndex, bytes[header] == Self.tableLeaf else { return }
    for index in 0..<number(bytes, header + 3, count: 2) {
      let pointer = header + 8 + 2 * index
      guard pointer + 2 <= page.endIndex else { return }
      let cell = start + number(bytes, pointer, count: 2)
      guard cell > pointer, cell < page.endIndex, let row = row(page[cell...]) else { continue }
      body(row)
    }
  }

  private func row(_ cell: ArraySlice<UInt8>) -> Row? {
    var rest = cell
    guard let size = varint(&rest), let id = varint(&rest), (2...1 << 24).contains(size),
      let payload = payload(rest, size: Int(size)), let values = values(payload)
    else { return nil }
    return Row(id: id, values: values)
  }

  /// A cell's content, with what overflowed to other pages (section 1.6).
  private func payload(_ rest: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
    let (usable, most) = (Self.pageSize, Self.pageSize - 35)
    if size <= most { return rest.count >= size ? Array(rest.prefix(size)) : nil }
    let least = (usable - 12) * 32 / 255 - 23
    let fitting = least + (size - least) % (usable - 4)
    let local = fitting <= most ? fitting : least
    guard rest.count >= local + 4 else { return nil }
    var payload = Array(rest.prefix(local))
    var next = number(Array(rest.dropFirst(local).prefix(4)), 0, count: 4)
    while payload.count < size {
      guard let page = page(next) else { return nil }
      next = number(Array(page.prefix(4)), 0, count: 4)
      payload += page.dropFirst(4).prefix(size - payload.count)
    }
    return payload
  }

  /// The latest copy of a page, counted from 1.
  private func page(_ number: Int) -> ArraySlice<UInt8>? {
    if let start = logged[number] { return log[start..<start + Self.pageSize] }
    let start = (number - 1) * Self.pageSize
    guard number > 0, start + Self.pageSize <= file.count else { return nil }
    return file[start..<start + Self.pageSize]
  }

  // MARK: Records

  /// The values of a record: a header of types, then the contents (section 2.1).
  private func values(_ payload: [UInt8]) -> [Value]? {
    var header = payload[...]
    guard let size = varint(&header), size >= 1, size <= payload.count else { return nil }
    header = header.prefix(max(0, Int(size) - header.startIndex))
    var content = payload[Int(size)...]
    var values: [Value] = []
    while !header.isEmpty {
      guard let type = varint(&header), type >= 0, let value = value(type, &content) else {
        return nil
      }
      values.append(value)
    }
    return content.isEmpty ? values : nil
  }

  private func value(_ type: Int64, _ content: inout ArraySlice<UInt8>) -> Value? {
    switch type {
    case 0: return .null
    case 1...6:
      let count = [1, 2, 3, 4, 6, 8][Int(type) - 1]
      return take(count, &content).map { bytes in
        let negative = (bytes.first ?? 0) & 0x80 != 0
        return .integer(bytes.reduce(negative ? -1 : 0) { $0 << 8 | Int64($1) })
      }
    case 7: return take(8, &content).map { _ in .other }
    case 8, 9: return .integer(type - 8)
    case 12...:
      guard let bytes = take(Int(type - 12) / 2, &content) else { return nil }
      return type.isMultiple(of: 2) ? .blob(bytes) : .text(String(decoding: bytes, as: UTF8.self))
    default: return nil
    }
  }

  private func take(_ count: Int, _ content: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard content.count >= count else { return nil }
    defer { content = content.dropFirst(count) }
    return Array(content.prefix(count))
  }

  /// A number of one to nine bytes, seven bits of each but the ninth.
  private func varint(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    var number: UInt64 = 0
    for index in 0..<9 {
      guard let byte = rest.popFirst() else { return nil }
      if index == 8 { return Int64(bitPattern: number << 8 | UInt64(byte)) }
      number = number << 7 | UInt64(byte & 0x7F)
      if byte < 0x80 { break }
    }
    return Int64(bitPattern: number)
  }

  /// A number of big-endian bytes.
  private func number(_ bytes: [UInt8], _ start: Int, count: Int) -> Int {
    bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
  }
}
