"""Picture files to pictures, with errors that tell damaged, unsupported and too large apart."""

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from spae.images import rgb

try:
    from pillow_heif import register_heif_opener

    register_heif_opener()
except ImportError:
    pass

# By Pillow's name: ours, and how a file begins.
FORMATS = {
    "PNG": ("PNG", b"\x89PNG\r\n\x1a\n"),
    "JPEG": ("JPEG", b"\xff\xd8\xff"),
    "WEBP": ("WebP", b"RIFF"),
    "GIF": ("GIF", b"GIF8"),
    "AVIF": ("AVIF", None),
    "HEIF": ("HEIC", None),
}
NAMES = "PNG, JPEG, WebP, GIF, AVIF and HEIC"
MOST_PIXELS = 40_000_000  # as the engine has it


class PictureError(Exception):
    """Why a picture cannot be read."""


def read(source: Path | bytes) -> Image.Image:
    """The picture of a file or of its bytes: RGB, upright, on white; of an animation the first."""
    contents = source.read_bytes() if isinstance(source, Path) else source
    if not contents:
        raise PictureError(f"the file is empty; expected a picture ({NAMES})")
    known = [name for name in FORMATS if name in registered()]
    try:
        image = Image.open(io.BytesIO(contents), formats=known)
    except UnidentifiedImageError:  # its own words hold an address in memory
        raise PictureError(reason(contents)) from None
    except Image.DecompressionBombError:
        raise PictureError(too_large(f"more than {MOST_PIXELS}")) from None
    except Exception as error:  # Pillow's readers raise whatever they come upon
        raise PictureError(f"the picture is damaged: {error}") from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PictureError(too_large(f"{width} x {height}"))
    try:
        return rgb(image)
    except Exception as error:
        raise PictureError(damaged(image.format, str(error))) from error


def registered() -> dict:
    """The formats that the Pillow here reads."""
    Image.init()
    return Image.OPEN


def too_large(size: str) -> str:
    most = f"at most {MOST_PIXELS} pixels are read, so make it smaller first"
    return f"the picture has {size} pixels; {most}"


def damaged(name: str | None, why: str) -> str:
    return f"the {FORMATS.get(name, (name,))[0]} picture is damaged: {why}"


def reason(contents: bytes) -> str:
    """Why a file is none of those that are read."""
    for name, magic in FORMATS.values():
        if magic and contents.startswith(magic):
            return f"the {name} picture is damaged: its header cannot be read"
    brand = contents[8:12] if contents[4:8] == b"ftyp" else b""
    if brand in (b"heic", b"heix", b"mif1", b"hevc") and "HEIF" not in registered():
        return "to read HEIC the package pillow-heif is needed; pip install pillow-heif"
    if brand in (b"avif", b"avis") and "AVIF" not in registered():
        return "to read AVIF Pillow 11.3 or later is needed; pip install --upgrade pillow"
    try:
        name = Image.open(io.BytesIO(contents)).format
    except Exception:  # none that Pillow knows, or a damaged one
        return f"not a picture that can be read; {NAMES} are"
    suffix = name.lower()
    return f"{name} files are not read; make a PNG of it: convert x.{suffix} x.png"
