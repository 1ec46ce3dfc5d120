package import SPAEPyramid

/// What the explorer knows of an open film; nil where a picture or a pyramid is open.
package struct FilmState: Hashable, Sendable {
  /// How much of the film is there: it may still be written.
  package struct Extent: Hashable, Sendable {
    /// The frames that are whole.
    package var frames: Int
    /// The key frames, counted from 0, in order.
    package var cuts: [Int]
    /// Whether the file's end was read; until then more frames may be found.
    package var isScanned: Bool

    package init(frames: Int, cuts: [Int], isScanned: Bool) {
      (self.frames, self.cuts, self.isScanned) = (frames, cuts, isScanned)
    }
  }

  /// A film that runs: from which frame on, and how fast.
  package struct Playback: Hashable, Sendable {
    /// Another number for each time that it was started.
    package var number: Int
    package var from: Int
    package var speed: Double
    package var loops: Bool
    package var frames: Int
    package var depth: Int

    package init(
      number: Int, from: Int, speed: Double, loops: Bool, frames: Int, depth: Int
    ) {
      (self.number, self.from, self.speed, self.loops) = (number, from, speed, loops)
      (self.frames, self.depth) = (frames, depth)
    }

    /// The frame at a position, which counts the frames since the start; nil behind the film's end.
    package func frame(at position: Int) -> Int? {
      let frame = from + position
      return loops ? frame % frames : frame < frames ? frame : nil
    }
  }

  package let rate: FrameRate
  package internal(set) var extent: Extent
  /// The frame that is shown, counted from 0.
  package internal(set) var frame = 0
  /// The words that the shown frame changes.
  package internal(set) var changed: Int
  /// The frames in which an edit holds that the file lacks.
  package internal(set) var edited: [Range<Int>] = []
  /// Whether the film has edits that its file lacks.
  package internal(set) var isDirty = false
  /// Whether the shown frame has all that an edit before it paints there.
  package internal(set) var isPainted = true
  /// Another number whenever words of the film become others: what is shown depends on frames before.
  package internal(set) var version = 0

  /// The files of words that are written once the frames ahead are painted.
  package internal(set) var filesToWrite = 0

  package internal(set) var speed = 1.0
  package internal(set) var loops = false
  /// Whether it runs, or would if nothing were in the way.
  package internal(set) var playback: Playback?
  /// How often it was started.
  var starts = 0
  /// What was asked of the session last.
  var requested: Playback?

  /// A film at some moment.
  package init(_ rate: FrameRate, _ moment: FilmMoment) {
    (self.rate, extent, changed) = (rate, moment.extent, moment.changed)
    (frame, edited, isDirty) = (moment.frame, moment.edited, moment.isDirty)
    (isPainted, version) = (moment.isPainted, moment.version)
  }

  package var isPlaying: Bool { playback != nil }

  package var last: Int { max(0, extent.frames - 1) }
}

/// A frame of a film with what is to be told of it.
package struct FilmMoment: Hashable, Sendable {
  package var frame: Int
  /// The words of the frame with the edits that hold there.
  package var pyramid: Pyramid
  /// Those that the file holds.
  package var saved: Pyramid
  /// The words that the frame changes after the one before.
  package var changed: Int
  package var extent: FilmState.Extent
  package var edited: [Range<Int>]
  package var isDirty: Bool
  /// Whether the words have all that an edit in a frame before paints there.
  package var isPainted = true
  /// Another number whenever words of the film become others.
  package var version: Int

  package init(
    frame: Int, pyramid: Pyramid, saved: Pyramid, changed: Int, extent: FilmState.Extent,
    edited: [Range<Int>], isDirty: Bool, version: Int = 0
  ) {
    self.version = version
    (self.frame, self.pyramid, self.saved, self.changed) = (frame, pyramid, saved, changed)
    (self.extent, self.edited, self.isDirty) = (extent, edited, isDirty)
  }
}

/// What a film that runs has to say.
package enum FilmNews: Hashable, Sendable {
  /// A frame that was asked for, or a change of the frame that is shown.
  case shown(FilmMoment)
  /// A frame while the film runs, and its picture.
  case played(FilmMoment, Decoded)
  /// More of the file was read.
  case extended(FilmState.Extent)
  /// The film ran to its end, or was stopped: what can be said of it.
  case ended(String)
  /// A frame that was still to be painted is, or will not be.
  case reached(frame: Int)
  /// The frames ahead are painted for a state of the history: so many of so many.
  case painting(done: Int, of: Int, state: Int)
  /// All frames ahead are painted for a state, and are to be kept.
  case painted(state: Int)
  /// Why the frames ahead are not painted.
  case notPainted(String)
  /// The film is written now, or once they are: the text says which.
  case writing(String)
  /// A file of words is written once the frames ahead are painted, as the text says.
  case waits(String)
  /// That is painted: what is to be asked now; nil where nothing is written.
  case due(FilmRequest?)
}

/// What is asked of a film's session.
package enum FilmRequest: Hashable, Sendable {
  case show(frame: Int)
  /// Tell of the frame that is shown as it is now.
  case look
  case play(FilmState.Playback)
  case stop
  /// Keep an edit of the frame that is shown: its words before and after it.
  case edit(from: Pyramid, to: Pyramid, verb: String)
  /// Keep what was painted ahead.
  case keepPainted
  /// Write the words of a state of the history, which is painted; without a path to their own file.
  case save(path: String?, state: Int, replacing: Bool)
  /// Write the pictures of all frames, decoded from their first layers, as a clip.
  case write(path: String, depth: Int, scale: Int, replacing: Bool)
}
