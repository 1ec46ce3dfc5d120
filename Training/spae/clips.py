"""Clips to frames, as the program reads them: y4m, and by ffmpeg whatever else ffmpeg knows."""

from __future__ import annotations

import io
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from spae import y4m
from spae.y4m import ClipError, check_size, rate_of

PATIENCE = 60  # seconds without an answer, after which ffmpeg is ended
LONGEST_HEADER = 64  # of a frame's lines
MOST_LOG = 1 << 16  # bytes of what ffmpeg says, of which the last lines are told
LEAST_RATIO, GREATEST_RATIO = 0.97, 1.03  # of a mean rate to an exact one, where frames are steady


@dataclass(frozen=True)
class Clip:
    """The frames of a clip as RGB, all of one size, at a constant rate.

    Where the clip breaks off its frames end with a ClipError; those before are whole.
    """

    rate: Fraction
    frames: Iterator[Image.Image]


def opened(path: str | Path, kind: str = "") -> Clip:
    """Opens a file; `kind` names what it is in errors, and without it the end of its name does.

    Raises ClipError for what is no clip, and OSError for what cannot be read.
    """
    file = open(path, "rb")
    start = file.read(len(y4m.SIGNATURE))
    file.seek(0)
    if start == y4m.SIGNATURE:
        head = y4m.header(file)
        return Clip(head.rate, of_y4m(file, head))
    file.close()
    if not start:
        raise ClipError("the file is empty; expected a film")
    return by_ffmpeg(os.path.abspath(path), kind or Path(path).suffix[1:] or "clip")


def of_y4m(file: BinaryIO, head: y4m.Header) -> Iterator[Image.Image]:
    with file:
        yield from map(Image.fromarray, y4m.frames(file, head))


# ffmpeg


def by_ffmpeg(path: str, kind: str) -> Clip:
    """By the programs ffmpeg and ffprobe, which read nothing but the one file."""
    ffmpeg, probe = shutil.which("ffmpeg"), shutil.which("ffprobe")
    if ffmpeg is None or probe is None:
        raise ClipError(
            "films of this format need the program ffmpeg; install it with apt install ffmpeg"
        )
    source = ["-protocol_whitelist", "file", "-i", f"file:{path}"]
    rate = probed_rate([probe, *PROBE, *source], kind)
    # Pixels that are no squares become some.
    filters = f"fps={rate.numerator}/{rate.denominator},{SQUARE}"
    command = [ffmpeg, "-nostdin", "-v", "error", *source, "-map", "0:V:0", "-vf", filters, *PPM]
    return Clip(rate, frames(command, kind))


PROBE = (
    "-v error -select_streams V:0 -show_entries stream=r_frame_rate,avg_frame_rate -of json".split()
)
SQUARE = "scale=round(iw*sar):ih:flags=bicubic+accurate_rnd+full_chroma_int"
PPM = "-c:v ppm -pix_fmt rgb24 -f image2pipe pipe:1".split()


def probed_rate(command: list[str], kind: str) -> Fraction:
    child = Child(command)
    with child:
        answer = child.output.read()
        child.check_end(0)
    try:
        stream = json.loads(answer)["streams"][0]
    except (ValueError, LookupError):
        raise ClipError(f"the {kind} film has no frame") from None
    rate = steady_rate(*(rate_of(stream.get(f"{name}_frame_rate", "")) for name in ("r", "avg")))
    if rate is None:
        raise ClipError(f"the {kind} film does not say its frame rate")
    return rate


def steady_rate(exact: Fraction | None, mean: Fraction | None) -> Fraction | None:
    """The least rate at which all frames come in time; where that is much more, their mean."""
    if mean is None or exact is None:
        return mean or exact
    if LEAST_RATIO <= mean / exact <= GREATEST_RATIO:
        return exact
    return Fraction(max(1, int(mean + Fraction(1, 2))))


def frames(command: list[str], kind: str) -> Iterator[Image.Image]:
    """The frames that ffmpeg writes as PPM; those of another size become that of the first."""
    with Child(command) as child:
        size, count = None, 0
        while (image := ppm(child, count)) is not None:
            size = size or image.size
            if image.size != size:
                image = image.resize(size, Image.Resampling.BICUBIC)
            yield image
            count += 1
        child.check_end(count)
        if not count:
            said = child.said(3)
            raise ClipError(ended(0, 0, said) if said else f"the {kind} film has no frame")


def ppm(child: Child, count: int) -> Image.Image | None:
    """The next frame; none at the end."""
    lines = [child.output.readline(LONGEST_HEADER) for _ in range(3)]
    if not lines[0]:
        return None
    sides = lines[1].split()
    if lines[0] == b"P6\n" and lines[2] == b"255\n" and len(sides) == 2:
        width, height = map(int, sides)
        check_size(width, height)
        pixels = child.output.read(3 * width * height)
        if len(pixels) == 3 * width * height:
            return Image.frombytes("RGB", (width, height), pixels)
    child.check_end(count)
    raise ClipError(f"ffmpeg's answer breaks off behind frame {count}")


class Child(io.RawIOBase):
    """A program without a shell and in a session of its own, which ends with this object."""

    def __init__(self, command: list[str]):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            start_new_session=True,
            bufsize=0,
        )
        self.poll = select.poll()
        self.poll.register(self.process.stdout, select.POLLIN)
        self.output = io.BufferedReader(self, 1 << 20)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        """Takes what it writes; it may be silent for a while, not for ever."""
        if not self.poll.poll(1000 * PATIENCE):
            raise self.silent()
        return self.process.stdout.readinto(buffer)

    def check_end(self, count: int) -> None:
        """Waits for its end, which must be a good one; `count` frames were whole."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise self.silent() from None
        if status:
            raise ClipError(ended(status, count, self.said(3)))

    def silent(self) -> ClipError:
        return ClipError(
            f"ffmpeg did nothing for {PATIENCE} s and was ended{last_lines(self.said(3))}"
        )

    def said(self, count: int) -> list[str]:
        """The last lines of its log."""
        end = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, end - MOST_LOG))
        lines = self.log.read().decode(errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip()][-count:]

    def close(self) -> None:
        if not self.closed:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.log.close()
        super().close()


def ended(status: int, count: int, lines: list[str]) -> str:
    place = f" behind frame {count}" if count else ""
    return f"ffmpeg ended with status {status}{place}{last_lines(lines)}"


def last_lines(lines: list[str]) -> str:
    return f"; its last lines: {' / '.join(lines)}" if lines else ""
