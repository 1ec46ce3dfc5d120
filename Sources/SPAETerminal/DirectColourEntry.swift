import CNcurses
import Glibc

/// A description of the terminal that lets curses use 24-bit colours.
///
/// Few systems have an `xterm-direct`, and curses asks its database, not COLORTERM. So the entry
/// of TERM is written again, in the compiled format of term(5), with colours that are their own
/// values; curses reads it from the variable TERMINFO.
enum DirectColourEntry {
  /// Runs a piece of work while TERMINFO holds the entry, where the terminal is known at all.
  static func whileSet<Result>(terminal: Int32, _ work: () -> Result) -> Result {
    let name = environment("TERM") ?? ""
    var status: Int32 = 0
    guard unsafe setupterm(nil, terminal, &status) == OK else { return work() }
    let entry = compiled(name: name)
    spae_terminfo_forget()
    let before = environment("TERMINFO")
    unsafe setenv("TERMINFO", "hex:" + hex(entry), 1)
    defer {
      if let before { unsafe setenv("TERMINFO", before, 1) } else { unsafe unsetenv("TERMINFO") }
    }
    return work()
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  // MARK: The compiled format: little-endian; numbers of 32 bits; then a part of own names

  private static func compiled(name: String) -> [UInt8] {
    let names = Array(name.utf8) + [0]
    let booleans = booleans()
    let numbers = numbers()
    let (offsets, table) = strings()
    let sizes = [0x21E, names.count, booleans.count, numbers.count, offsets.count, table.count]
    var entry = sizes.flatMap { short($0) } + names + booleans
    if !entry.count.isMultiple(of: 2) { entry.append(0) }
    entry += numbers.flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    entry += offsets.flatMap { short($0) } + table
    if !entry.count.isMultiple(of: 2) { entry.append(0) }
    // One boolean of its own, RGB: a colour is its own value.
    return entry + [1, 0, 0, 1, 4].flatMap { short($0) } + [1, 0] + short(0) + Array("RGB\0".utf8)
  }

  private static func short(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }

  private static func booleans() -> [UInt8] {
    unsafe names(spae_terminfo_boolean).map { name in
      let flag = unsafe tigetflag(name)
      return flag == 1 && name != "ccc" ? 1 : 0
    }
  }

  private static func numbers() -> [Int32] {
    unsafe names(spae_terminfo_number).map { name in
      switch name {
      case "colors": 1 << 24
      case "pairs": 1 << 16
      default: max(-1, unsafe tigetnum(name))
      }
    }
  }

  private static func strings() -> (offsets: [Int], table: [UInt8]) {
    var table: [UInt8] = []
    let offsets = unsafe names(spae_terminfo_string).map { name in
      guard let value = string(name) else { return -1 }
      table += value + [0]
      return table.count - value.count - 1
    }
    return (offsets, table)
  }

  private static func string(_ name: String) -> [UInt8]? {
    let colour = "2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm"
    return switch name {
    case "setaf": Array("\u{1B}[38;\(colour)".utf8)
    case "setab": Array("\u{1B}[48;\(colour)".utf8)
    case "setf", "setb", "initc", "initp", "oc", "scp": nil
    default: Terminfo.string(name)
    }
  }

  private static func names(_ name: (Int32) -> UnsafePointer<CChar>?) -> [String] {
    var names: [String] = []
    while let next = unsafe name(Int32(names.count)) { names.append(unsafe String(cString: next)) }
    return names
  }
}

/// What the database of terminals says of the one in use.
enum Terminfo {
  /// A string capability, as it stands there.
  static func string(_ name: String) -> [UInt8]? {
    guard let value = unsafe tigetstr(name), Int(bitPattern: value) != -1 else { return nil }
    return unsafe Array(String(cString: value).utf8)
  }

  /// A string capability without the pauses that terminals of paper and glass needed: `$<5>`.
  static func bytes(_ name: String) -> [UInt8] {
    var bytes = (string(name) ?? [])[...]
    var shown: [UInt8] = []
    while let first = bytes.first {
      if first == UInt8(ascii: "$"), bytes.dropFirst().first == UInt8(ascii: "<"),
        let end = bytes.firstIndex(of: UInt8(ascii: ">"))
      {
        bytes = bytes[(end + 1)...]
      } else {
        shown.append(first)
        bytes = bytes.dropFirst()
      }
    }
    return shown
  }
}
