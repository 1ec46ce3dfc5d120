"""The shards of a data set: WebDataset tars, Parquet files with pictures, folders of files."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from spae.data import DataError
from spae.data.left_out import LOOSE, NO_PICTURES, Leave, LeftOut, lines, unwanted
from spae.data.listing import listed
from spae.data.names import TARS, kind_of, printable, stem, text
from spae.data.pictures import Picture, Reading, file_clip, file_picture, reason
from spae.data.tars import tar_pictures

FILES_IN_A_SHARD = 1000


@dataclass(frozen=True)
class Shard:
    """Pictures that are done together: `name` is what their words' file will be called."""

    name: str
    kind: str  # "tar", "parquet" or "files"
    path: str
    fingerprint: str  # another one: the shard has changed, and is done again
    files: tuple[str, ...] = ()  # below `path`

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Shard":
        fields = json.loads(text)
        return cls(**{**fields, "files": tuple(fields["files"])})

    def pictures(self, reading: Reading, leave: Leave) -> Iterator[Picture]:
        """Every picture, in order; damage to the shard itself is a picture with a problem."""
        if self.kind == "tar":
            return tar_pictures(Path(self.path), reading, leave)
        if self.kind == "parquet":
            from spae.data.parquet import parquet_pictures

            return parquet_pictures(Path(self.path), reading)
        return (file(text(name), os.path.join(self.path, name)) for name in self.files)


@dataclass(frozen=True)
class Search:
    """Where shards are looked for, and how."""

    source: Path
    reading: Reading = Reading()
    files_in_a_shard: int = FILES_IN_A_SHARD
    is_loose: bool = False  # loose pictures too where there are tars or Parquet files
    output: Path | None = None  # may be within the source


@dataclass
class Found:
    """The shards of a data set in the order of their names, and what is in none of them."""

    shards: list[Shard] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)  # (name, reason)

    def leave(self, name: str, why: str) -> None:
        self.left_out.append((name, why))

    def facts(self) -> dict[str, dict]:
        total = LeftOut()
        for name, why in self.left_out:
            total.add(name, why)
        return total.facts()


def found(search: Search) -> Found:
    """The shards of a folder or of one file.

    Where a folder holds tars or Parquet files with pictures these are its shards; loose pictures
    otherwise are, a thousand at a time.
    """
    found, source = Found(), search.source
    if not source.exists():
        raise DataError(f"{printable(source)}: there is no such file or folder")
    if source.is_dir():
        folder, names = source, listed(source, found.leave, search.output)
    else:
        folder, names = source.parent, [source.name]
    pictures = sort(found, folder, names, search.reading)
    if found.shards and pictures and not search.is_loose:
        for name in pictures:
            found.leave(name, LOOSE)
    else:
        parts = range(0, len(pictures), search.files_in_a_shard)
        found.shards += [part(folder, pictures[i : i + search.files_in_a_shard], i) for i in parts]
    if not found.shards:
        raise nothing(found, source)
    check_names(found.shards)
    return found


def sort(found: Found, folder: Path, names: list[str], reading: Reading) -> list[str]:
    """Adds tars and Parquet files to what is found, leaves out the rest, and returns pictures."""
    pictures, refused = [], None
    for name in names:
        kind = kind_of(name)
        if reading.takes(kind):
            pictures.append(name)
        elif kind == "parquet" and (why := without_pictures(folder / name, reading)):
            refused = refused or why
            found.leave(name, NO_PICTURES)
        elif kind in ("tar", "parquet"):
            found.shards.append(shard(folder, name))
        else:
            found.leave(name, unwanted(name))
    if refused and not found.shards and not pictures:
        raise refused
    return pictures


def without_pictures(path: Path, reading: Reading) -> DataError | None:
    """What is wrong where no column can hold pictures, as in tables that describe them."""
    from spae.data.parquet import NoPictures, columns_of

    try:
        columns_of(path, reading)
    except NoPictures as error:
        return error
    return None


def nothing(found: Found, source: Path) -> DataError:
    expected = f"tars ({', '.join(TARS)}), Parquet files (.parquet), pictures or clips"
    rest = "".join(f"; {line}" for line in lines(found.facts()))
    return DataError(f"{printable(source)}: holds no {expected}{rest}")


def shard(folder: Path, name: str) -> Shard:
    try:
        status = (folder / name).stat()
    except OSError as error:
        raise DataError(f"{printable(folder / name)}: {reason(error)}") from None
    if not stat.S_ISREG(status.st_mode):
        raise DataError(f"{printable(folder / name)}: not a regular file")
    fingerprint = f"{status.st_size} bytes, {status.st_mtime_ns}"
    return Shard(text(stem(name)), kind_of(name), str(folder.absolute() / name), fingerprint)


def file(key: str, path: str) -> Picture:
    return file_clip(key, path) if kind_of(path) == "clip" else file_picture(key, path)


def part(folder: Path, files: list[str], first: int) -> Shard:
    lines = "\n".join(f"{name} {size(folder / name)}" for name in files)
    fingerprint = hashlib.sha256(os.fsencode(lines)).hexdigest()
    return Shard(f"{first:09}", "files", str(folder.absolute()), fingerprint, tuple(files))


def size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None  # the picture that cannot be read will be told of


def check_names(shards: list[Shard]) -> None:
    seen: dict[str, str] = {}
    for each in shards:
        other = seen.setdefault(each.name, each.path)
        if other != each.path:
            raise DataError(
                f"{printable(other)} and {printable(each.path)} would both be written as "
                f"{printable(each.name)}; rename one"
            )
