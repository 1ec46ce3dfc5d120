"""The picture formats by their suffixes: one list for all that looks for pictures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureFormat:
    """A format by its name and the suffixes of its files in lower case."""

    name: str
    suffixes: tuple[str, ...]
    is_read: bool = True  # by `spae`; false: it answers such a picture with the reason


FORMATS = (
    PictureFormat("PNG", (".png", ".apng")),
    PictureFormat("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".jif")),
    PictureFormat("WebP", (".webp",)),
    PictureFormat("GIF", (".gif",)),
    PictureFormat("AVIF", (".avif", ".avifs")),
    PictureFormat("HEIC", (".heic", ".heif", ".hif")),
    # People's folders hold these as photographs: each is a bad picture, so that none is lost.
    # PPM and PGM are left out instead: in data sets they are mostly masks.
    PictureFormat("TIFF", (".tif", ".tiff"), is_read=False),
    PictureFormat("BMP", (".bmp", ".dib"), is_read=False),
)

PICTURE_SUFFIXES = frozenset(suffix for each in FORMATS for suffix in each.suffixes)
