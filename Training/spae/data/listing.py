"""The files below a folder, and what of it is left out."""

import os
from collections.abc import Iterator
from pathlib import Path

from spae.data import DataError
from spae.data.left_out import HIDDEN, LOOP, METADATA, OUTPUT, SPECIAL, Leave
from spae.data.names import printable
from spae.data.pictures import reason

APPLE = "__MACOSX"


def listed(folder: Path, leave: Leave, output: Path | None = None) -> list[str]:
    """The paths of all files below a folder, sorted; the hidden ones and `output` are left out."""
    status = folder.stat()
    skipped = None if output is None else identity(output)
    return sorted(below(folder, "", ((status.st_dev, status.st_ino),), skipped, leave))


def below(
    folder: Path, prefix: str, ancestors: tuple, output: tuple | None, leave: Leave
) -> Iterator[str]:
    for entry in entries(folder):
        name = f"{prefix}{entry.name}"
        is_folder = entry.is_dir()
        end = "/" if is_folder else ""
        if entry.name.startswith("."):
            leave(name + end, HIDDEN)
        elif not is_folder:
            if is_special(entry):
                leave(name, SPECIAL)
            else:
                yield name
        elif entry.name == APPLE:
            leave(name + end, METADATA)
        elif (here := identity(Path(entry.path))) == output:
            leave(name + end, OUTPUT)
        elif here in ancestors:
            leave(name + end, LOOP)
        else:
            yield from below(Path(entry.path), f"{name}/", (*ancestors, here), output, leave)


def entries(folder: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"{printable(folder)}: {reason(error)}") from None


def is_special(entry: os.DirEntry) -> bool:
    """Whether it is a pipe or a device; a link to nothing is a picture that is missing."""
    return not entry.is_file() and os.path.exists(entry.path)


def identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
