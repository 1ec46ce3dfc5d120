"""The picture formats: one list for data sets, for Pillow and for messages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureFormat:
    """A format by its name, the suffixes of its files in lower case, and Pillow's name of it."""

    name: str
    suffixes: tuple[str, ...]
    pillow: str | None = None  # none: Pillow alone does not read it
    is_read: bool = True  # by `spae`; false: it answers such a picture with the reason


FORMATS = (
    PictureFormat("PNG", (".png", ".apng"), "PNG"),
    PictureFormat("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".jif"), "JPEG"),
    PictureFormat("WebP", (".webp",), "WEBP"),
    PictureFormat("GIF", (".gif",), "GIF"),
    PictureFormat("AVIF", (".avif", ".avifs"), "AVIF"),
    PictureFormat("HEIC", (".heic", ".heif", ".hif")),
    # People's folders hold these as photographs: each is a bad picture, so that none is lost.
    # PPM and PGM are left out instead: in data sets they are mostly masks.
    PictureFormat("TIFF", (".tif", ".tiff"), is_read=False),
    PictureFormat("BMP", (".bmp", ".dib"), is_read=False),
)

PICTURE_SUFFIXES = frozenset(suffix for each in FORMATS for suffix in each.suffixes)


def pillow_formats() -> tuple[PictureFormat, ...]:
    """The formats that the installed Pillow reads; some of its builds are without AVIF."""
    from PIL import Image

    Image.init()
    return tuple(each for each in FORMATS if each.is_read and each.pillow in Image.OPEN)
