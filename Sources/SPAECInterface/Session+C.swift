public import CSPAE
import SPAEEngine
import SPAEPixels
import SPAEPyramid

// The functions of spae.h that keep a pyramid decoded.

/// Opens a session that keeps words decoded; it holds its model.
@c @implementation
public func spae_session_open(
  _ model: OpaquePointer?, _ words: UnsafePointer<Int32>?, _ count: Int, _ width: Int32,
  _ height: Int32, _ depth: Int32, _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  answered {
    let open = unsafe try Handle.object(model, as: OpenModel.self, "model")
    let target = unsafe try given(session, "session")
    unsafe target.pointee = nil
    let shape = try PyramidShape(width: width, height: height)
    let pyramid = unsafe try Pyramid(words, count: count, shape: shape)
    unsafe target.pointee = Handle.open(
      try DecodeSession(
        model: open.model, pyramid: pyramid, depth: depth == 0 ? nil : Int(depth)))
  }
}

/// Closes a session; null is allowed.
@c @implementation
public func spae_session_close(_ session: OpaquePointer?) {
  unsafe Handle.close(session, as: DecodeSession.self)
}

/// Decodes other words, and gives the rectangle of pixels that changed.
@c @implementation
public func spae_session_apply(
  _ session: OpaquePointer?, _ words: UnsafePointer<Int32>?, _ count: Int, _ depth: Int32,
  _ changed: UnsafeMutablePointer<spae_area>?
) -> Int32 {
  answered {
    let open = unsafe try Handle.object(session, as: DecodeSession.self, "session")
    let pyramid = unsafe try Pyramid(words, count: count, shape: open.shape)
    let area = try open.apply(pyramid, depth: depth == 0 ? nil : Int(depth))
    unsafe changed?.pointee = spae_area(area)
  }
}

extension spae_area {
  fileprivate init(_ area: Rectangle?) {
    guard let area else {
      self.init()
      return
    }
    self.init(
      left: Int32(area.columns.lowerBound), top: Int32(area.rows.lowerBound),
      width: Int32(area.columns.count), height: Int32(area.rows.count))
  }
}

@c @implementation
package func spae_session_size(
  _ session: OpaquePointer?, _ width: UnsafeMutablePointer<Int32>?,
  _ height: UnsafeMutablePointer<Int32>?
) -> Int32 {
  answered {
    let open = unsafe try Handle.object(session, as: DecodeSession.self, "session")
    let (width, height) = unsafe (try given(width, "width"), try given(height, "height"))
    let picture = open.picture
    unsafe (width.pointee, height.pointee) = (Int32(picture.width), Int32(picture.height))
  }
}

/// Copies the decoded picture, RGB, [size, size, 3], to the caller's memory.
@c @implementation
public func spae_session_picture(
  _ session: OpaquePointer?, _ pixels: UnsafeMutablePointer<UInt8>?, _ capacity: Int
) -> Int32 {
  answered {
    let open = unsafe try Handle.object(session, as: DecodeSession.self, "session")
    unsafe try open.picture.copy(to: pixels, capacity: capacity)
  }
}
