"""A picture or a clip of a data set, and how data sets are read."""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 128 << 20  # of one picture, as in `spae`
TOO_LONG = f"the file has more than {MOST_BYTES} bytes"


@dataclass(frozen=True)
class Picture:
    """A picture as it came, or why its bytes could not be had."""

    key: str
    contents: bytes = b""
    problem: str | None = None
    is_clip: bool = False
    name: str | None = None  # of a clip's file
    path: str | None = None  # of a clip, which the engine itself reads, however long it is
    copy: BinaryIO | None = (
        None  # a file without a name that is there as long as this: `path` is it
    )


@dataclass(frozen=True)
class Reading:
    """What decides which pictures are read and how they are called."""

    keys: str = "sample"  # of tars: "sample" is webdataset's __key__, "file" the file's name
    key_column: str | None = None  # of Parquet files; none: chosen by name
    image_column: str | None = None  # none: chosen by type
    picture_root: str | None = None  # which paths in Parquet files begin at and stay within
    clips: bool = True  # or they are left out

    def takes(self, kind: str | None) -> bool:
        """Whether files of a kind are encoded."""
        return kind == "picture" or (kind == "clip" and self.clips)


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


def file_clip(key: str, path: str) -> Picture:
    """The clip of a file; whatever keeps it from being read is its problem."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return Picture(key, problem="not a regular file", is_clip=True)
        return Picture(key, is_clip=True, name=os.path.basename(key), path=os.path.abspath(path))
    except (OSError, ValueError) as error:
        return Picture(key, problem=reason(error), is_clip=True)


def copied_clip(key: str, name: str, source: BinaryIO) -> Picture:
    """A clip that is a part of a file, as a file of its own: memory does not hold it."""
    copy = tempfile.TemporaryFile()
    shutil.copyfileobj(source, copy, 1 << 20)
    copy.flush()
    path = f"/proc/{os.getpid()}/fd/{copy.fileno()}"
    return Picture(key, is_clip=True, name=name, path=path, copy=copy)


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
