"""y4m (YUV4MPEG2), the uncompressed form in which programs hand each other clips, as RGB.

The pixels are those of the engine: planes of colour are enlarged by linear interpolation from where
their samples lie, and BT.601 is computed in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import numpy as np

SIGNATURE = b"YUV4MPEG2 "
LONGEST_LINE = 4096  # of the film or of a frame
GREATEST_RATE = 1_000_000_000  # of a numerator and a denominator
GREATEST_SIDE = 65535
MOST_PIXELS = 40_000_000  # as the engine has it


class ClipError(ValueError):
    """Why a clip cannot be read, or breaks off."""


@dataclass(frozen=True)
class Sampling:
    """How much smaller the planes of colour are, and where their samples lie.

    The first sample lies so many half pixels from the middle of the first pixel.
    """

    across: int = 1
    down: int = 1
    left: int = 0
    top_of_blue: int = 0
    top_of_red: int = 0
    has_colour: bool = True


JPEG = Sampling(across=2, down=2, left=1, top_of_blue=1, top_of_red=1)
SAMPLINGS = {
    "420": JPEG,
    "420jpeg": JPEG,
    "420mpeg2": Sampling(across=2, down=2, top_of_blue=1, top_of_red=1),
    "420paldv": Sampling(across=2, down=2, top_of_blue=2),
    "411": Sampling(across=4),
    "422": Sampling(across=2),
    "444": Sampling(),
    "mono": Sampling(has_colour=False),
}


@dataclass(frozen=True)
class Header:
    """What the first line says."""

    width: int
    height: int
    rate: Fraction
    sampling: Sampling
    is_full_range: bool

    @property
    def chroma(self) -> tuple[int, int]:
        """The rows and columns of a plane of colour."""
        return -(-self.height // self.sampling.down), -(-self.width // self.sampling.across)

    @property
    def bytes_of_a_frame(self) -> int:
        rows, columns = self.chroma
        return self.width * self.height + 2 * rows * columns * self.sampling.has_colour


def header(source: BinaryIO) -> Header:
    """Reads the first line of a film."""
    line = source.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise damaged("its first line does not end")
    fields = line[len(SIGNATURE) :].decode("utf-8", "replace").split()
    own = {field[0]: field[1:] for field in fields if field[0] != "X"}
    width, height = side(own, "W", "width"), side(own, "H", "height")
    check_size(width, height)
    rate = rate_of(own.get("F", "").replace(":", "/"))
    if rate is None:
        raise ClipError(
            "the y4m film does not say its frame rate; make one that does: "
            "ffmpeg -r 25 -i FILE NEW.y4m"
        )
    name = own.get("C", "420jpeg")
    if name not in SAMPLINGS:
        raise ClipError(
            f"the y4m film is of a kind that is not read (its pixels are '{name[:20]}'); make a "
            "usual one of it: ffmpeg -i FILE -pix_fmt yuv420p NEW.y4m"
        )
    return Header(width, height, rate, SAMPLINGS[name], "XCOLORRANGE=FULL" in fields)


def side(fields: dict[str, str], letter: str, name: str) -> int:
    text = fields.get(letter)
    if text is None:
        raise damaged(f"its first line has no {name} ({letter})")
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise damaged(f"its first line has '{letter}{text[:20]}'")
    return int(text)


def damaged(reason: str) -> ClipError:
    return ClipError(f"the y4m film is damaged: {reason}")


def check_size(width: int, height: int) -> None:
    """Refuses frames that are too large, before there is memory for them."""
    if width * height > MOST_PIXELS or max(width, height) > GREATEST_SIDE:
        raise ClipError(
            f"its frames have {width} x {height} pixels; at most {MOST_PIXELS} pixels, and "
            f"{GREATEST_SIDE} a side, are read, so make it smaller first: ffmpeg -i FILE -vf "
            "scale=640:-2 NEW.mp4"
        )


def rate_of(text: str) -> Fraction | None:
    """Reads `25`, `29.97` or `30000/1001`; none where it is no rate."""
    parts = text.split("/")
    if len(parts) > 2 or not all(map(is_number, parts)):
        return None
    try:
        rate = Fraction(parts[0]) / Fraction(parts[1] if len(parts) == 2 else "1")
    except (ValueError, ZeroDivisionError):
        return None
    allowed = range(1, GREATEST_RATE + 1)
    return rate if rate.numerator in allowed and rate.denominator in allowed else None


def is_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "0").isdigit()


def frames(source: BinaryIO, head: Header) -> Iterator[np.ndarray]:
    """The frames behind the first line, each [height, width, 3] of 8 bits."""
    conversion, count = Conversion(head), 0
    while line := source.readline(LONGEST_LINE):
        if line.split()[:1] != [b"FRAME"] or not line.endswith(b"\n"):
            raise cut(count, "no frame begins there")
        planes = source.read(head.bytes_of_a_frame)
        if len(planes) < head.bytes_of_a_frame:
            raise cut(count, f"the next frame has {len(planes)} of {head.bytes_of_a_frame} bytes")
        yield conversion.image(np.frombuffer(planes, np.uint8))
        count += 1
    if not count:
        raise ClipError("the y4m film has no frame")


def cut(count: int, reason: str) -> ClipError:
    place = f"behind frame {count}" if count else "in its first frame"
    return ClipError(f"the y4m film is cut short or damaged {place}: {reason}")


class Taps:
    """For each pixel of a row or column the two samples beside it, and how much of the second."""

    def __init__(self, count: int, step: int, first: int, samples: int):
        place = (8 * np.arange(count) - 4 * first) // (2 * step)
        self.first = np.clip(place >> 2, 0, samples - 1)
        self.second = np.clip((place >> 2) + 1, 0, samples - 1)
        self.quarters = (place & 3).astype(np.int32)


class Conversion:
    """Planes of brightness and colour (BT.601) to RGB."""

    def __init__(self, head: Header):
        self.head, sampling = head, head.sampling
        rows, columns = head.chroma
        self.columns = Taps(head.width, sampling.across, sampling.left, columns)
        self.rows = [
            Taps(head.height, sampling.down, top, rows)
            for top in (sampling.top_of_blue, sampling.top_of_red)
        ]
        low, span = (0, 255) if head.is_full_range else (16, 219)
        colour = 1 if head.is_full_range else 255 / 224
        self.brightness = products(255 / span, low)
        self.red_of_red = products(1.402 * colour, 128)
        self.green_of_red = products(-0.714136 * colour, 128)
        self.green_of_blue = products(-0.344136 * colour, 128)
        self.blue_of_blue = products(1.772 * colour, 128)

    def image(self, planes: np.ndarray) -> np.ndarray:
        """The planes of a frame, one behind the other, as [height, width, 3]."""
        height, width = self.head.height, self.head.width
        light = self.brightness[planes[: height * width].reshape(height, width)] + 32768
        blue, red = self.colours(planes[height * width :])
        sums = [
            light + self.red_of_red[red],
            light + self.green_of_red[red] + self.green_of_blue[blue],
            light + self.blue_of_blue[blue],
        ]
        return np.clip(np.stack(sums, 2) >> 16, 0, 255).astype(np.uint8)

    def colours(self, planes: np.ndarray) -> list[np.ndarray]:
        """The two planes of colour at full size, [height, width] each."""
        if not self.head.sampling.has_colour:
            return [np.full((self.head.height, self.head.width), 128)] * 2
        halves = planes.reshape(2, *self.head.chroma).astype(np.int32)
        return [self.enlarged(plane, taps) for plane, taps in zip(halves, self.rows)]

    def enlarged(self, plane: np.ndarray, rows: Taps) -> np.ndarray:
        down, across = rows.quarters[:, None], self.columns.quarters
        found = plane[rows.first] * (4 - down) + plane[rows.second] * down
        columns = self.columns
        return (found[:, columns.first] * (4 - across) + found[:, columns.second] * across + 8) >> 4


def products(factor: float, zero: int) -> np.ndarray:
    """The products with each value of a sample, times 65536, [256]."""
    exact = (np.arange(256) - zero) * factor * 65536
    return (np.sign(exact) * np.floor(np.abs(exact) + 0.5)).astype(np.int32)
