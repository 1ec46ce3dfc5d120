"""The manifest of a whole run: how much is done, what is left out, which keys stand twice."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from spae.data.left_out import merged
from spae.data.run import Entry
from spae.data.shards import Found
from spae.data.stats import records
from spae.data.tables import LeftOutTable, key_hash, key_hashes, part_of, replace, write_atomically

MANIFEST = "manifest.json"
FILES_LEFT_OUT = "left-out/files.parquet"
NAMED = 100  # duplicate keys that the manifest names
AT_ONCE = 1 << 24  # keys that are compared at a time: 128 MB


@dataclass(frozen=True)
class Duplicate:
    """A key of several pictures, and the shards they are in."""

    key: str
    pictures: int
    shards: list[str]


@dataclass(frozen=True)
class Manifest:
    shards: int
    pictures: int
    clips: int
    errors: int
    left_out: dict[str, dict]
    duplicate_keys: int
    duplicates: list[Duplicate]  # the first of them

    @classmethod
    def written(cls, folder: Path, found: Found, entries: list[Entry]) -> "Manifest":
        """Sums up a run whose shards are all done, and writes OUT/manifest.json."""
        entries = sorted(entries, key=lambda entry: entry.shard)
        write_left_out(folder, found.left_out)
        duplicated = duplicate_hashes(folder, entries)
        manifest = cls(
            len(entries),
            sum(entry.pictures for entry in entries),
            sum(entry.clips for entry in entries),
            sum(entry.errors for entry in entries),
            merged([found.facts(), *(entry.left_out for entry in entries)]),
            len(duplicated),
            named(folder, entries, duplicated),
        )
        write_atomically(folder / MANIFEST, json.dumps(asdict(manifest), indent=1) + "\n")
        return manifest


def write_left_out(folder: Path, names: list[tuple[str, str]]) -> None:
    """Writes the names of whole files that are left out, where there are any."""
    path = folder / FILES_LEFT_OUT
    if not names:
        return path.unlink(missing_ok=True)
    part = part_of(path)
    table = LeftOutTable(part, None)
    for name, reason in names:
        table.leave(name, reason)
    table.close()
    replace(part, path)


# Duplicates


def duplicate_hashes(folder: Path, entries: list[Entry]) -> np.ndarray:
    """The hashes of keys that stand for more than one picture, sorted."""
    total = sum(entry.pictures + entry.clips for entry in entries)
    parts = -(-total // AT_ONCE)
    found = [repeated(folder, entries, part, parts) for part in range(parts)]
    return np.sort(np.concatenate([np.empty(0, np.uint64), *found]))


def repeated(folder: Path, entries: list[Entry], part: int, parts: int) -> np.ndarray:
    """Those among every so many of all hashes, so that memory stays bounded."""
    chosen = [of[of % np.uint64(parts) == part] for of in map(hashes(folder), entries)]
    values, counts = np.unique(np.concatenate(chosen), return_counts=True)
    return values[counts > 1]


def hashes(folder: Path):
    return lambda entry: np.fromfile(folder / key_hashes(entry.shard), np.uint64)


def named(folder: Path, entries: list[Entry], duplicated: np.ndarray) -> list[Duplicate]:
    """The first duplicate keys themselves, in the order of their shards."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if not len(duplicated) or not np.isin(hashes(folder)(entry), duplicated).any():
            continue
        for key in keys(folder, entry):
            if (key in found or len(found) < NAMED) and is_in(key_hash(key), duplicated):
                found[key].append(entry.shard)
    return [
        Duplicate(key, len(shards), sorted(set(shards)))
        for key, shards in found.items()
        if len(shards) > 1  # one alone has the hash of another key
    ]


def is_in(hash: bytes, sorted_hashes: np.ndarray) -> bool:
    value = np.frombuffer(hash, np.uint64)[0]
    place = np.searchsorted(sorted_hashes, value)
    return place < len(sorted_hashes) and sorted_hashes[place] == value


def keys(folder: Path, entry: Entry) -> Iterator[str]:
    """The keys of a shard's pictures, the bad ones too."""
    for name in entry.files:
        if name.startswith("words/") and name.endswith(".tar"):
            yield from (record["key"] for record in records(folder / name))
        elif name.startswith("words/") or (name.startswith("errors/") and holds_tar(entry.files)):
            yield from key_column(folder / name)


def holds_tar(files: Iterable[str]) -> bool:
    """Whether bad pictures are in no table of words."""
    return any(name.startswith("words/") and name.endswith(".tar") for name in files)


def key_column(path: Path) -> Iterator[str]:
    with path.open("rb") as opened, pq.ParquetFile(opened) as file:
        for batch in file.iter_batches(1 << 14, columns=["key"]):
            yield from batch.column("key").to_pylist()
