"""Pictures to tensors and back: RGB, squares, [-1, 1]."""

import io
import math
import warnings

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from spae.model.pyramid import GREATEST_ASPECT, Grid

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112
EXIF = ("exif", "Raw profile type exif")
XMP = ("xmp", "XML:com.adobe.xmp")


def rgb(image: Image.Image) -> Image.Image:
    """The picture upright and without alpha, on white, as the engine reads it.

    A PNG of 16 bits must not have been loaded before: Pillow keeps 8 of them.
    """
    picture = opaque(image)
    info = image.info
    if image.format in ("AVIF", "HEIF"):  # these say it in a box, which Pillow makes EXIF of
        info = {key: value for key, value in info.items() if key not in XMP}
    turn = TURNS.get(orientation(info))
    return picture if turn is None else picture.transpose(turn)


def orientation(info: dict) -> int:
    """How the picture was held: EXIF's number, or XMP's where EXIF says none or is damaged."""
    header = Image.new("1", (1, 1))
    header.info = dict(info)
    try:
        with warnings.catch_warnings(action="ignore"):
            return header.getexif().get(ORIENTATION, 1)
    except Exception:  # Pillow's reader of EXIF raises whatever it comes upon
        rest = {key: value for key, value in info.items() if key not in EXIF}
        return orientation(rest) if len(rest) < len(info) else 1


def opaque(image: Image.Image) -> Image.Image:
    """RGB, with white behind what is transparent."""
    stored = stored_as(image)
    if stored in LOW_BYTES or stored.startswith("I;16"):
        return on_white(*scaled(*wide_samples(image, stored)))
    if stored in GREY_STEPS and "transparency" in image.info:
        # Pillow multiplies the samples, but not the one that is transparent.
        step = GREY_STEPS[stored]
        image.info["transparency"] = image.info["transparency"] * step % (255 + step)
    image.load()
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        samples = np.asarray(image.convert("RGBA"))
        return on_white(samples[..., :3], samples[..., 3])
    return image.convert("RGB")


def on_white(colours: np.ndarray, alpha: np.ndarray | None) -> Image.Image:
    """Of [height, width, 3] and [height, width]."""
    if alpha is None:
        return Image.fromarray(colours)
    c, a = colours.astype(np.uint32), alpha[..., None].astype(np.uint32)
    return Image.fromarray(((c * a + 255 * (255 - a) + 127) // 255).astype(np.uint8))


# PNG of other depths than 8 bits

# How Pillow reads the lower byte of each sample where it keeps the upper one.
LOW_BYTES = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L", "LA;16B": "RGBA"}
GREY_STEPS = {"L;2": 85, "L;4": 17}


def stored_as(image: Image.Image) -> str:
    """How a PNG that is not yet loaded holds its samples, in Pillow's words; else the mode."""
    tiles = image.tile if image.format == "PNG" else []
    return tiles[0][3] if tiles and isinstance(tiles[0][3], str) else image.mode


def wide_samples(image: Image.Image, stored: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Colours [height, width, 3] and alpha [height, width] of 16 bits."""
    if stored in LOW_BYTES:
        image.fp.seek(0)
        contents = image.fp.read()
        low, high = (decoded(contents, kind) for kind in (LOW_BYTES[stored], stored))
        samples = high << 8 | low
        if stored == "LA;16B":  # four bytes a pixel, read as four samples
            samples = (low[..., 0::2] << 8 | low[..., 1::2])[..., [0, 0, 0, 1]]
        image.load()  # for what the file says behind its pixels
    else:
        samples = np.asarray(image).astype(np.uint32)[..., None].repeat(3, -1)
    if samples.shape[-1] == 4:
        return samples[..., :3], samples[..., 3]
    key = image.info.get("transparency")
    return samples, None if key is None else np.where((samples == key).all(-1), 0, 65535)


def decoded(contents: bytes, kind: str) -> np.ndarray:
    """The samples of a PNG, its bytes taken as `kind` says."""
    image = Image.open(io.BytesIO(contents), formats=("PNG",))
    decoder, box, offset, _ = image.tile[0]
    image.tile = [(decoder, box, offset, kind)]
    return np.asarray(image).astype(np.uint32)


def scaled(colours: np.ndarray, alpha: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    """16 bits as 8, rounded."""
    parts = [part if part is None else (part + 128) // 257 for part in (colours, alpha)]
    return tuple(part if part is None else part.astype(np.uint8) for part in parts)


def centre_square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def square_view(image: Image.Image, size: int) -> Image.Image:
    """The centre square at `size` pixels, by antialiased bicubic resampling."""
    square = centre_square(image)
    if square.width == size:
        return square
    return square.resize((size, size), Image.Resampling.BICUBIC)


FITS = ("whole", "crop", "pad", "stretch")


def framed(image: Image.Image, fit: str) -> Image.Image:
    """The part of a picture that is used, with what is put beside it, at its own resolution."""
    if fit == "crop":
        return centre_square(image)
    if fit == "whole":
        return centre(image, GREATEST_ASPECT)
    if fit == "pad":
        return padded(image)
    if fit == "stretch":
        return image
    raise ValueError(f"fit {fit}: {', '.join(FITS)}")


def centre(image: Image.Image, aspect: int) -> Image.Image:
    """The middle of a picture whose sides differ by more than a factor; else all of it."""
    width = min(image.width, aspect * image.height)
    height = min(image.height, aspect * image.width)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def padded(image: Image.Image) -> Image.Image:
    """The whole picture in the middle of a white square."""
    side = max(image.size)
    square = Image.new("RGB", (side, side), "white")
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def resized(image: Image.Image, size: Grid) -> Image.Image:
    """A picture in so many rows and columns of pixels, by antialiased bicubic resampling."""
    if image.size == (size.columns, size.rows):
        return image
    return image.resize((size.columns, size.rows), Image.Resampling.BICUBIC)


def view_size(side: int, grid: Grid, unit: int = 1) -> Grid:
    """The pixels of what a frozen branch is shown of a picture that has a grid of cells.

    A branch is used to squares of `side` pixels. Other pictures are seen at their own aspect, with
    about as many pixels, in sides that are multiples of `unit`.
    """
    aspect = grid.columns / grid.rows
    rows, columns = (
        max(1, int(side // unit * math.sqrt(share) + 0.5)) * unit for share in (1 / aspect, aspect)
    )
    return Grid(rows, columns)


def to_tensor(image: Image.Image) -> Tensor:
    """RGB / 127.5 - 1, [3, height, width]."""
    pixels = torch.from_numpy(np.asarray(image, np.float32).copy())
    return (pixels / 127.5 - 1).permute(2, 0, 1)


def to_image(picture: Tensor) -> Image.Image:
    """The inverse, rounded and clamped."""
    pixels = ((picture.clamp(-1, 1) + 1) * 127.5).round().byte()
    return Image.fromarray(pixels.permute(1, 2, 0).cpu().numpy(), "RGB")
