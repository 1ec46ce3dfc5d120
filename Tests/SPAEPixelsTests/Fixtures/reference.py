"""What a picture file shows, by Pillow and by this project's rules where Pillow reads less.

    python reference.py FILE...          prints size, mean colour and rule of each

The rules: EXIF's or XMP's orientation is applied; 16 bits are scaled by 1/257 and rounded (Pillow
cuts grey at 255, and drops the lower byte of other kinds); a grey or colour that is said to be
transparent is compared before it is scaled; transparency is laid on white; gamma and profiles are
ignored; of an animation the first frame is taken.
"""

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Adam7: the first column and row, and the steps.
PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def picture(path: Path) -> np.ndarray:
    """The upright picture, [height, width, 3] of 8 bits."""
    image = Image.open(path)
    if image.format == "PNG" and needs_samples(path):
        pixels = laid_on_white(*samples(path.read_bytes()))
        # Only the metadata of Pillow's picture is wanted: its pixels are replaced.
        turned = Image.fromarray(pixels)
        turned.info = image.info
        return np.asarray(ImageOps.exif_transpose(turned))
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = np.asarray(image.convert("RGBA"))
        return laid_on_white(rgba[..., :3], rgba[..., 3])
    return np.asarray(image.convert("RGB"))


def laid_on_white(colours: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    c, a = colours.astype(np.uint32), alpha[..., None].astype(np.uint32)
    return ((c * a + 255 * (255 - a) + 127) // 255).astype(np.uint8)


def needs_samples(path: Path) -> bool:
    """Whether Pillow reads less than the file holds: 16 bits, or a transparent grey of few bits."""
    contents = path.read_bytes()
    depth, colour = contents[24:26]
    return depth == 16 or (depth < 8 and colour == 0)


def chunks(contents: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at + 12 <= len(contents):
        (length,) = struct.unpack(">I", contents[at : at + 4])
        found.append((contents[at + 4 : at + 8], contents[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def samples(contents: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The colours [height, width, 3] and alpha of a PNG without a palette, scaled to 8 bits."""
    parts = chunks(contents)
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", parts[0][1])
    data = zlib.decompress(b"".join(content for name, content in parts if name == b"IDAT"))
    whole = np.zeros((height, width, CHANNELS[colour]), np.uint32)
    for left, top, across, down in PASSES if interlace else ((0, 0, 1, 1),):
        view = whole[top::down, left::across]
        data = unfiltered(data, view, depth)
    limit = (1 << depth) - 1
    alpha = np.full((height, width), limit)
    key = dict(parts).get(b"tRNS")
    if colour in (4, 6):
        alpha = whole[..., -1]
    elif key:
        same = whole == np.frombuffer(key, ">u2") & limit
        alpha = np.where(same.all(-1), 0, limit)
    colours = whole[..., :3] if colour in (2, 6) else whole[..., :1].repeat(3, -1)
    scaled = [(each * 255 * 2 + limit) // (2 * limit) for each in (colours, alpha)]
    return scaled[0].astype(np.uint8), scaled[1].astype(np.uint8)


def unfiltered(data: bytes, view: np.ndarray, depth: int) -> bytes:
    """Fills a pass with its samples; what is left of the data."""
    rows, columns, channels = view.shape
    if rows * columns == 0:
        return data
    length, step = (columns * channels * depth + 7) // 8, max(1, channels * depth // 8)
    above = bytearray(length)
    for row in range(rows):
        kind, line = data[0], bytearray(data[1 : 1 + length])
        data = data[1 + length :]
        for i in range(length):
            a = line[i - step] if i >= step else 0
            c = above[i - step] if i >= step else 0
            line[i] = (line[i] + predicted(kind, a, above[i], c)) & 255
        view[row] = unpacked(bytes(line), depth)[: columns * channels].reshape(columns, channels)
        above = line
    return data


def predicted(kind: int, a: int, b: int, c: int) -> int:
    if kind == 4:
        p = a + b - c
        return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
    return (0, a, b, (a + b) // 2)[kind]


def unpacked(line: bytes, depth: int) -> np.ndarray:
    if depth == 16:
        return np.frombuffer(line, ">u2")
    bits = np.unpackbits(np.frombuffer(line, np.uint8)).reshape(-1, depth)
    return bits @ (1 << np.arange(depth)[::-1])


if __name__ == "__main__":
    for name in sys.argv[1:]:
        shown = picture(Path(name))
        print(name, shown.shape[1], shown.shape[0], shown.mean((0, 1)).round(2))
