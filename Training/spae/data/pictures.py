"""A picture of a data set, and how data sets are read."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 128 << 20  # of one picture, as in `spae`
TOO_LONG = f"the file has more than {MOST_BYTES} bytes"


@dataclass(frozen=True)
class Picture:
    """A picture as it came, or why its bytes could not be had."""

    key: str
    contents: bytes = b""
    problem: str | None = None


@dataclass(frozen=True)
class Reading:
    """What decides which pictures are read and how they are called."""

    keys: str = "sample"  # of tars: "sample" is webdataset's __key__, "file" the file's name
    key_column: str | None = None  # of Parquet files; none: chosen by name
    image_column: str | None = None  # none: chosen by type
    picture_root: str | None = None  # which paths in Parquet files begin at and stay within


def file_picture(key: str, path: str | Path) -> Picture:
    """The picture of a file; whatever keeps it from being read is its problem."""
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            return Picture(key, problem="not a regular file")
        if found.st_size > MOST_BYTES:
            return Picture(key, problem=TOO_LONG)
        return Picture(key, Path(path).read_bytes())
    except (OSError, ValueError) as error:  # a name may hold a zero byte
        return Picture(key, problem=reason(error))


def broken(what: str, pictures: int, error: Exception) -> str:
    """Why a shard's pictures end before the shard does."""
    if getattr(error, "errno", None) is not None:
        return f"the {what} cannot be read after {pictures} pictures: {reason(error)}"
    return f"the {what} is damaged after {pictures} pictures: {reason(error)}"


def reason(error: Exception) -> str:
    """The first line of an error, or the system's words, without the name of the file."""
    words = getattr(error, "strerror", None)
    if words:
        return words.lower()
    return str(error).splitlines()[0] if str(error) else type(error).__name__
