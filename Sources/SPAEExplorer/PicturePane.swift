import SPAEPyramid
import SPAEScreen

/// The frame of the picture and the figures below it; the shell puts the pixels within.
struct PicturePane {
  let state: Explorer
  let layout: Layout

  func draw(on screen: inout Screen) {
    let box = layout.picture
    guard !box.isEmpty else { return }
    screen.frame(
      box, title: title, style: Style(state.focus == .picture ? .focusedBorder : .border),
      titleStyle: Style(.heading))
    // Curses never erases what it believes to be ink, and erases what was ink of a larger picture.
    if let view { screen.fill(view.box, with: "\u{A0}", style: Style(.picture)) }
    let (row, room) = (box.row + box.rows - 2, box.columns - 4)
    let width = screen.put(
      figures, row: row, column: box.column + 2, width: room, style: Style(.text))
    guard let note = state.insetNote(in: layout), width + note.count + 2 <= room else { return }
    screen.put(
      note, row: row, column: box.column + 2 + room - note.count, style: Style(.faint))
  }

  /// What the shell is to draw, if there is room and a way to draw.
  var view: PictureView? {
    guard !layout.canvas.isEmpty, state.graphics != "none" else { return nil }
    return PictureView(
      box: content == .sideBySide ? layout.canvas : layout.image, content: content,
      blinkPhase: state.blinkPhase,
      request: state.request, framed: state.framed, inset: state.inset(in: layout), crop: state.crop
    )
  }

  /// The same, where neither a list of the mode nor a long message lies over it.
  func view(below popup: Box) -> PictureView? {
    guard let view else { return nil }
    let message = FootLine(state: state).message?.box
    let isCovered = state.mode.hasPopup && view.box.intersects(popup)
    return isCovered || message.map(view.box.intersects) == true ? nil : view
  }

  private var content: PictureContent {
    state.picture == .comparison && state.comparison == nil ? .decoded : state.picture
  }

  private var title: String {
    let pin = state.pinnedDepth == nil ? "" : ", pinned"
    let zoom = state.crop.map { ", zoomed \($0.factor)x" } ?? ""
    let depth = state.depthInWords + pin + zoom
    return content == .decoded ? depth : "\(content.name), \(depth)"
  }

  private var figures: String {
    var parts: [String] = []
    if content == .comparison, let comparison = state.comparison {
      parts.append("\(state.blinkPhase ? "state \(comparison.revision)" : "now")")
      parts.append(
        comparison.psnr == .infinity
          ? "the pictures are equal" : "\(decimal(comparison.psnr, 1)) dB between them")
    } else if let decoded = state.decoded {
      if let psnr = decoded.psnr { parts.append(similarity(psnr)) }
      if let ssim = decoded.ssim { parts.append("SSIM \(decimal(ssim, 2))") }
      if let time = decoded.milliseconds { parts.append("\(decimal(time, 1)) ms") }
    }
    if content == .blink { parts.append(state.blinkPhase ? "original" : "decoded") }
    return parts.joined(separator: "  ")
  }
}

/// How like its source a picture is.
func similarity(_ psnr: Double) -> String {
  psnr == .infinity ? "equal to the source" : "\(decimal(psnr, 1)) dB"
}

/// A number with a fixed count of decimals.
func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return value > 0 ? "inf" : "-" }
  let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  let rest = String(scaled % scale + scale).dropFirst()
  return digits == 0 ? "\(sign)\(scaled)" : "\(sign)\(scaled / scale).\(rest)"
}
